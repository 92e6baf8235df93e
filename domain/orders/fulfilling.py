"""Fulfilling: an approved order starts an instance a line; each line's outcome settles the order."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.access.people import address_of
from domain.billing.holding import release as free_hold
from domain.billing.policies import sold_by
from domain.catalog.models import Plan, ProductType
from domain.catalog.part_queries import components_told
from domain.discounts.redeeming import release
from domain.events.actions import record
from domain.events.types import EventType
from domain.numbers.backorders import cancel_waiting, is_awaited, open_backorders
from domain.numbers.handing_over import numbers_for
from domain.numbers.ordering import assign_to_line, hold_for_retry, release_selected
from domain.orders.events import order_event, row_of
from domain.orders.handling import handling_of, mailed
from domain.orders.loading import lock_order
from domain.orders.models import Order, OrderLine
from domain.orders.states import LINE, ORDER, LineState, OrderState, cancelled_state_from, order_state_from
from domain.orders.terms import TRIAL_USED, billing_start, terms_of
from domain.organizations.models import Organization
from domain.provisioning.actions import Failure, Placement, start_instance
from domain.provisioning.queries import is_newest
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.subscriptions import actions as subscriptions
from domain.subscriptions.charging import charge_first_term
from domain.subscriptions.trials import claim_trials, give_trials_back

_OUTCOME_EVENTS: Final = {
    OrderState.COMPLETED: EventType.ORDER_COMPLETED,
    OrderState.PARTIALLY_COMPLETED: EventType.ORDER_PARTIALLY_COMPLETED,
    OrderState.FAILED: EventType.ORDER_FAILED,
    OrderState.CANCELLED: EventType.ORDER_CANCELLED,
}


async def start_provisioning(actor: Actor, order_id: UUID) -> None:
    """APPROVED -> PROVISIONING: a subscription and an instance for each line. Done before, or cancelled: nothing."""
    async with database.transaction():
        order = await lock_order(actor, order_id)
        if not ORDER.allows(order.state, OrderState.PROVISIONING) or order.state is not OrderState.APPROVED:
            return
        lines = await OrderLine.filter(order_id=order.id).order_by("position").prefetch_related("plan__product")
        order.state = OrderState.PROVISIONING
        if refused := await _refused_trials(actor, order, lines):
            await _refuse_trials(actor, order, lines, refused)
            await release_selected(actor, order.id)
            await cancel_waiting(actor, order.id)
            return
        customer = await Organization.get(id=order.organization_id)
        purchased_on = local_date(order.submitted_at or actor.at, customer.time_zone)
        recipients = await _recipients(order, customer)
        for line in lines:
            await _start_line(actor, order, line, purchased_on, recipients)
        await open_backorders(actor, order.id)
        await order.save(update_fields=["state"])
        await record(actor, order_event(EventType.ORDER_PROVISIONING, row_of(order), order.state))


async def _recipients(order: Order, customer: Organization) -> list[str]:
    """Who is mailed what opens the instances: who created the order, its account manager; the contact if it says so."""
    handling = handling_of(order)
    contact = handling.contact_email({"billing_email": customer.billing_email}) if handling.sends_credentials else None
    return mailed(await address_of(order.created_by), contact)


async def _refused_trials(actor: Actor, order: Order, lines: Sequence[OrderLine]) -> set[UUID]:
    """Products that the order wants on trial and its customer has had; an order without a trial asks for none."""
    if order.trial_until is None:
        return set()
    products = [line.product_id for line in lines]
    return await claim_trials(
        actor, order.id, customer_id=order.organization_id, scope=order.scope, product_ids=products
    )


async def _refuse_trials(actor: Actor, order: Order, lines: Sequence[OrderLine], refused: set[UUID]) -> None:
    """PROVISIONING -> FAILED before anything is made; the lines of other products come to nothing with it (B3-O)."""
    for line in lines:
        line.state = LineState.CANCELLED
        if line.product_id in refused:
            line.state, line.failure_code, line.failure_reason = LineState.FAILED, *TRIAL_USED
        await line.save(update_fields=["state", "failure_code", "failure_reason"])
    await record(actor, order_event(EventType.ORDER_PROVISIONING, row_of(order), order.state))
    await settle_order(actor, order)


async def _start_line(
    actor: Actor, order: Order, line: OrderLine, purchased_on: date, recipients: Sequence[str]
) -> None:
    LINE.check(line.state, LineState.PROVISIONING)
    plan: Plan = line.plan
    line.subscription_id = await subscriptions.begin(
        actor,
        sold_by(proration=plan.proration, refund=plan.refund, full_refund_days=plan.full_refund_days),
        organization_id=order.organization_id,
        scope=order.scope,
        order_id=order.id,
        order_line_id=line.id,
        product_id=line.product_id,
        plan_id=line.plan_id,
        quantity=line.quantity,
        sales_model=order.sales_model,
        cycle_multiplier=order.cycle_multiplier,
        currency=order.currency,
        charging=plan.charging,
        tier_unit_minor=line.tier_unit_minor,
        auto_renew=order.auto_renew,
        reference=order.subscription_reference,
        purchased_on=purchased_on,
        billing_starts_on=terms_of(order).asked_start,
        trial_ends_on=terms_of(order).trial_ends_on,
        expires_on=order.expires_on,
        contract_id=order.contract_id,
    )
    line.state = LineState.PROVISIONING
    await line.save(update_fields=["state", "subscription_id"])
    placement = _placement(order, line, line.subscription_id, recipients, await _within(line))
    await start_instance(actor, placement.with_parameters(await numbers_for(line.id)))


async def _within(line: OrderLine) -> dict[str, Any]:
    """What a bundle's own connector is told to be in each one of it; it provides all of that."""
    is_bundle = line.plan.product.type is ProductType.BUNDLE
    return {"components": await components_told(line.plan_id)} if is_bundle else {}


def _placement(
    order: Order, line: OrderLine, subscription_id: UUID, recipients: Sequence[str], within: Mapping[str, Any]
) -> Placement:
    """Where the line is made; `recipients` are mailed the links to what opens it."""
    plan: Plan = line.plan
    request = {
        "product": plan.product.key,
        "product_name": plan.product.name,
        "plan": plan.key,
        "quantity": line.quantity,
        "parameters": {**line.parameters, "currency": order.currency},
        **within,
    }
    return Placement(
        order.organization_id,
        order.scope,
        subscription_id,
        plan.product.provisioner,
        request,
        plan.provisioning_hours,
        plan.product.organization_id,
        recipients,
    )


async def complete_line(actor: Actor, subscription_id: UUID, operation_id: UUID) -> None:
    """The instance of a line is there: its subscription begins and is charged; the last one settles the order."""
    async with database.transaction():
        order, line = await locked_line(actor, subscription_id)
        if line.state is LineState.COMPLETED or not await is_newest(operation_id) or await is_awaited(line.id):
            return
        LINE.check(line.state, LineState.COMPLETED)
        line.state = LineState.COMPLETED
        await line.save(update_fields=["state"])
        await assign_to_line(actor, line.id, subscription_id)
        await begin_term(actor, order, line.plan_id, subscription_id)
        await settle_order(actor, order)


async def begin_term(actor: Actor, order: Order, plan_id: UUID, subscription_id: UUID) -> None:
    """Let the subscription of a line that is there run from today, where its customer is, and charge what is due."""
    customer, plan = await Organization.get(id=order.organization_id), await Plan.get(id=plan_id)
    day = local_date(actor.at, customer.time_zone)
    start = billing_start(terms_of(order), day, plan.postponed_billing_months)
    await subscriptions.activate(actor, subscription_id, day=day, billing_starts_on=start)
    if start <= day:
        await charge_first_term(actor, subscription_id, on=day)


async def fail_line(actor: Actor, subscription_id: UUID, operation_id: UUID, failure: Failure) -> None:
    """The instance of a line could not be made: the line keeps the reason, the order settles when it was the last."""
    async with database.transaction():
        order, line = await locked_line(actor, subscription_id)
        if line.state is LineState.FAILED or not await is_newest(operation_id):
            return
        LINE.check(line.state, LineState.FAILED)
        line.state, line.failure_code, line.failure_reason = LineState.FAILED, failure.code, failure.reason
        await line.save(update_fields=["state", "failure_code", "failure_reason"])
        await subscriptions.fail(subscription_id)
        await hold_for_retry(actor, line.id)
        await cancel_waiting(actor, order.id, line.id)
        await settle_order(actor, order)


async def locked_line(actor: Actor, subscription_id: UUID) -> tuple[Order, OrderLine]:
    """The line that a subscription came of, with its order, which is locked until the transaction ends."""
    line = await OrderLine.get(subscription_id=subscription_id)
    order = await lock_order(actor, line.order_id)
    await line.refresh_from_db()
    return order, line


async def settle_order(actor: Actor, order: Order) -> None:
    """Bring an order under way, locked, to the state that follows from its lines; nothing if it is there."""
    lines = await OrderLine.filter(order_id=order.id).order_by("position")
    decide = cancelled_state_from if order.state is OrderState.CANCELLING else order_state_from
    state = decide([line.state for line in lines])
    if state is order.state:
        return
    ORDER.check(order.state, state)
    order.state = state
    if state in _OUTCOME_EVENTS:
        await _end(actor, order, lines)
        return
    await order.save(update_fields=["state"])
    if state is OrderState.INQUIRING:
        await record(actor, order_event(EventType.ORDER_INQUIRING, row_of(order), state))


async def _end(actor: Actor, order: Order, lines: Sequence[OrderLine]) -> None:
    if failed := next((line for line in lines if line.state is LineState.FAILED), None):
        order.failure_code, order.failure_reason = failed.failure_code, failed.failure_reason
    order.finished_at = actor.at
    await order.save(update_fields=["state", "failure_code", "failure_reason", "finished_at"])
    if order.state in {OrderState.FAILED, OrderState.CANCELLED}:
        await release(order.id, actor.at)
    if order.state is OrderState.CANCELLED:
        await release_selected(actor, order.id)
    if order.trial_until is not None:
        await give_trials_back(order.id)
    await free_hold(actor, order.id)
    await record(actor, order_event(_OUTCOME_EVENTS[order.state], row_of(order), order.state))
