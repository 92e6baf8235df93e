"""What the stages of drafts lack: the very list that submitting is refused with."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asyncpg import Record

from domain.contracts.queries import contracts_for_orders
from domain.discounts.redeeming import discounts_among, found_for
from domain.orders.drafting import Prepared, judge
from domain.orders.facts import Facts, facts_of_drafts
from domain.orders.loading import draft_of
from domain.orders.models import Order, OrderLine
from domain.orders.pricing import assess, judge_complete
from domain.orders.rules import OrderDraft
from domain.orders.stages import Stage, by_stage
from domain.orders.states import SUBMITTABLE
from domain.organizations.locations import located
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, FieldCode, FieldError

Row = dict[str, Any]


async def stages_of(actor: Actor, order_ids: Sequence[UUID], _columns: Collection[str] = ()) -> list[Row]:
    """The stages of visible orders, each with its `order_id`; of what is submitted none lacks anything.

    However many there are, it takes as many statements.
    """
    orders = await Order.filter(id__in=order_ids, scope__gte=actor.scope.lower, scope__lt=actor.scope.upper)
    drafts = await _drafts([order for order in orders if order.state in SUBMITTABLE])
    found = await _read(actor, drafts)
    rows = []
    for order in orders:
        problems = await _lacks(actor, drafts[order.id], found, order.id) if order.id in drafts else []
        rows += [_row(order.id, stage, missing) for stage, missing in by_stage(problems).items()]
    return rows


def _row(order_id: UUID, stage: Stage, missing: Sequence[FieldError]) -> Row:
    return {"id": order_id, "order_id": order_id, "stage": stage.value, "missing": missing}


async def _drafts(orders: Sequence[Order]) -> dict[UUID, OrderDraft]:
    lines: dict[UUID, list[OrderLine]] = defaultdict(list)
    for line in await OrderLine.filter(order_id__in=[order.id for order in orders]).order_by("position"):
        lines[line.order_id].append(line)
    return {order.id: draft_of(order, lines[order.id]) for order in orders}


@dataclass(frozen=True, slots=True)
class _Found:
    """What drafts are decided by, read for all of them at once."""

    facts: Mapping[UUID, Facts]
    contracts: Mapping[UUID, Record]
    located: Collection[UUID]
    discounts: Sequence[Record]


async def _read(actor: Actor, drafts: Mapping[UUID, OrderDraft]) -> _Found:
    facts = await facts_of_drafts(actor, {order_id: draft.sales_model for order_id, draft in drafts.items()})
    contracts = await contracts_for_orders(actor, [one.contract_id for one in drafts.values() if one.contract_id])
    members = {member["id"] for one in facts.values() for member in one.chain}
    discounts = await discounts_among(members, [code for one in drafts.values() for code in one.discount_codes])
    customers = {draft.customer_id for draft in drafts.values()}
    return _Found(facts, contracts, await located(customers), discounts)


async def _lacks(actor: Actor, draft: OrderDraft, found: _Found, order_id: UUID) -> list[FieldError]:
    contract = found.contracts.get(draft.contract_id) if draft.contract_id else None
    if contract is not None and contract["organization_id"] != draft.customer_id:
        contract = None
    try:
        prepared, problems = judge(actor, draft, found.facts[order_id], contract)
    except Conflict as error:  # somebody in the chain is suspended
        return [FieldError("customer", FieldCode.NOT_ALLOWED, error.message)]
    if _names_unknown_plans(prepared):
        return problems
    discounts = found_for(actor, prepared.chain_ids, draft.discount_codes, found.discounts)
    assessed = await judge_complete(prepared, int(draft.customer_id in found.located), discounts)
    return list(dict.fromkeys([*problems, *assessed.lacks, *assessed.refused]))


async def lacks_of(actor: Actor, prepared: Prepared, problems: Sequence[FieldError]) -> list[FieldError]:
    """All that keeps a draft from being submitted; plans that are not offered any more are told before the rest."""
    if _names_unknown_plans(prepared):
        return list(problems)
    found = await assess(actor, prepared)
    return list(dict.fromkeys([*problems, *found.lacks, *found.refused]))


def _names_unknown_plans(prepared: Prepared) -> bool:
    return any(line.plan_id not in prepared.plans for line in prepared.draft.lines)
