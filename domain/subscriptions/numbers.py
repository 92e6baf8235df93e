"""Numbers of a subscription: added within its allowance, swapped within one SKU, given back (B3-S, "Phone numbers").

What a subscription allows is bought with it: a number more within that costs nothing, one less refunds nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.catalog.models import PlanKind
from domain.catalog.part_queries import COUNTED
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.numbers.allowance import Allowance, Part, allowance_of, check_selection
from domain.numbers.errors import NumbersTaken
from domain.numbers.holding import RESERVED_FOR, Holder, claim, selected_by
from domain.numbers.moving import assign, check_swap, give_back, numbers_of
from domain.numbers.rules import check_numbers
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.subscriptions.addons import AddOn, add_ons_of
from domain.subscriptions.events import change_event
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.loading import lock_for

_SEATS: Final = f"""
SELECT coalesce(sum(s.quantity * p.count), 0)::int FROM subscriptions s JOIN {COUNTED} AS p ON p.plan_id = s.plan_id
WHERE s.organization_id = $1 AND s.state IN ('ACTIVE', 'TRIALING') AND p.kind = 'SEAT'
"""  # noqa: S608 - constants
_COUNTED: Final = f"SELECT * FROM {COUNTED} AS p WHERE plan_id = ANY($1) ORDER BY plan_id, part_id"  # noqa: S608 - constants


async def add_numbers(actor: Actor, subscription_id: UUID, numbers: Sequence[str]) -> UUID:
    """Assign numbers (E.164) of stock, or reserved for it, to a subscription.

    NumbersTaken if they are not all to be had; Invalid beyond what its seats include or its quantity bought.
    """
    wanted = checked(numbers)
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.CHANGE_NUMBERS)
        held = await take(actor, row, wanted, actor.at + RESERVED_FOR)
        if problems := await _check_allowance(actor, row):
            raise Invalid(problems)
        await assign(actor, held, subscription_id)
        await record(actor, numbers_event(row, [], wanted))
        return subscription_id


async def remove_numbers(actor: Actor, subscription_id: UUID, numbers: Sequence[str]) -> UUID:
    """Give numbers of a subscription back: they rest, then they are sold again; nothing is refunded."""
    wanted = checked(numbers)
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.CHANGE_NUMBERS)
        await give_back(actor, await numbers_of(subscription_id, wanted, "numbers"))
        await record(actor, numbers_event(row, wanted, []))
        return subscription_id


async def swap_number(actor: Actor, subscription_id: UUID, *, old: str, new: str) -> UUID:
    """Have another number for one of a subscription, for nothing, within one SKU; the old one rests."""
    problems = check_numbers("number", [old]) + check_numbers("newNumber", [new])
    if problems:
        raise Invalid([FieldError(each.path.removesuffix(".0"), each.code, each.message) for each in problems])
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.CHANGE_NUMBERS)
        given = await numbers_of(subscription_id, [old], "number")
        taken = await take(actor, row, [new], actor.at + RESERVED_FOR)
        if problems := check_swap(given[0], taken[0]):
            raise Invalid(problems)
        await give_back(actor, given)
        await assign(actor, taken, subscription_id)
        await record(actor, numbers_event(row, [old], [new]))
        return subscription_id


def holder_of(row: Mapping[str, Any] | Record) -> Holder:
    """A subscription (its row) as who holds numbers."""
    return Holder(row["organization_id"], row["scope"], subscription_id=row["id"])


def checked(numbers: Sequence[str]) -> list[str]:
    """Numbers as they are named, each once; Invalid for what is none, and for none at all."""
    problems = check_numbers("numbers", numbers)
    if not numbers:
        problems = [FieldError("numbers", FieldCode.REQUIRED, "name at least one number")]
    if problems:
        raise Invalid(problems)
    return list(dict.fromkeys(numbers))


async def take(actor: Actor, row: Record, numbers: Sequence[str], until: datetime) -> list[Record]:
    """Hold numbers for a subscription until then; NumbersTaken if they are not all to be had."""
    held = await claim(actor, holder_of(row), numbers, until)
    has = {each["e164"] for each in held}
    if taken := [number for number in numbers if number not in has]:
        raise NumbersTaken(taken)
    return held


async def _check_allowance(actor: Actor, row: Record) -> list[FieldError]:
    parts = await parts_of(row["plan_id"], row["quantity"], add_ons_of(row))
    return await check_numbers_of(actor, row, parts, "numbers")


async def parts_of(plan_id: UUID, quantity: int, add_ons: Sequence[AddOn]) -> list[Part]:
    """So many of a plan, and of what is in it where it is a bundle, with its add-ons, by what they allow."""
    has = {one.plan_id: one.quantity for one in add_ons} | {plan_id: quantity}
    return [
        Part(part["part_id"], PlanKind(part["kind"]), part["included_numbers"], has[part["plan_id"]] * part["count"])
        for part in await database.fetch(_COUNTED, list(has))
    ]


async def check_numbers_of(
    actor: Actor, row: Mapping[str, Any] | Record, parts: Sequence[Part], path: str
) -> list[FieldError]:
    """Whether a subscription may keep the numbers that it has, were it of these parts."""
    return check_selection(await allowance_for(actor, row, parts), path)


async def allowance_for(
    actor: Actor, row: Mapping[str, Any] | Record, parts: Sequence[Part], added: Sequence[UUID] = ()
) -> Allowance:
    """What a subscription would allow, were it of these parts, with numbers of these SKUs beside those that it has."""
    seats = await database.fetch_value(_SEATS, row["organization_id"])
    selected = await selected_by(None, row["id"], actor.at)
    return allowance_of(parts, selected + Counter(added), other_seats=seats)


def numbers_event(row: Mapping[str, Any] | Record, removed: Sequence[str], added: Sequence[str]) -> NewEvent:
    """The event of numbers that a subscription (its row) gave, and got."""
    before, after = {"numbers": list(removed)}, {"numbers": list(added)}
    return change_event(EventType.SUBSCRIPTION_NUMBERS_CHANGED, row, before=before, after=after)
