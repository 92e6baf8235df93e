"""What the stages of drafts lack: the very list that submitting is refused with."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from domain.orders.drafting import Prepared, look_up
from domain.orders.loading import draft_of
from domain.orders.models import Order, OrderLine
from domain.orders.pricing import assess
from domain.orders.rules import OrderDraft
from domain.orders.stages import Stage, by_stage
from domain.orders.states import SUBMITTABLE
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, FieldCode, FieldError

Row = dict[str, Any]


async def stages_of(actor: Actor, order_ids: Sequence[UUID], _columns: Collection[str] = ()) -> list[Row]:
    """The stages of visible orders, each with its `order_id`; of what is submitted none lacks anything."""
    orders = await Order.filter(id__in=order_ids, scope__gte=actor.scope.lower, scope__lt=actor.scope.upper)
    drafts = [order.id for order in orders if order.state in SUBMITTABLE]
    lines: dict[UUID, list[OrderLine]] = defaultdict(list)
    for line in await OrderLine.filter(order_id__in=drafts).order_by("position") if drafts else ():
        lines[line.order_id].append(line)
    found = []
    for order in orders:
        problems = await _lacks(actor, draft_of(order, lines[order.id])) if order.state in SUBMITTABLE else []
        found += [_row(order.id, stage, missing) for stage, missing in by_stage(problems).items()]
    return found


def _row(order_id: UUID, stage: Stage, missing: Sequence[FieldError]) -> Row:
    return {"id": order_id, "order_id": order_id, "stage": stage.value, "missing": missing}


async def _lacks(actor: Actor, draft: OrderDraft) -> list[FieldError]:
    try:
        prepared, problems = await look_up(actor, draft)
    except Conflict as error:  # somebody in the chain is suspended
        return [FieldError("customer", FieldCode.NOT_ALLOWED, error.message)]
    return await lacks_of(actor, prepared, problems)


async def lacks_of(actor: Actor, prepared: Prepared, problems: Sequence[FieldError]) -> list[FieldError]:
    """All that keeps a draft from being submitted; plans that are not offered any more are told before the rest."""
    if any(line.plan_id not in prepared.plans for line in prepared.draft.lines):
        return list(problems)
    found = await assess(actor, prepared)
    return list(dict.fromkeys([*problems, *found.lacks, *found.refused]))
