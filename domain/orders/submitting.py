"""Submitting: the draft must be complete, and its prices are fixed on every edge of the chain."""

from collections.abc import Sequence
from uuid import UUID

from domain.billing.holding import hold, hold_of, hold_with
from domain.discounts.redeeming import hold_codes, redeem_with
from domain.events.actions import NewEvent, record_with
from domain.events.types import EventType
from domain.numbers.holding import Holder
from domain.orders.accepting import NOTHING_ACCEPTED, Acceptance, accept_with, check_terms
from domain.orders.approval import needs_approval
from domain.orders.drafting import Prepared, look_up, prepare_new, write_order
from domain.orders.events import Row, order_event, row_of
from domain.orders.forms import files_for, forms_with
from domain.orders.loading import draft_of, lock_order, require_version
from domain.orders.models import OrderLine
from domain.orders.numbers import keep_numbers
from domain.orders.pricing import price
from domain.orders.rules import OrderDraft, PricedLine, sum_tiers
from domain.orders.staging import lacks_of
from domain.orders.states import ORDER, SUBMITTABLE, OrderState
from domain.orders.telling import tell_with, who_is_told
from domain.orders.terms import bills_later
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import ErrorCode, Invalid
from domain.shared.writes import Writes


async def place_order(
    actor: Actor,
    draft: OrderDraft,
    writes: Writes,
    acceptance: Acceptance = NOTHING_ACCEPTED,
    forms: Sequence[UUID] = (),
) -> Row:
    """Create and submit in one: the order is APPROVED, or waits for it; its events tell the rest of the house.

    `forms` are uploads that are saved with it. Answers the row that is there once `writes` are sent.
    """
    prepared, number = await prepare_new(actor, draft)
    files = await files_for(actor, draft.customer_id, forms)
    priced = await price(actor, prepared, check_terms(draft.lines, prepared.plans, acceptance.terms))
    state = _state_of(actor, prepared, priced.lines)
    row = write_order(writes, actor, prepared, number, state=state, priced=priced.lines)
    redeem_with(writes, actor, order_id=row["id"], scope=row["scope"], given=priced.given)
    accept_with(writes, actor, order_id=row["id"], scope=row["scope"], acceptance=acceptance)
    wanted = hold_of(prepared.customer, row["id"], row["tier_total_minor"])
    tell_with(writes, actor, prepared, row, await who_is_told(prepared, actor.principal))
    if wanted and prepared.has_credit_terms and not bills_later(draft.terms, prepared.facts.day):
        hold_with(writes, actor, wanted)
    told = [order_event(EventType.ORDER_CREATED, row, OrderState.DRAFT), *forms_with(writes, actor, row, files)]
    record_with(writes, actor, *told, *_submitted(row, state))
    return row


async def submit_order(
    actor: Actor, order_id: UUID, acceptance: Acceptance = NOTHING_ACCEPTED, expected_version: int | None = None
) -> UUID:
    """DRAFT -> APPROVED, or PENDING_APPROVAL where the buyer's rule asks for it; the prices of today are fixed.

    Conflict where the draft is another version than expected, if one is.
    """
    async with database.transaction():
        order = await lock_order(actor, order_id)
        ORDER.check_from(SUBMITTABLE, order.state, OrderState.APPROVED)
        require_version(order, expected_version)
        lines = await OrderLine.filter(order_id=order.id).order_by("position")
        draft = draft_of(order, lines)
        prepared = await _complete(actor, draft)
        priced = await price(actor, prepared, check_terms(draft.lines, prepared.plans, acceptance.terms))
        await _fix_amounts(lines, priced.lines)
        order.state = _state_of(actor, prepared, priced.lines)
        order.submitted_at, order.submitted_by = actor.at, actor.principal
        order.tier_total_minor = sum_tiers(priced.lines)
        wanted = hold_of(prepared.customer, order.id, order.tier_total_minor)
        if wanted and not bills_later(draft.terms, prepared.facts.day):
            await hold(actor, wanted)
        await keep_numbers(actor, Holder(order.organization_id, order.scope, order.id))
        await order.save(update_fields=["state", "submitted_at", "submitted_by", "tier_total_minor"])
        row, writes = row_of(order), Writes()
        redeem_with(writes, actor, order_id=order.id, scope=order.scope, given=priced.given)
        accept_with(writes, actor, order_id=order.id, scope=order.scope, acceptance=acceptance)
        tell_with(writes, actor, prepared, row, await who_is_told(prepared, order.created_by))
        record_with(writes, actor, *_submitted(row, order.state))
        await writes.send()
        return order.id


async def _complete(actor: Actor, draft: OrderDraft) -> Prepared:
    """The draft with all that it names; what its stages lack is refused at once, with the codes that it names held."""
    prepared, problems = await look_up(actor, draft)
    await hold_codes(prepared.chain_ids, draft.discount_codes)
    if problems:
        found = await lacks_of(actor, prepared, problems)
        raise Invalid(found, ErrorCode.ORDER_INCOMPLETE if len(found) > len(problems) else ErrorCode.BAD_INPUT)
    return prepared


def _state_of(actor: Actor, prepared: Prepared, priced: Sequence[PricedLine]) -> OrderState:
    total = sum_tiers(priced)
    waits = needs_approval(prepared.customer, actor.permissions, total[-1] if total else 0)
    return OrderState.PENDING_APPROVAL if waits else OrderState.APPROVED


def _submitted(row: Row, state: OrderState) -> list[NewEvent]:
    events = [order_event(EventType.ORDER_SUBMITTED, row, state)]
    if state is OrderState.APPROVED:
        events.append(order_event(EventType.ORDER_APPROVED, row, state))
    return events


async def _fix_amounts(lines: Sequence[OrderLine], priced: Sequence[PricedLine]) -> None:
    await database.execute_many(
        "UPDATE order_lines SET tier_unit_minor = $2, tier_amount_minor = $3, tier_discount_minor = $4 WHERE id = $1",
        [
            (line.id, amounts.tier_unit_minor, amounts.tier_amount_minor, amounts.tier_discount_minor)
            for line, amounts in zip(lines, priced, strict=True)
        ],
    )
