"""Loading an order to change it."""

from uuid import UUID

from domain.orders.models import Order
from domain.shared.actor import Actor
from domain.shared.errors import NotFound
from domain.shared.ids import encode


async def lock_order(actor: Actor, order_id: UUID) -> Order:
    """The order within the actor's subtree, locked until the transaction ends; NotFound otherwise."""
    rows = Order.filter(id=order_id, scope__gte=actor.scope.lower, scope__lt=actor.scope.upper)
    order = await rows.select_for_update().get_or_none()
    if order is None:
        raise NotFound("order", encode("Order", order_id))
    return order
