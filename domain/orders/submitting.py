"""Submitting: the draft must be complete, and its prices are fixed on every edge of the chain."""

from collections.abc import Sequence
from uuid import UUID

from domain.catalog.queries import tier_prices
from domain.events.actions import record, record_with
from domain.events.types import EventType
from domain.orders.drafting import Prepared, draw_number, prepare, write_order
from domain.orders.events import Row, order_event, row_of
from domain.orders.loading import lock_order
from domain.orders.models import OrderLine
from domain.orders.rules import (
    LineDraft,
    OrderDraft,
    PricedLine,
    check_amounts,
    check_complete,
    check_ordered_addons,
    price_line,
    sum_tiers,
)
from domain.orders.states import ORDER, SUBMITTABLE, OrderState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.shared.errors import ErrorCode, FieldCode, FieldError, Invalid
from domain.shared.writes import Writes


async def price(actor: Actor, prepared: Prepared) -> list[PricedLine]:
    """Fix the amounts of a complete order on every edge; what is missing or not sold is refused, all of it at once."""
    draft, chain = prepared.draft, prepared.chain
    problems = check_complete(prepared.parameters_and_schemas)
    problems += check_ordered_addons(draft.lines, prepared.plans)
    prices = await tier_prices(
        [member["id"] for member in chain],
        [line.plan_id for line in draft.lines],
        [draft.sales_model],
        currency=prepared.customer["currency"],
        on=local_date(actor.at, prepared.customer["time_zone"]),
    )
    for place, line in enumerate(draft.lines):
        if (line.plan_id, draft.sales_model) not in prices:
            name = prepared.plans[line.plan_id]["name"]
            message = f"{name} is not sold {draft.sales_model} in {prepared.customer['currency']} to this customer"
            problems.append(FieldError(f"lines.{place}.planId", FieldCode.NOT_ALLOWED, message))
    if problems:
        raise Invalid(problems, ErrorCode.ORDER_INCOMPLETE)
    priced = [
        price_line(prices[line.plan_id, draft.sales_model], line.quantity, draft.cycle_multiplier, draft.sales_model)
        for line in draft.lines
    ]
    if problems := check_amounts(priced):
        raise Invalid(problems)
    return priced


async def place_order(actor: Actor, draft: OrderDraft, writes: Writes) -> Row:
    """Create and submit in one: the order is APPROVED, its events tell the rest of the house.

    Answers the row that is there once `writes` are sent.
    """
    prepared = await prepare(actor, draft)
    priced = await price(actor, prepared)
    row = write_order(writes, actor, prepared, await draw_number(), state=OrderState.APPROVED, priced=priced)
    record_with(
        writes,
        actor,
        order_event(EventType.ORDER_CREATED, row, OrderState.DRAFT),
        order_event(EventType.ORDER_SUBMITTED, row, OrderState.APPROVED),
        order_event(EventType.ORDER_APPROVED, row, OrderState.APPROVED),
    )
    return row


async def submit_order(actor: Actor, order_id: UUID) -> UUID:
    """DRAFT -> APPROVED (no seller's policy asks for approval yet); the prices of today are fixed."""
    async with database.transaction():
        order = await lock_order(actor, order_id)
        ORDER.check_from(SUBMITTABLE, order.state, OrderState.APPROVED)
        lines = await OrderLine.filter(order_id=order.id).order_by("position")
        draft = OrderDraft(
            customer_id=order.organization_id,
            lines=[LineDraft(line.plan_id, line.quantity, line.parameters) for line in lines],
            sales_model=order.sales_model,
            cycle_multiplier=order.cycle_multiplier,
            auto_renew=order.auto_renew,
            subscription_reference=order.subscription_reference,
        )
        priced = await price(actor, await prepare(actor, draft))
        await _fix_amounts(lines, priced)
        order.state, order.submitted_at = OrderState.APPROVED, actor.at
        order.tier_total_minor = sum_tiers(priced)
        await order.save(update_fields=["state", "submitted_at", "tier_total_minor"])
        row = row_of(order)
        await record(
            actor,
            order_event(EventType.ORDER_SUBMITTED, row, OrderState.APPROVED),
            order_event(EventType.ORDER_APPROVED, row, OrderState.APPROVED),
        )
        return order.id


async def _fix_amounts(lines: Sequence[OrderLine], priced: Sequence[PricedLine]) -> None:
    await database.execute_many(
        "UPDATE order_lines SET tier_unit_minor = $2, tier_amount_minor = $3 WHERE id = $1",
        [
            (line.id, amounts.tier_unit_minor, amounts.tier_amount_minor)
            for line, amounts in zip(lines, priced, strict=True)
        ],
    )
