"""Holding what an order costs against its account: set aside at submission, then charged line by line, or free again.

The account's row is locked by the statement that takes from it, and the entry's constraint refuses to go below zero:
whatever comes at once, an account never holds more than it has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.billing.actions import write_entry
from domain.billing.errors import InsufficientCredit
from domain.billing.models import EntryKind
from domain.billing.rules import FIRST_GROUP_POSITION, invoiced_position, sees_credit
from domain.organizations.models import BillingMode
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import DomainError
from domain.shared.money import Money
from domain.shared.writes import Writes

COVERED: Final = "wallet_entries_covered"

# What would not fit in 64 bits is refused as any other too much.
HELD_WITH: Final = "least(held_minor::numeric + {amount}, 9223372036854775807)::bigint"
# No terms, no row: then nothing is locked or written.
_HOLD: Final = f"""
UPDATE accounts SET held_minor = {HELD_WITH.format(amount="$3")}
WHERE organization_id = $1 AND position = $2 AND credit_terms <> 'UNLIMITED'
RETURNING id, scope, name, currency,
          greatest(balance_minor::numeric - held_minor + credit_limit_minor, -9223372036854775808)::bigint
            AS available_minor
"""  # noqa: S608 - a constant
_HELD: Final = """
INSERT INTO wallet_entries (id, account_id, scope, kind, amount_minor, available_minor, currency, order_id,
                            created_by, created_at)
SELECT $1, a.id, a.scope, 'HOLD', -$2::bigint, a.available_minor, a.currency, $3, $4, $5 FROM {account} AS a
"""
_OPEN: Final = """
SELECT account_id, -sum(amount_minor)::bigint AS held FROM wallet_entries
WHERE order_id = $1 AND kind IN ('HOLD', 'RELEASE') GROUP BY account_id HAVING sum(amount_minor) <> 0
"""
_SETTLE: Final = """
UPDATE accounts SET held_minor = held_minor - $2, balance_minor = balance_minor - $3 WHERE id = $1
RETURNING *, balance_minor - held_minor + credit_limit_minor AS available_minor
"""
_SHORT: Final = """
SELECT name, scope, currency, $3::numeric - (balance_minor::numeric - held_minor + credit_limit_minor) AS short
FROM accounts WHERE organization_id = $1 AND position = $2
"""


@dataclass(frozen=True, slots=True)
class Hold:
    """What an order sets aside: the amount of its last edge, of the buyer's account that is invoiced for it."""

    organization_id: UUID
    position: int
    order_id: UUID
    amount_minor: int


def hold_of(customer: Mapping[str, Any], order_id: UUID, tier_total_minor: Sequence[int]) -> Hold | None:
    """The hold of an order of a customer (its row); None where nothing is to be paid, or nobody is invoiced."""
    if customer["billing_mode"] is None or not tier_total_minor or not tier_total_minor[-1]:
        return None
    position = invoiced_position(BillingMode(customer["billing_mode"]), FIRST_GROUP_POSITION)
    return Hold(customer["id"], position, order_id, tier_total_minor[-1])


def hold_with(writes: Writes, actor: Actor, hold: Hold) -> None:
    """Hold with the writes of the order: all of them happen, or InsufficientCredit and none."""
    account = writes.add(_HOLD, hold.organization_id, hold.position, hold.amount_minor)
    about = (hold.amount_minor, hold.order_id, actor.principal, actor.at)
    writes.add(_HELD.format(account=account), actor.new_id(), *about)

    async def insufficient() -> DomainError:
        return await _insufficient(actor, hold)

    writes.refuse(COVERED, insufficient)


async def hold(actor: Actor, wanted: Hold) -> None:
    """Hold in the caller's transaction; InsufficientCredit, and the caller undoes all."""
    account = await database.fetch_row(_HOLD, wanted.organization_id, wanted.position, wanted.amount_minor)
    if account is None:
        return
    if account["available_minor"] < 0:
        raise short_of(actor, account, -account["available_minor"])
    await write_entry(actor, EntryKind.HOLD, account, -wanted.amount_minor, order_id=wanted.order_id)


async def _insufficient(actor: Actor, hold: Hold) -> DomainError:
    found = await database.fetch_row(_SHORT, hold.organization_id, hold.position, hold.amount_minor)
    if found is None:
        return InsufficientCredit("the customer's account", None)
    # Another order may have been undone meanwhile: what was short is then not told exactly, but never as nothing.
    return short_of(actor, found, max(1, int(found["short"])))


def short_of(actor: Actor, account: Mapping[str, Any] | Record, short_minor: int) -> InsufficientCredit:
    """The refusal for an account that lacks so much, told to those who may see its credit."""
    is_told = sees_credit(actor.scope, account["scope"])
    return InsufficientCredit(account["name"], Money(short_minor, account["currency"]) if is_told else None)


async def release(actor: Actor, order_id: UUID) -> None:
    """Free what an order still holds; nothing if it holds nothing. The caller's transaction holds the order."""
    held = await database.fetch_row(_OPEN, order_id)
    if held is None:
        return
    account = await database.fetch_row(_SETTLE, held["account_id"], held["held"], 0)
    await write_entry(actor, EntryKind.RELEASE, dict(account or {}), held["held"], order_id=order_id)


async def take(actor: Actor, account_id: UUID, amount_minor: int, *, order_id: UUID | None) -> None:
    """Take what was charged from an account's balance, or put back what is given back (below zero).

    As much as its order still holds is freed with it. Never refused: what was delivered is owed, whatever the terms.
    """
    held = await database.fetch_row(_OPEN, order_id) if order_id and amount_minor > 0 else None
    freed = min(held["held"], amount_minor) if held is not None and held["account_id"] == account_id else 0
    account = dict(await database.fetch_row(_SETTLE, account_id, freed, amount_minor) or {})
    if freed:
        before = account | {"available_minor": account["available_minor"] + amount_minor}
        await write_entry(actor, EntryKind.RELEASE, before, freed, order_id=order_id)
    kind = EntryKind.CHARGE if amount_minor > 0 else EntryKind.REFUND
    if amount_minor:
        await write_entry(actor, kind, account, -amount_minor, order_id=order_id)
