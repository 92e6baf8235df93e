"""Reading endpoints, deliveries and attempts."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing

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
        "SELECT id, scope, event_types FROM webhook_endpoints WHERE scope = ANY($1) AND enabled AND deleted_at IS NULL"
    )
    return await database.fetch(sql, list(scopes))


async def with_endpoint_and_event(delivery_ids: Sequence[UUID]) -> dict[UUID, Record]:
    """What sending needs beside the delivery: its event, and its endpoint's address, secrets and place."""
    sql = (
        "SELECT d.id AS delivery_id, w.url, w.secret_sealed, w.previous_secret_sealed, w.previous_secret_until, "
        "w.scope AS viewer_scope, w.deleted_at, w.enabled, e.id, e.type, e.organization_id, e.scope, e.aggregate_seq, "
        "e.payload, e.tier_amounts, e.occurred_at "
        "FROM webhook_deliveries d JOIN webhook_endpoints w ON w.id = d.endpoint_id JOIN events e ON e.id = d.event_id "
        "WHERE d.id = ANY($1)"
    )
    return {row["delivery_id"]: row for row in await database.fetch(sql, list(delivery_ids))}
