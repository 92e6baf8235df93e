"""What the events of numbers say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.events.actions import NewEvent
from domain.events.types import EventType
from domain.shared.ids import encode

Row = Mapping[str, Any]  # of `numbers`


def number_event(event_type: EventType, row: Row, *, reserved_until: datetime | None = None) -> NewEvent:
    """The event of a number in the hands of a customer: `row` is as it stands, or stood, there."""
    data = {
        "number_id": encode("Number", row["id"]),
        "number": row["e164"],
        "customer_id": encode("Organization", row["customer_id"]),
        "order_id": _id("Order", row["order_id"]),
        "subscription_id": _id("Subscription", row["subscription_id"]),
    }
    if event_type is EventType.NUMBER_RESERVED:
        data["reserved_until"] = reserved_until.isoformat() if reserved_until else None
    return NewEvent(event_type, row["customer_id"], row["scope"], row["id"], data)


def _id(kind: str, value: UUID | None) -> str | None:
    return encode(kind, value) if value else None
