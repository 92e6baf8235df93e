"""What a subscription's events say."""

from collections.abc import Mapping
from typing import Any

from asyncpg import Record

from domain.events.actions import NewEvent
from domain.events.types import EventType
from domain.shared.ids import encode


def change_event(
    event_type: EventType, row: Mapping[str, Any] | Record, *, before: Mapping[str, Any], after: Mapping[str, Any]
) -> NewEvent:
    """The event of a change of a subscription (its row): what of it was, and what is now."""
    data = {
        "subscription_id": encode("Subscription", row["id"]),
        "customer_id": encode("Organization", row["organization_id"]),
        "reference": row["reference"],
        "before": before,
        "after": after,
    }
    return NewEvent(event_type, row["organization_id"], row["scope"], row["id"], data)
