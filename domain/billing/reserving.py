"""Holding what a change of a subscription costs until its provisioner has done it, as submission holds for an order."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.billing.actions import write_entry
from domain.billing.charging import Subject, accounts_for
from domain.billing.holding import HELD_WITH, short_of
from domain.billing.models import EntryKind
from domain.billing.rules import sees_credit
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.money import Money

_HOLD: Final = f"""
UPDATE accounts SET held_minor = {HELD_WITH.format(amount="$2")} WHERE id = $1 AND credit_terms <> 'UNLIMITED'
RETURNING *, balance_minor::numeric - held_minor + credit_limit_minor AS available_minor
"""  # noqa: S608 - a constant
_FREE: Final = """
UPDATE accounts SET held_minor = held_minor - $2 WHERE id = $1
RETURNING *, balance_minor - held_minor + credit_limit_minor AS available_minor
"""
_AVAILABLE: Final = """
SELECT scope, currency, balance_minor::numeric - held_minor + credit_limit_minor AS available_minor
FROM accounts WHERE id = $1 AND credit_terms <> 'UNLIMITED'
"""


@dataclass(frozen=True, slots=True)
class Reserved:
    """What is held (minor units), on which account."""

    account_id: UUID
    amount_minor: int


async def reserve(actor: Actor, about: Subject, amount_minor: int, *, note: str) -> Reserved | None:
    """Hold an amount on the account that is invoiced, in the caller's transaction; None where it has no credit terms.

    InsufficientCredit, and the caller undoes all, where the account does not cover it.
    """
    _, account_id = await accounts_for(about)
    account = await database.fetch_row(_HOLD, account_id, amount_minor) if amount_minor else None
    if account is None:
        return None
    if account["available_minor"] < 0:
        raise short_of(actor, account, int(-account["available_minor"]))
    await write_entry(actor, EntryKind.HOLD, account, -amount_minor, note=note)
    return Reserved(account["id"], amount_minor)


async def free(actor: Actor, reserved: Reserved, *, note: str) -> None:
    """Free what `reserve` held: it is charged now, or nothing came of it."""
    account = await database.fetch_row(_FREE, reserved.account_id, reserved.amount_minor)
    await write_entry(actor, EntryKind.RELEASE, dict(account or {}), reserved.amount_minor, note=note)


async def lacking(actor: Actor, about: Subject, amount_minor: int) -> Money | None:
    """How much the invoiced account is short of an amount, for those who may see that; None where it is not."""
    _, account_id = await accounts_for(about)
    account = await database.fetch_row(_AVAILABLE, account_id)
    if account is None or not sees_credit(actor.scope, account["scope"]):
        return None
    short_minor = amount_minor - int(account["available_minor"])
    return Money(short_minor, account["currency"]) if short_minor > 0 and amount_minor else None
