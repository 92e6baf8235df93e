"""Numbers beyond what a subscription allows: bought by their SKU for the rest of its term (B3-S, "Phone numbers")."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.catalog.models import PlanKind
from domain.events.actions import record
from domain.numbers.allowance import Part, check_selection, to_buy
from domain.numbers.holding import claimable
from domain.numbers.moving import assign
from domain.numbers.rules import check_numbers
from domain.numbers.states import NumberState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.subscriptions.addons import add_ons_of
from domain.subscriptions.changing import put_through
from domain.subscriptions.guards import SubscriptionAction, require, standing_of
from domain.subscriptions.loading import lock_for
from domain.subscriptions.numbers import allowance_for, checked, holder_of, numbers_event, parts_of, take
from domain.subscriptions.quoting import Wish, check_token, quote
from domain.subscriptions.turns import Turn

_HELD_FOR: Final = timedelta(days=91)  # longer than any provisioner may take (90 days)


async def buy_numbers(actor: Actor, subscription_id: UUID, numbers: Sequence[str], token: str | None) -> UUID:
    """Assign numbers (E.164) to a subscription: what is free first, the others bought, charged once it is done.

    NumbersTaken if they are not all to be had; else as a change of its plan or add-ons.
    """
    wanted = checked(numbers)
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.CHANGE_NUMBERS)
        held = await take(actor, row, wanted, actor.at + _HELD_FOR)
        wish, problems = await _wish(actor, row, Wish(numbers=wanted), [], held)
        if problems:
            raise Invalid(problems)
        is_free = wish.quantity is None and not wish.add_ons
        if not is_free or token is not None:
            require(SubscriptionAction.CHANGE_PLAN, standing_of(row))
            found = await quote(actor, Turn(dict(row), local_date(actor.at, row["time_zone"])), wish)
            if found.problems:
                raise Invalid([replace(one, path="numbers") for one in found.problems])
            check_token(actor, found, token)
        if is_free:
            await assign(actor, held, subscription_id)
            await record(actor, numbers_event(row, [], wanted))
        else:
            await put_through(actor, found, wanted)
        return subscription_id


async def with_numbers(actor: Actor, row: Mapping[str, Any], wish: Wish) -> tuple[Wish, list[FieldError]]:
    """A wish, with what the numbers that it names need of their SKUs; nothing is held. Or what is wrong with them."""
    if not wish.numbers:
        return wish, []
    if problems := check_numbers("numbers", wish.numbers):
        return wish, problems
    wanted = list(dict.fromkeys(wish.numbers))
    found = await claimable(actor, holder_of(row), wanted)
    has = {each["e164"] for each in found}
    if missing := [place for place, number in enumerate(wish.numbers) if number not in has]:
        message = "is not to be had"
        return wish, [FieldError(f"numbers.{place}", FieldCode.NOT_FOUND, message) for place in missing]
    counted = [each for each in found if (each["state"], each["subscription_id"]) == (NumberState.RESERVED, row["id"])]
    return await _wish(actor, row, wish, [each["plan_id"] for each in found if each not in counted], found)


async def _wish(
    actor: Actor, row: Mapping[str, Any] | Record, wish: Wish, added: Sequence[UUID], numbers: Sequence[Record]
) -> tuple[Wish, list[FieldError]]:
    """With what is to be bought for `numbers`; those of `added` (SKUs) are not counted as held yet."""
    had = {one.plan_id: one.quantity for one in add_ons_of(row)}
    named = dict(wish.add_ons)
    quantity = row["quantity"] if wish.quantity is None else wish.quantity
    add_ons = [replace(one, quantity=named.get(one.plan_id, one.quantity)) for one in add_ons_of(row)]
    parts = await parts_of(wish.plan_id or row["plan_id"], quantity, add_ons)
    allowance = await allowance_for(actor, row, parts, added)
    buys = to_buy(allowance, [each["plan_id"] for each in numbers])
    bought = [Part(plan, PlanKind.NUMBER, 0, many) for plan, many in buys.items()]
    if problems := check_selection(await allowance_for(actor, row, [*parts, *bought], added), "numbers"):
        return wish, problems
    for plan_id, many in buys.items():
        if plan_id == row["plan_id"]:
            wish = replace(wish, quantity=quantity + many)
        else:
            named[plan_id] = named.get(plan_id, had.get(plan_id, 0)) + many
    return replace(wish, add_ons=list(named.items())), []
