"""The event log: types and inputs."""

from datetime import datetime
from typing import Any, Final

import strawberry

from domain.events.queries import data_for
from domain.events.types import EventType
from domain.shared.actor import Actor, Permission
from domain.shared.ids import encode
from schema.filters import ANY_KIND, KIND, DateTimeFilter, IdFilter
from schema.nodes import Node
from schema.reading import Read, Reader, column, computed, identity, member, viewed
from schema.scalars import Json, Record


@strawberry.type(description="Something that happened. Webhooks carry the same, under the same id.")
class Event(Node):
    """Read from `events`."""

    type: EventType = strawberry.field(description="What happened.")
    organization_id: strawberry.ID = strawberry.field(description="To which organization.")
    aggregate_id: strawberry.ID = strawberry.field(description="To which thing: an order, a subscription, …")
    sequence: int = strawberry.field(description="Its place in the history of that thing, from 1.")
    data: Json = strawberry.field(description="The particulars, by the schema at /events/schemas/<type>.json.")
    principal: str = strawberry.field(description="Which credential did it; `system` for Provender itself.")
    occurred_at: datetime = strawberry.field(description="When it happened.")


def _shown_to(viewer: Actor) -> Read:
    """The data as the viewer's organization gets it; who may not read costs gets none here either."""
    hides_costs = Permission.COSTS_READ not in viewer.permissions

    def read(record: Record) -> dict[str, Any]:
        data = data_for(record, viewer.scope)
        return {**data, "cost": None} if hides_costs and "cost" in data else data

    return read


EVENT: Final = Reader(
    Event,
    {
        "id": identity("Event"),
        "type": member(EventType, "type"),
        "organization_id": identity("Organization", "organization_id"),
        "aggregate_id": computed(
            ("aggregate_type", "aggregate_id"),
            lambda record: encode(record["aggregate_type"], record["aggregate_id"]),
        ),
        "sequence": column("aggregate_seq"),
        "data": viewed(("type", "payload", "tier_amounts", "scope"), _shown_to),
        "principal": column("actor"),
        "occurred_at": column("occurred_at"),
    },
)


@strawberry.input(description="Compares the type.")
class EventTypeFilter:
    """All given comparisons must hold."""

    eq: EventType | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[EventType] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which events.")
class EventWhere:
    """All given parts must hold."""

    type: EventTypeFilter | None = strawberry.field(description="By type.", default=None)
    aggregate_id: IdFilter | None = strawberry.field(
        description="By the thing it happened to: the history of an order, a subscription, …",
        default=None,
        metadata={KIND: ANY_KIND},
    )
    occurred_at: DateTimeFilter | None = strawberry.field(description="By when it happened.", default=None)
    and_: list["EventWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["EventWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)
