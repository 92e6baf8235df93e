"""What a subscription's events say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from asyncpg import Record

from domain.events.actions import NewEvent
from domain.events.types import EventType
from domain.provisioning.actions import Failure
from domain.shared.ids import encode


def ended_event(row: Mapping[str, Any] | Record) -> NewEvent:
    """The event of a subscription (its row) that has ended for good."""
    data = {
        "subscription_id": encode("Subscription", row["id"]),
        "order_id": encode("Order", row["order_id"]) if row["order_id"] else None,
        "customer_id": encode("Organization", row["organization_id"]),
        "reference": row["reference"],
    }
    place = (row["organization_id"], row["scope"], row["id"])
    return NewEvent(EventType.SUBSCRIPTION_TERMINATED, *place, data)


def change_event(
    event_type: EventType,
    row: Mapping[str, Any] | Record,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    tier_minor: Sequence[int] | None = None,
) -> NewEvent:
    """The event of a change of a subscription (its row): what of it was, what is now, and what was charged for it."""
    data = {
        "subscription_id": encode("Subscription", row["id"]),
        "customer_id": encode("Organization", row["organization_id"]),
        "reference": row["reference"],
        "before": before,
        "after": after,
    }
    place = (row["organization_id"], row["scope"], row["id"])
    return NewEvent(event_type, *place, data, tier_minor, row["currency"] if tier_minor else None)


def failure_event(
    event_type: EventType, row: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any], failure: Failure
) -> NewEvent:
    """The event of a change that did not come about: `after` is what it was to be."""
    made = change_event(event_type, row, before=before, after=after)
    told = {"code": failure.code[:64], "reason": failure.reason[:2000]}
    return replace(made, data={**made.data, "failure": told})
