"""Numbers of a subscription: added within its allowance, swapped within one SKU, given back (B3-S, "Phone numbers").

What a subscription allows is bought with its quantity: a number more within it costs nothing, one less refunds nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.catalog.models import PlanKind
from domain.catalog.part_queries import COUNTED
from domain.events.actions import record
from domain.events.types import EventType
from domain.numbers.allowance import Part, allowance_of, check_selection
from domain.numbers.errors import NumbersTaken
from domain.numbers.holding import RESERVED_FOR, Holder, claim, selected_by
from domain.numbers.moving import assign, check_swap, give_back, numbers_of
from domain.numbers.rules import check_numbers
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.subscriptions.events import change_event
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.loading import lock_for

_SEATS: Final = f"""
SELECT coalesce(sum(s.quantity * p.count), 0)::int FROM subscriptions s JOIN {COUNTED} AS p ON p.plan_id = s.plan_id
WHERE s.organization_id = $1 AND s.state IN ('ACTIVE', 'TRIALING') AND p.kind = 'SEAT'
"""  # noqa: S608 - constants
_COUNTED: Final = f"SELECT part_id, kind, included_numbers, count FROM {COUNTED} AS p WHERE plan_id = $1"  # noqa: S608 - constants


async def add_numbers(actor: Actor, subscription_id: UUID, numbers: Sequence[str]) -> UUID:
    """Assign numbers (E.164) of stock, or reserved for it, to a subscription.

    NumbersTaken if they are not all to be had; Invalid beyond what its seats include or its quantity bought.
    """
    wanted = _checked(numbers)
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.CHANGE_NUMBERS)
        held = await _take(actor, row, wanted)
        if problems := await _check_allowance(actor, row):
            raise Invalid(problems)
        await assign(actor, held, subscription_id)
        await record(actor, _changed(row, [], wanted))
        return subscription_id


async def remove_numbers(actor: Actor, subscription_id: UUID, numbers: Sequence[str]) -> UUID:
    """Give numbers of a subscription back: they rest, then they are sold again; nothing is refunded."""
    wanted = _checked(numbers)
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.CHANGE_NUMBERS)
        await give_back(actor, await numbers_of(subscription_id, wanted, "numbers"))
        await record(actor, _changed(row, wanted, []))
        return subscription_id


async def swap_number(actor: Actor, subscription_id: UUID, *, old: str, new: str) -> UUID:
    """Have another number for one of a subscription, for nothing, within one SKU; the old one rests."""
    problems = check_numbers("number", [old]) + check_numbers("newNumber", [new])
    if problems:
        raise Invalid([FieldError(each.path.removesuffix(".0"), each.code, each.message) for each in problems])
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.CHANGE_NUMBERS)
        given = await numbers_of(subscription_id, [old], "number")
        taken = await _take(actor, row, [new])
        if problems := check_swap(given[0], taken[0]):
            raise Invalid(problems)
        await give_back(actor, given)
        await assign(actor, taken, subscription_id)
        await record(actor, _changed(row, [old], [new]))
        return subscription_id


def _checked(numbers: Sequence[str]) -> list[str]:
    problems = check_numbers("numbers", numbers)
    if not numbers:
        problems = [FieldError("numbers", FieldCode.REQUIRED, "name at least one number")]
    if problems:
        raise Invalid(problems)
    return list(dict.fromkeys(numbers))


async def _take(actor: Actor, row: Record, numbers: Sequence[str]) -> list[Record]:
    holder = Holder(row["organization_id"], row["scope"], subscription_id=row["id"])
    held = await claim(actor, holder, numbers, actor.at + RESERVED_FOR)
    has = {each["e164"] for each in held}
    if taken := [number for number in numbers if number not in has]:
        raise NumbersTaken(taken)
    return held


async def _check_allowance(actor: Actor, row: Record) -> list[FieldError]:
    return await check_numbers_of(actor, row, await parts_of(row["plan_id"], row["quantity"]), "numbers")


async def parts_of(plan_id: UUID, quantity: int) -> list[Part]:
    """So many of a plan, and of what is in it where it is a bundle, by what they allow."""
    return [
        Part(part["part_id"], PlanKind(part["kind"]), part["included_numbers"], quantity * part["count"])
        for part in await database.fetch(_COUNTED, plan_id)
    ]


async def check_numbers_of(
    actor: Actor, row: Mapping[str, Any] | Record, parts: Sequence[Part], path: str
) -> list[FieldError]:
    """Whether a subscription may keep the numbers that it has, were it of these parts."""
    seats = await database.fetch_value(_SEATS, row["organization_id"])
    selected = await selected_by(None, row["id"], actor.at)
    return check_selection(allowance_of(parts, selected, other_seats=seats), path)


def _changed(row: Mapping[str, Any] | Record, removed: Sequence[str], added: Sequence[str]) -> Any:
    before, after = {"numbers": list(removed)}, {"numbers": list(added)}
    return change_event(EventType.SUBSCRIPTION_NUMBERS_CHANGED, row, before=before, after=after)
