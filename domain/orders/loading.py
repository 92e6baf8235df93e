"""Loading an order to change it, and reading the draft that it holds."""

from collections.abc import Sequence
from uuid import UUID

from domain.orders.handling import handling_of
from domain.orders.models import Order, OrderLine, OrderMethod
from domain.orders.rules import LineDraft, OrderDraft
from domain.orders.terms import terms_of
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, NotFound
from domain.shared.ids import encode


async def lock_order(actor: Actor, order_id: UUID) -> Order:
    """The order within the actor's subtree, locked until the transaction ends; NotFound otherwise."""
    rows = Order.filter(id=order_id, scope__gte=actor.scope.lower, scope__lt=actor.scope.upper)
    order = await rows.select_for_update().get_or_none()
    if order is None:
        raise NotFound("order", encode("Order", order_id))
    return order


def require_version(order: Order, expected: int | None) -> None:
    """Conflict unless a locked draft is still as somebody saw it, who says which version that was."""
    if expected is not None and expected != order.version:
        message = f"order {order.number} was changed meanwhile: look at version {order.version} first"
        raise Conflict(message, current=str(order.version))


def draft_of(order: Order, lines: Sequence[OrderLine]) -> OrderDraft:
    """An order and its lines, by position, as its buyer wrote them."""
    return OrderDraft(
        customer_id=order.organization_id,
        lines=[LineDraft(line.plan_id, line.quantity, line.parameters) for line in lines],
        sales_model=order.sales_model,
        cycle_multiplier=order.cycle_multiplier,
        auto_renew=order.auto_renew,
        subscription_reference=order.subscription_reference,
        method=OrderMethod.CONTRACT if order.contract_id else OrderMethod.NORMAL,
        contract_id=order.contract_id,
        discount_codes=order.discount_codes or (),
        terms=terms_of(order),
        handling=handling_of(order),
    )
