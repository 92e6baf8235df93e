"""Resolvers of selecting numbers."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from domain.numbers.allowance import Allowance
from domain.numbers.queries import BACKORDERS, NUMBERS
from domain.numbers.rules import Wanted
from domain.orders import numbers
from domain.orders.numbers import Selection, Target
from domain.shared.errors import NotFound
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.hydration import hydrate
from resolvers.keyed import run_once_with_secret
from resolvers.lists import shape_at
from schema.context import Info
from schema.number_selection import (
    NumberAllowance,
    ReleaseNumbersInput,
    ReleaseNumbersResult,
    ReleaseNumbersSuccess,
    ReserveNumbersInput,
    ReserveNumbersResult,
    ReserveNumbersSuccess,
)
from schema.numbers import Number

_OrderId = Annotated[strawberry.ID | None, strawberry.argument(description="Of this order.")]
_SubscriptionId = Annotated[strawberry.ID | None, strawberry.argument(description="Of this subscription.")]


async def number_allowance(
    info: Info, order_id: _OrderId = None, subscription_id: _SubscriptionId = None
) -> NumberAllowance | None:
    """How many numbers the seats of an order, or of a subscription, allow; null if there is none, or both are named."""
    found = await numbers.number_allowance(actor_of(info), _target(order_id, subscription_id))
    return None if found is None else _shown(found)


async def reserve_numbers(info: Info, input: ReserveNumbersInput) -> ReserveNumbersResult:  # noqa: A002 - the argument's public name
    """Reserve numbers for a draft or a subscription for 15 minutes; again, for 15 more. They expire by themselves."""
    target = _target(input.order_id, input.subscription_id)
    wanted = [Wanted(each.npa, each.nxx, each.quantity, _id("Plan", each.plan_id)) for each in input.wanted]
    selection = Selection(input.numbers, wanted, input.if_taken)
    made = await run_once_with_secret(info, input, lambda: numbers.reserve_numbers(actor_of(info), target, selection))
    return ReserveNumbersSuccess(
        numbers=await _numbers(info, [UUID(each) for each in made["numbers"]], "numbers"),
        backorders=await _backorders(info, [UUID(each) for each in made["backorders"]], "backorders"),
        taken=made["taken"],
        reserved_until=datetime.fromisoformat(made["until"]),
        allowance=await _allowance(info, target),
    )


async def release_numbers(info: Info, input: ReleaseNumbersInput) -> ReleaseNumbersResult:  # noqa: A002 - the argument's public name
    """Let go numbers that a draft or a subscription has reserved: they are in stock again at once."""
    target = _target(input.order_id, input.subscription_id)
    released = await numbers.release_numbers(actor_of(info), target, input.numbers)
    return ReleaseNumbersSuccess(released=released, allowance=await _allowance(info, target))


def _target(order_id: str | None, subscription_id: str | None) -> Target:
    return Target(_id("Order", order_id, "orderId"), _id("Subscription", subscription_id, "subscriptionId"))


def _id(kind: str, text: str | None, path: str = "wanted") -> UUID | None:
    return None if text is None else decode(kind, text, path=path)


async def _numbers(info: Info, ids: list[UUID], *path: str) -> list[Any]:
    """These numbers in their order, as selected at `path`."""
    shape = shape_at(info, "Number", path)
    records = await NUMBERS.by_ids(actor_of(info), ids, {*shape.columns, "e164"})
    found: list[Number] = await hydrate(actor_of(info), shape, sorted(records, key=lambda record: record["e164"]))
    return found


async def _backorders(info: Info, ids: list[UUID], *path: str) -> list[Any]:
    """These backorders, as selected at `path`."""
    shape = shape_at(info, "Backorder", path)
    return await hydrate(actor_of(info), shape, await BACKORDERS.by_ids(actor_of(info), ids, shape.columns))


async def _allowance(info: Info, target: Target) -> NumberAllowance:
    found = await numbers.number_allowance(actor_of(info), target)
    if found is None:
        raise NotFound("order")
    return _shown(found)


def _shown(found: Allowance) -> NumberAllowance:
    return NumberAllowance(
        free=found.free,
        selected=found.chosen,
        chargeable=found.chargeable,
        awaited=found.awaited,
        available=found.available,
    )
