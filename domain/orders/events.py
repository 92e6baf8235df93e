"""What an order's events say."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.events.actions import NewEvent
from domain.events.catalogue import EventType
from domain.orders.models import Order
from domain.orders.states import OrderState
from domain.shared.ids import encode


@dataclass(frozen=True, slots=True)
class OrderView:
    """What of an order its events carry."""

    id: UUID
    number: str
    organization_id: UUID
    scope: str
    currency: str
    subscription_reference: str | None
    tier_total_minor: Sequence[int] | None
    failure_code: str | None = None
    failure_reason: str | None = None


def view_of(order: Order) -> OrderView:
    """The view of a loaded row."""
    return OrderView(
        id=order.id,
        number=order.number,
        organization_id=order.organization_id,
        scope=order.scope,
        currency=order.currency,
        subscription_reference=order.subscription_reference,
        tier_total_minor=order.tier_total_minor,
        failure_code=order.failure_code,
        failure_reason=order.failure_reason,
    )


def order_event(event_type: EventType, view: OrderView, state: OrderState) -> NewEvent:
    """The event of an order that has just reached `state`."""
    data = {
        "order_id": encode("Order", view.id),
        "number": view.number,
        "state": state.value,
        "customer_id": encode("Organization", view.organization_id),
        "subscription_reference": view.subscription_reference,
        "failure": {"code": view.failure_code, "reason": view.failure_reason} if view.failure_code else None,
    }
    amounts = list(view.tier_total_minor) if view.tier_total_minor else None
    return NewEvent(event_type, view.organization_id, view.scope, view.id, data, amounts, view.currency)
