"""Numbers of a draft, or of a subscription: reserved, let go, and how many its seats allow."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.catalog.models import PlanKind
from domain.catalog.part_queries import COUNTED
from domain.catalog.queries import PLANS
from domain.numbers import backorders
from domain.numbers.allowance import Allowance, Part, allowance_of, check_selection
from domain.numbers.errors import NumbersTaken
from domain.numbers.holding import RESERVED_FOR, Holder, claim, claim_any, let_go, selected_by
from domain.numbers.ordering import LinePart, keep_selected
from domain.numbers.rules import Wanted, check_reservation, npa_nxx
from domain.orders.loading import lock_order
from domain.orders.states import OrderState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode
from domain.subscriptions.states import SubscriptionState

_IN_USE: Final = (SubscriptionState.ACTIVE.value, SubscriptionState.TRIALING.value)
_SUBTREE: Final = "scope >= $2 AND scope < $3"
_PARTS: Final = """
SELECT p.part_id AS plan_id, p.kind, p.included_numbers, (h.quantity * p.count) AS quantity
FROM {table} h JOIN {counted} AS p ON p.plan_id = h.plan_id WHERE h.{key} = $1 ORDER BY h.id, p.part_id
"""
_ADDED: Final = f"""
SELECT p.part_id AS plan_id, p.kind, p.included_numbers, (a->>'quantity')::int * p.count AS quantity
FROM subscriptions s CROSS JOIN LATERAL jsonb_array_elements(s.add_ons) AS a
JOIN {COUNTED} AS p ON p.plan_id = (a->>'plan_id')::uuid WHERE s.id = $1 ORDER BY p.part_id
"""  # noqa: S608 - constants
_LINES: Final = f"""
SELECT l.id, p.part_id AS plan_id, l.quantity * p.count AS quantity, p.kind, p.included_numbers
FROM order_lines l JOIN {COUNTED} AS p ON p.plan_id = l.plan_id WHERE l.order_id = $1 ORDER BY l.position, p.part_id
"""  # noqa: S608 - constants
_SEATS: Final = f"""
SELECT coalesce(sum(s.quantity * p.count), 0)::int FROM subscriptions s JOIN {COUNTED} AS p ON p.plan_id = s.plan_id
WHERE s.organization_id = $1 AND s.state = ANY($2) AND p.kind = 'SEAT'
"""  # noqa: S608 - constants


class IfTaken(StrEnum):
    """What becomes of a reservation that cannot be had whole."""

    REFUSE = "REFUSE"
    TAKE_REST = "TAKE_REST"
    BACKORDER = "BACKORDER"


@dataclass(frozen=True, slots=True)
class Target:
    """What numbers are selected for: a draft or a subscription, one of both."""

    order_id: UUID | None
    subscription_id: UUID | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Numbers by name (E.164), and numbers of exchanges, whichever."""

    numbers: Sequence[str]
    wanted: Sequence[Wanted]
    if_taken: IfTaken


async def _check_plans(actor: Actor, wanted: Sequence[Wanted]) -> list[FieldError]:
    """Numbers are wanted of plans that the actor can see."""
    named = [each.plan_id for each in wanted if each.plan_id is not None]
    known = {row["id"] for row in await PLANS.by_ids(actor, named)} if named else set()
    return [
        FieldError(f"wanted.{place}.planId", FieldCode.NOT_FOUND, "no such plan is offered to you")
        for place, each in enumerate(wanted)
        if each.plan_id is not None and each.plan_id not in known
    ]


async def reserve_numbers(actor: Actor, target: Target, selection: Selection) -> dict[str, Any]:
    """Reserve numbers for 15 minutes from now; those that are reserved already, again.

    Answers `numbers` (ids), `taken` (E.164), `until`. NumbersTaken if it cannot be had whole and must be; Invalid if
    the seats allow less; Conflict if the order is no draft or the subscription not in use.
    """
    problems = _check_target(target) + check_reservation(selection.numbers, selection.wanted)
    if selection.if_taken is IfTaken.BACKORDER and target.order_id is None:
        problems.append(FieldError("ifTaken", FieldCode.NOT_ALLOWED, "numbers are ordered back with an order"))
    problems += await _check_plans(actor, selection.wanted)
    if problems:
        raise Invalid(problems)
    until = actor.at + RESERVED_FOR
    async with database.transaction():
        holder = await _holder(actor, target)
        held = await claim(actor, holder, list(dict.fromkeys(selection.numbers)), until)
        taken = [number for number in selection.numbers if number not in {row["e164"] for row in held}]
        for wanted in selection.wanted:
            found = await claim_any(actor, holder, wanted, until)
            held += found
            taken += [f"{wanted.npa}-{wanted.nxx}"] * (wanted.quantity - len(found))
        if taken and selection.if_taken is IfTaken.REFUSE:
            raise NumbersTaken(taken)
        ordered = await _order_back(actor, holder, taken) if selection.if_taken is IfTaken.BACKORDER else []
        if problems := check_selection(await _allowance(actor, holder), "numbers"):
            raise Invalid(problems)
    return {
        "numbers": [str(row["id"]) for row in held],
        "backorders": [str(row["id"]) for row in ordered],
        "taken": taken,
        "until": until.isoformat(),
    }


async def _order_back(actor: Actor, holder: Holder, taken: Sequence[str]) -> list[Record]:
    """Note with the draft what stock lacks, by exchange; numbers of other countries have none: NumbersTaken."""
    exchanges = [tuple(each.split("-")) if "-" in each else npa_nxx(each) for each in taken]
    if foreign := [each for each, (npa, _) in zip(taken, exchanges, strict=True) if not npa]:
        raise NumbersTaken(foreign)
    return await backorders.note(actor, holder, Counter((npa, nxx) for npa, nxx in exchanges))


async def keep_numbers(actor: Actor, holder: Holder) -> None:
    """What the draft has selected is held from its submission on; Invalid if its lines allow less by now."""
    rows = await database.fetch(_LINES, holder.order_id)
    lines = [LinePart(row["id"], _part(row)) for row in rows]
    elsewhere = await database.fetch_value(_SEATS, holder.customer_id, list(_IN_USE))
    if holder.order_id is not None:
        room = await keep_selected(actor, holder.order_id, lines, other_seats=elsewhere)
        await backorders.place(actor, holder.order_id, room)


async def release_numbers(actor: Actor, target: Target, numbers: Sequence[str] | None) -> list[str]:
    """Let go what a draft or a subscription has reserved: these (E.164), or all; the numbers that it has no more."""
    problems = _check_target(target) + check_reservation(numbers or (), ())
    if problems:
        raise Invalid(problems)
    async with database.transaction():
        holder = await _holder(actor, target)
        rows = await database.fetch(
            "SELECT * FROM numbers WHERE (order_id = $1 OR subscription_id = $2) AND state = 'RESERVED' "
            "AND ($3::text[] IS NULL OR e164 = ANY($3)) ORDER BY e164 FOR UPDATE",
            holder.order_id,
            holder.subscription_id,
            None if numbers is None else list(numbers),
        )
        if rows:
            await let_go(actor, rows)
        return [row["e164"] for row in rows]


async def number_allowance(actor: Actor, target: Target) -> Allowance | None:
    """How many numbers the seats of an order or a subscription allow; None if there is none for the actor."""
    if (target.order_id is None) is (target.subscription_id is None):
        return None
    row = await _find(actor, target, locked="")
    return None if row is None else await _allowance(actor, _holder_of(row, target))


def _check_target(target: Target) -> list[FieldError]:
    if (target.order_id is None) is not (target.subscription_id is None):
        return []
    return [FieldError("orderId", FieldCode.REQUIRED, "name an order or a subscription, one of both")]


async def _find(actor: Actor, target: Target, *, locked: str) -> Any:
    table = "orders" if target.order_id else "subscriptions"
    sql = f"SELECT id, organization_id, scope, state FROM {table} WHERE id = $1 AND {_SUBTREE} {locked}"  # noqa: S608 - constants
    row_id = target.order_id or target.subscription_id
    return await database.fetch_row(sql, row_id, actor.scope.lower, actor.scope.upper)


def _holder_of(row: Any, target: Target) -> Holder:
    return Holder(row["organization_id"], row["scope"], target.order_id, target.subscription_id)


async def _holder(actor: Actor, target: Target) -> Holder:
    """The locked draft, or subscription in use, as who holds numbers."""
    if target.order_id is not None:
        order = await lock_order(actor, target.order_id)
        if order.state is not OrderState.DRAFT:
            message = f"order {order.number} is {order.state}: numbers are selected for drafts"
            raise Conflict(message, current=order.state)
        return Holder(order.organization_id, order.scope, order.id)
    row = await _find(actor, target, locked="FOR UPDATE")
    if row is None:
        raise NotFound("subscription", encode("Subscription", target.subscription_id or UUID(int=0)))
    if row["state"] not in _IN_USE:
        raise Conflict(f"the subscription is {row['state']}: numbers are for one in use", current=row["state"])
    return _holder_of(row, target)


async def _allowance(actor: Actor, holder: Holder) -> Allowance:
    parts = _PARTS.format(
        counted=COUNTED,
        table="order_lines" if holder.order_id else "subscriptions",
        key="order_id" if holder.order_id else "id",
    )
    rows = await database.fetch(parts, holder.order_id or holder.subscription_id)
    if holder.subscription_id is not None:
        rows = [*rows, *await database.fetch(_ADDED, holder.subscription_id)]
    elsewhere = await database.fetch_value(_SEATS, holder.customer_id, list(_IN_USE))
    return allowance_of(
        [_part(row) for row in rows],
        await selected_by(holder.order_id, holder.subscription_id, actor.at),
        other_seats=elsewhere,
        awaited=await backorders.wanted_by(holder.order_id),
    )


def _part(row: Any) -> Part:
    return Part(row["plan_id"], PlanKind(row["kind"]), row["included_numbers"], row["quantity"])
