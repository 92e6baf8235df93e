"""Credit terms of an account, and what is paid into or granted to its wallet: its seller's to do."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.billing.accounts import account_event
from domain.billing.models import CreditTerms, EntryKind
from domain.billing.rules import MAX_AMOUNT_MINOR, check_amount, check_terms, is_seller_of
from domain.events.actions import record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, Forbidden, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.money import Money
from domain.shared.texts import check_optional_text

_EVENTS: Final[Mapping[EntryKind, EventType]] = {
    EntryKind.TOP_UP: EventType.WALLET_TOPPED_UP,
    EntryKind.CREDIT: EventType.WALLET_CREDITED,
}
_ADD: Final = """
UPDATE accounts SET balance_minor = balance_minor + $2 WHERE id = $1
RETURNING *, balance_minor - held_minor + credit_limit_minor AS available_minor
"""
_ENTRY: Final = """
INSERT INTO wallet_entries (id, account_id, scope, kind, amount_minor, available_minor, currency, order_id, note,
                            created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def set_credit_terms(actor: Actor, *, account_id: UUID, terms: CreditTerms, credit_limit: Decimal | None) -> UUID:
    """Set how far an account may order before it pays; the limit is in major units of its currency.

    A limit may be set below what is in use: nothing more can be ordered then until it is paid.
    """
    async with database.transaction():
        account = await lock_as_seller(actor, account_id)
        if problems := check_terms(terms, credit_limit, account["currency"]):
            raise Invalid(problems)
        limit_minor = Money.of(credit_limit, account["currency"]).minor if credit_limit is not None else 0
        await database.execute(
            "UPDATE accounts SET credit_terms = $2, credit_limit_minor = $3 WHERE id = $1",
            account_id,
            terms.value,
            limit_minor,
        )
        row = dict(account) | {"credit_terms": terms.value}
        limit = limit_minor if terms is CreditTerms.POSTPAID else None
        await record(actor, account_event(EventType.ACCOUNT_CREDIT_TERMS_SET, row, limit))
        return account_id


async def top_up_wallet(actor: Actor, *, account_id: UUID, amount: Decimal, note: str | None) -> UUID:
    """Put what was paid into the wallet; major units of its currency."""
    return await _add(actor, EntryKind.TOP_UP, account_id, amount, note)


async def grant_credit(actor: Actor, *, account_id: UUID, amount: Decimal, note: str | None) -> UUID:
    """Put an amount into the wallet that nobody paid; major units of its currency."""
    return await _add(actor, EntryKind.CREDIT, account_id, amount, note)


async def _add(actor: Actor, kind: EntryKind, account_id: UUID, amount: Decimal, note: str | None) -> UUID:
    async with database.transaction():
        account = await lock_as_seller(actor, account_id)
        problems = check_amount("amount", amount, account["currency"], least_minor=1)
        problems += check_optional_text("note", note, max_length=200)
        if problems:
            raise Invalid(problems)
        amount_minor = Money.of(amount, account["currency"]).minor
        if account["balance_minor"] + amount_minor > MAX_AMOUNT_MINOR:
            message = "the wallet would hold more than one may"
            raise Invalid([FieldError("amount", FieldCode.OUT_OF_RANGE, message)])
        updated = await database.fetch_row(_ADD, account_id, amount_minor)
        entry_id = await write_entry(actor, kind, dict(updated or {}), amount_minor, note=note)
        await record(actor, account_event(_EVENTS[kind], dict(account), amount_minor))
        return entry_id


async def pay_in(actor: Actor, account_id: UUID, amount_minor: int, *, note: str) -> None:
    """Put what was paid of an invoice into an account's balance, in the caller's transaction."""
    updated = await database.fetch_row(_ADD, account_id, amount_minor)
    await write_entry(actor, EntryKind.PAYMENT, dict(updated or {}), amount_minor, note=note)


async def write_entry(
    actor: Actor,
    kind: EntryKind,
    account: Mapping[str, Any] | Record,
    amount_minor: int,
    *,
    order_id: UUID | None = None,
    note: str | None = None,
) -> UUID:
    """Append an entry to the wallet of a locked account, given as it is afterwards."""
    entry_id = actor.new_id()
    about = (account["available_minor"], account["currency"], order_id, note or None, actor.principal, actor.at)
    await database.execute(_ENTRY, entry_id, account["id"], account["scope"], kind.value, amount_minor, *about)
    return entry_id


async def lock_as_seller(actor: Actor, account_id: UUID) -> Record:
    """An account of a buyer right below the actor, locked until the transaction ends; NotFound outside its subtree."""
    found = await database.fetch_row(
        "SELECT * FROM accounts WHERE id = $1 AND scope >= $2 AND scope < $3 FOR NO KEY UPDATE",
        account_id,
        actor.scope.lower,
        actor.scope.upper,
    )
    if found is None:
        raise NotFound("account", encode("Account", account_id))
    if not is_seller_of(actor.scope, found["scope"]):
        raise Forbidden("only the seller of this account's owner may do this")
    return found
