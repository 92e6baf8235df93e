"""The event log: types and inputs."""

from datetime import datetime

import strawberry

from domain.events.catalogue import EventType
from domain.events.queries import data_for
from domain.shared.actor import Actor
from domain.shared.ids import encode
from schema.filters import DateTimeFilter
from schema.nodes import Node
from schema.scalars import Json, Record


@strawberry.type(description="Something that happened. Webhooks carry the same, under the same id.")
class Event(Node):
    """Built from a record of `events`."""

    type: EventType = strawberry.field(description="What happened.")
    organization_id: strawberry.ID = strawberry.field(description="To which organization.")
    aggregate_id: strawberry.ID = strawberry.field(description="To which thing: an order, a subscription, …")
    sequence: int = strawberry.field(description="Its place in the history of that thing, from 1.")
    data: Json = strawberry.field(description="The particulars, by the schema at /events/schemas/<type>.json.")
    principal: str = strawberry.field(description="Which credential did it; `system` for Provender itself.")
    occurred_at: datetime = strawberry.field(description="When it happened.")

    @classmethod
    def from_record(cls, record: Record, viewer: Actor) -> "Event":
        """Built from a record, with the amounts of the viewer's own edges only."""
        return cls(
            id=strawberry.ID(encode("Event", record["id"])),
            type=EventType(record["type"]),
            organization_id=strawberry.ID(encode("Organization", record["organization_id"])),
            aggregate_id=strawberry.ID(encode(record["aggregate_type"], record["aggregate_id"])),
            sequence=record["aggregate_seq"],
            data=Json(data_for(record, viewer.scope)),
            principal=record["actor"],
            occurred_at=record["occurred_at"],
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
    occurred_at: DateTimeFilter | None = strawberry.field(description="By when it happened.", default=None)
    and_: list["EventWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["EventWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)
