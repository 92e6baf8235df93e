"""The event log, read: for GraphQL, for live updates, and as the body a webhook carries."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.events.catalogue import API_VERSION, CATALOGUE
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.cursors import ColumnType
from domain.shared.ids import encode
from domain.shared.listing import Listing
from domain.shared.money import format_minor
from domain.shared.tenancy import Scope
from domain.shared.tiers import costs_for, prices_for

EVENTS: Final = Listing(
    "events",
    filters={"type": "type", "aggregate_id": "aggregate_id", "occurred_at": "occurred_at"},
    sorts={"OCCURRED_AT": ("occurred_at", ColumnType.INSTANT)},
)
# An event's id tells when it was made; one whose transaction commits this much later is still seen by a live reader.
LATE_COMMIT: Final = timedelta(seconds=15)
SINCE_LIMIT: Final = 1000


def _as_money(minor: int | None, currency: str) -> dict[str, str] | None:
    return None if minor is None else {"amount": format_minor(minor, currency), "currency": currency}


def data_for(event: Mapping[str, Any] | Record, viewer: Scope) -> dict[str, Any]:
    """The event's data as one organization on its path sees it: with the amounts of its own edges only."""
    data = dict(event["payload"])
    fields = CATALOGUE[EventType(event["type"])].data
    if "price" in fields:
        money = event["tier_amounts"] or {"tier_minor": None, "currency": ""}
        scope, tier_minor = event["scope"], money["tier_minor"]
        data["price"] = _as_money(prices_for(viewer)(scope, tier_minor), money["currency"])
        data["cost"] = _as_money(costs_for(viewer)(scope, tier_minor), money["currency"])
    return data


def body_for(event: Mapping[str, Any] | Record, viewer: Scope, *, api_version: str = API_VERSION) -> dict[str, Any]:
    """The whole message as a webhook carries it; its schema is `catalogue.json_schema`."""
    return {
        "type": event["type"],
        "id": encode("Event", event["id"]),
        "timestamp": event["occurred_at"].isoformat().replace("+00:00", "Z"),
        "api_version": api_version,
        "organization": encode("Organization", event["organization_id"]),
        "sequence": event["aggregate_seq"],
        "data": data_for(event, viewer),
    }


async def sequence_of(actor: Actor, aggregate_id: UUID) -> int | None:
    """The sequence number of the last event of a visible aggregate; None when there is none."""
    found: int | None = await database.fetch_value(
        "SELECT max(aggregate_seq) FROM events WHERE aggregate_id = $1 AND scope >= $2 AND scope < $3",
        aggregate_id,
        actor.scope.lower,
        actor.scope.upper,
    )
    return found


async def since(actor: Actor, after: UUID, types: Sequence[EventType]) -> list[Record]:
    """The subtree's events with ids past `after`, in that order (of time), at most SINCE_LIMIT."""
    sql = (
        "SELECT * FROM events WHERE scope >= $1 AND scope < $2 AND id > $3 "
        "AND (cardinality($4::text[]) = 0 OR type = ANY($4)) ORDER BY id LIMIT $5"
    )
    return await database.fetch(sql, actor.scope.lower, actor.scope.upper, after, list(types), SINCE_LIMIT)
