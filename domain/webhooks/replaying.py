"""Delivering past events once more: what an endpoint did not take, or never got."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.bulk.actions import NewBulk, Progress, start
from domain.bulk.rules import BulkKind
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.tenancy import Scope
from domain.webhooks.models import DeliveryState
from domain.webhooks.queries import ENDPOINTS
from domain.webhooks.rules import types_wanted

STEP: Final = 500


class ReplayScope(StrEnum):
    """Which of an endpoint's past events are delivered once more."""

    ALL = "ALL"
    UNDELIVERED = "UNDELIVERED"
    FAILED = "FAILED"


_OF_ENDPOINT: Final = "SELECT FROM webhook_deliveries d WHERE d.endpoint_id = $1 AND d.event_id = e.id AND d.state"
_WHICH: Final[Mapping[ReplayScope, str]] = {
    ReplayScope.ALL: "$1::uuid IS NOT NULL",
    ReplayScope.UNDELIVERED: f"NOT EXISTS ({_OF_ENDPOINT} <> 'FAILED')",
    ReplayScope.FAILED: f"EXISTS ({_OF_ENDPOINT} = 'FAILED')",
}
_EVENTS: Final = (
    "FROM events e WHERE e.scope >= $2 AND e.scope < $3 AND e.type = ANY($4) "
    "AND e.occurred_at >= $5 AND e.occurred_at <= $6"
)


async def start_replay(actor: Actor, endpoint_id: UUID, which: ReplayScope, *, since: datetime | None) -> UUID:
    """Queue a replay of what happened from a time (None: from when the endpoint was made) until now.

    Answers the bulk operation's id. Conflict while the endpoint is disabled.
    """
    found = await ENDPOINTS.by_ids(actor, [endpoint_id])
    if not found:
        raise NotFound("webhook endpoint", encode("WebhookEndpoint", endpoint_id))
    if since is not None and since > actor.at:
        raise Invalid([FieldError("since", FieldCode.OUT_OF_RANGE, "lies in the future")])
    endpoint = found[0]
    check_enabled(endpoint)
    parameters = {
        "endpoint_id": str(endpoint_id),
        "which": which.value,
        "since": (since or endpoint["created_at"]).isoformat(),
        "until": actor.at.isoformat(),
    }
    new = NewBulk(BulkKind.WEBHOOK_REPLAY, endpoint["organization_id"], endpoint["scope"], parameters)
    return await start(actor, new)


def check_enabled(endpoint: Record) -> None:
    """Raise Conflict unless deliveries to the endpoint are made at all."""
    if endpoint["deleted_at"] is not None:
        raise Conflict("the webhook endpoint was deleted", current="DELETED")
    if not endpoint["enabled"]:
        raise Conflict("the webhook endpoint is disabled: enable it first", current="DISABLED")


async def replay_step(actor: Actor, operation: Record) -> Progress:
    """Make the next 500 events due for their endpoint, in the caller's transaction; Conflict if it is disabled."""
    given = operation["parameters"]
    which, endpoint_id = ReplayScope(given["which"]), UUID(given["endpoint_id"])
    (endpoint,) = await database.fetch("SELECT * FROM webhook_endpoints WHERE id = $1 FOR SHARE", endpoint_id)
    check_enabled(endpoint)
    wanted = _wanted(endpoint, given)
    total = operation["total"]
    if total is None:
        sql = f"SELECT count(*) {_EVENTS} AND {_WHICH[which]}"
        total = int(await database.fetch_value(sql, *wanted))
    scope, event_id = operation["cursor"] or ("", str(UUID(int=0)))
    events = await database.fetch(
        f"SELECT e.id, e.scope, e.type, e.aggregate_id, e.aggregate_seq {_EVENTS} AND {_WHICH[which]} "
        f"AND (e.scope, e.id) > ($7, $8) ORDER BY e.scope, e.id LIMIT {STEP}",
        *wanted,
        scope,
        UUID(event_id),
    )
    await _make_due(actor, endpoint, events, which)
    is_last = len(events) < STEP
    if is_last:
        total = operation["done"] + len(events)
    cursor = [events[-1]["scope"], str(events[-1]["id"])] if events else operation["cursor"]
    return Progress(len(events), 0, cursor, is_last, total=total)


def _wanted(endpoint: Record, given: Mapping[str, str]) -> list[Any]:
    """What `_EVENTS` asks for."""
    scope = Scope(endpoint["within"] or endpoint["scope"])
    since, until = (datetime.fromisoformat(given[name]) for name in ("since", "until"))
    return [endpoint["id"], scope.lower, scope.upper, types_wanted(endpoint["event_types"]), since, until]


async def _make_due(actor: Actor, endpoint: Record, events: Sequence[Record], which: ReplayScope) -> None:
    """Make a delivery of each, or begin one anew that has come to its end; one that is under way goes on."""
    ended = ("FAILED", "DELIVERED") if which is ReplayScope.ALL else ("FAILED",)
    await database.execute(
        "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, scope, event_type, state, created_at, due_at, "
        "attempts, attempts_before, aggregate_id, aggregate_seq) "
        "SELECT n.id, $2, n.event_id, $3, n.type, $4, $5, $5, 0, 0, n.aggregate_id, n.aggregate_seq "
        "FROM unnest($1::uuid[], $6::uuid[], $7::text[], $9::uuid[], $10::int[]) "
        "AS n(id, event_id, type, aggregate_id, aggregate_seq) "
        "ON CONFLICT (endpoint_id, event_id) DO UPDATE SET state = excluded.state, due_at = excluded.due_at, "
        "finished_at = NULL, lease_token = NULL, attempts_before = webhook_deliveries.attempts "
        "WHERE webhook_deliveries.state = ANY($8)",
        [actor.new_id() for _ in events],
        endpoint["id"],
        endpoint["scope"],
        DeliveryState.PENDING.value,
        actor.at,
        [event["id"] for event in events],
        [event["type"] for event in events],
        list(ended),
        [event["aggregate_id"] if endpoint["is_ordered"] else None for event in events],
        [event["aggregate_seq"] if endpoint["is_ordered"] else None for event in events],
    )
