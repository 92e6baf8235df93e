"""Reading endpoints, deliveries and attempts."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing
from domain.shared.tenancy import Scope
from domain.webhooks.rules import types_wanted

MAX_ATTEMPTS: Final = 50  # of one delivery that are shown at once
_CREATED: Final = {"CREATED_AT": ("created_at", ColumnType.INSTANT)}
ENDPOINTS: Final = Listing(
    "(SELECT * FROM webhook_endpoints WHERE deleted_at IS NULL) AS webhook_endpoints", sorts=_CREATED
)
DELIVERIES: Final = Listing(
    "webhook_deliveries",
    filters={"state": "state", "endpoint_id": "endpoint_id", "event_id": "event_id", "event_type": "event_type"},
    sorts=_CREATED,
)


async def attempts_of(actor: Actor, delivery_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the attempts of visible deliveries, in order: the last 50 of each."""
    names = ", ".join(f"a.{name}" for name in sorted({*columns, "id", "delivery_id", "number", "at"}))
    sql = (
        "SELECT a.* FROM webhook_deliveries d CROSS JOIN LATERAL ("  # noqa: S608 - constants
        f"SELECT {names} FROM webhook_attempts a WHERE a.delivery_id = d.id "
        f"ORDER BY a.number DESC, a.at DESC LIMIT {MAX_ATTEMPTS}) AS a "
        "WHERE d.id = ANY($1) AND d.scope >= $2 AND d.scope < $3 ORDER BY a.delivery_id, a.number, a.at"
    )
    return await database.fetch(sql, list(delivery_ids), actor.scope.lower, actor.scope.upper)


async def endpoints_on(scopes: Sequence[str]) -> list[Record]:
    """The enabled endpoints of these organizations: for the outbox, outside any tenancy."""
    sql = (
        "SELECT id, scope, within, is_ordered, event_types FROM webhook_endpoints "
        "WHERE scope = ANY($1) AND enabled AND deleted_at IS NULL ORDER BY id"
    )
    return await database.fetch(sql, list(scopes))


_WITH_EVENT: Final = (
    "SELECT w.url, w.secret_sealed, w.previous_secret_sealed, w.previous_secret_until, "
    "w.signing_key_sealed, w.previous_signing_key_sealed, w.scope AS viewer_scope, w.api_version, "
    "e.id AS event_id, e.type, e.organization_id, e.scope, e.aggregate_seq, "
    "e.payload, e.tier_amounts, e.occurred_at FROM webhook_endpoints w CROSS JOIN LATERAL ("
    "SELECT * FROM events e WHERE e.scope >= $2 AND e.scope < $3 AND e.type = ANY($4) ORDER BY e.id DESC LIMIT 1) e "
    "WHERE w.id = $1"
)


async def with_last_event(actor: Actor, endpoint_id: UUID, event_type: EventType | None) -> Record | None:
    """A visible endpoint with the last event (of this type) that it would get, all as sending needs it."""
    found = await ENDPOINTS.by_ids(actor, [endpoint_id])
    if not found:
        return None
    endpoint = found[0]
    place = Scope(endpoint["within"] or endpoint["scope"])
    types = types_wanted(endpoint["event_types"]) if event_type is None else [event_type.value]
    return await database.fetch_row(_WITH_EVENT, endpoint_id, place.lower, place.upper, types)
