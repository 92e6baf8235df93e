"""What an order's events say."""

from collections.abc import Mapping
from typing import Any

from domain.events.actions import NewEvent
from domain.events.types import EventType
from domain.orders.models import Order
from domain.orders.states import OrderState
from domain.shared.ids import encode

Row = dict[str, Any]  # of `orders`, by column


def row_of(order: Order) -> Row:
    """The row of a loaded order."""
    columns = Order._meta.fields_db_projection  # noqa: SLF001 - Tortoise's own name for it
    return {column: getattr(order, name) for name, column in columns.items()}


def order_event(event_type: EventType, order: Mapping[str, Any], state: OrderState, **more: str) -> NewEvent:
    """The event of an order (its row) that has just reached `state`; `more` is what only this type says."""
    failure_code = order["failure_code"]
    data = {
        "order_id": encode("Order", order["id"]),
        "number": order["number"],
        "state": state.value,
        "customer_id": encode("Organization", order["organization_id"]),
        "subscription_reference": order["subscription_reference"],
        "failure": {"code": failure_code, "reason": order["failure_reason"]} if failure_code else None,
        **more,
    }
    return NewEvent(
        event_type,
        order["organization_id"],
        order["scope"],
        order["id"],
        data,
        order["tier_total_minor"] or None,
        order["currency"],
    )
