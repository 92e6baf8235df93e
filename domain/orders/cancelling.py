"""Cancelling an order before anything is provisioned."""

from uuid import UUID

from domain.billing.holding import release as release_hold
from domain.discounts.redeeming import release as release_codes
from domain.events.actions import record
from domain.events.types import EventType
from domain.numbers.backorders import cancel_waiting
from domain.numbers.ordering import release_selected
from domain.orders.events import order_event, row_of
from domain.orders.loading import lock_order
from domain.orders.models import OrderLine
from domain.orders.states import CANCELLABLE, ORDER, LineState, OrderState
from domain.shared import database
from domain.shared.actor import Actor


async def cancel_order(actor: Actor, order_id: UUID) -> UUID:
    """DRAFT | PENDING_APPROVAL | APPROVED -> CANCELLED, with every line; IllegalTransition once provisioning began."""
    async with database.transaction():
        order = await lock_order(actor, order_id)
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
