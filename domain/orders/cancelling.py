"""Cancelling an order: before anything of it is provisioned, and while it is, when what was made is unmade."""

from uuid import UUID

from domain.billing.holding import release as release_hold
from domain.discounts.redeeming import release as release_codes
from domain.events.actions import record
from domain.events.types import EventType
from domain.numbers.backorders import cancel_waiting
from domain.numbers.moving import give_back_all
from domain.numbers.ordering import assign_to_line, release_of_line, release_selected
from domain.orders.events import order_event, row_of
from domain.orders.fulfilling import begin_term, locked_line, settle_order
from domain.orders.loading import lock_order
from domain.orders.models import Order, OrderLine
from domain.orders.states import CANCELLABLE, LINE, ORDER, UNDER_WAY, LineState, OrderState
from domain.organizations.models import Organization
from domain.provisioning.actions import Failure, start_operation
from domain.provisioning.models import Instance
from domain.provisioning.queries import is_newest
from domain.provisioning.states import POSSIBLE, Action, InstanceState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.subscriptions import actions as subscriptions
from domain.subscriptions.charging import take_charges_back
from domain.subscriptions.models import Subscription
from domain.subscriptions.states import SubscriptionState


async def cancel_order(actor: Actor, order_id: UUID) -> UUID:
    """DRAFT | PENDING_APPROVAL | APPROVED -> CANCELLED, with every line; PROVISIONING | INQUIRING -> CANCELLING.

    The latter ends CANCELLED, or COMPLETED or PARTIALLY_COMPLETED by what could not be unmade.
    """
    async with database.transaction():
        order = await lock_order(actor, order_id)
        if order.state in UNDER_WAY:
            await _unmake(actor, order)
            return order.id
        ORDER.check_from(CANCELLABLE, order.state, OrderState.CANCELLED)
        order.state, order.finished_at = OrderState.CANCELLED, actor.at
        await order.save(update_fields=["state", "finished_at"])
        await OrderLine.filter(order_id=order.id).update(state=LineState.CANCELLED)
        await release_codes(order.id, actor.at)
        await release_hold(actor, order.id)
        await release_selected(actor, order.id)
        await cancel_waiting(actor, order.id)
        await record(actor, order_event(EventType.ORDER_CANCELLED, row_of(order), order.state))
        return order.id


async def _unmake(actor: Actor, order: Order) -> None:
    """Wish for the end of every instance of a locked order; what failed needs none."""
    ORDER.check(order.state, OrderState.CANCELLING)
    for line in await OrderLine.filter(order_id=order.id).exclude(state=LineState.FAILED).order_by("position"):
        instance = await Instance.get(subscription_id=line.subscription_id)
        if instance.state not in POSSIBLE[Action.DELETE]:
            continue  # its subscription has been terminated meanwhile
        LINE.check(line.state, LineState.CANCELLING)
        line.state = LineState.CANCELLING
        await line.save(update_fields=["state"])
        await start_operation(actor, instance.id, Action.DELETE)
    order.state = OrderState.CANCELLING
    await order.save(update_fields=["state"])
    await record(actor, order_event(EventType.ORDER_CANCELLING, row_of(order), order.state))


async def cancel_line(actor: Actor, subscription_id: UUID) -> None:
    """The instance of a line is gone: so are line and subscription, if its order is being cancelled."""
    async with database.transaction():
        found = await _cancelling_line(actor, subscription_id)
        if found is None:
            return
        order, line = found
        LINE.check(line.state, LineState.CANCELLED)
        line.state = LineState.CANCELLED
        await line.save(update_fields=["state"])
        await cancel_waiting(actor, order.id, line.id)
        await release_of_line(actor, line.id)
        await give_back_all(actor, [subscription_id])
        await subscriptions.undo(actor, subscription_id)
        customer = await Organization.get(id=order.organization_id)
        await take_charges_back(actor, subscription_id, on=local_date(actor.at, customer.time_zone))
        await settle_order(actor, order)


async def keep_line(actor: Actor, subscription_id: UUID, operation_id: UUID, failure: Failure) -> None:
    """The instance of a line cannot be deleted: what is there stays, and is paid for; what never was, failed."""
    async with database.transaction():
        found = await _cancelling_line(actor, subscription_id)
        if found is None or not await is_newest(operation_id):
            return
        order, line = found
        instance = await Instance.get(subscription_id=subscription_id)
        is_there = instance.state is not InstanceState.PENDING
        state = LineState.COMPLETED if is_there else LineState.FAILED
        LINE.check(line.state, state)
        line.state = state
        if not is_there:
            line.failure_code, line.failure_reason = failure.code, failure.reason
        await line.save(update_fields=["state", "failure_code", "failure_reason"])
        await _go_on(actor, order, line)
        await settle_order(actor, order)


async def _go_on(actor: Actor, order: Order, line: OrderLine) -> None:
    subscription = await Subscription.get(id=line.subscription_id)
    if subscription.state is not SubscriptionState.PENDING:
        return
    if line.state is LineState.COMPLETED:
        await cancel_waiting(actor, order.id, line.id)
        await assign_to_line(actor, line.id, subscription.id)
        await begin_term(actor, order, line.plan_id, subscription.id)
    else:
        await subscriptions.fail(subscription.id)


async def _cancelling_line(actor: Actor, subscription_id: UUID) -> tuple[Order, OrderLine] | None:
    """The line of a subscription, and its order, locked; None where it is not being cancelled with that."""
    if not await OrderLine.exists(subscription_id=subscription_id, state=LineState.CANCELLING):
        return None
    order, line = await locked_line(actor, subscription_id)
    return (order, line) if line.state is LineState.CANCELLING else None
