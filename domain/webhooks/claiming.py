"""Claiming deliveries with all that sending them needs, fairly between endpoints, and settling many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from domain.shared import database
from domain.shared.forgetting import forget
from domain.shared.leases import LEASE, Queue
from domain.webhooks.models import DeliveryState
from domain.webhooks.rules import BREAKER_FAILURES, BREAKER_PAUSE

DELIVERIES_QUEUE: Final = Queue("webhook_deliveries")
# How far a claim looks for endpoints that have room, in rows that are due.
_HORIZON: Final = 2000

# An endpoint whose breaker is open has no rows here, one that is tried again has one, one that is ordered has only
# the oldest of each aggregate. `held` is what this worker has in hand of each endpoint, less what it may have extra.
_CLAIM: Final = f"""
WITH candidates AS (
  SELECT d.id, d.due_at, d.endpoint_id,
    CASE WHEN w.failures >= {BREAKER_FAILURES} THEN 1 ELSE 2 * w.concurrency END AS room
  FROM webhook_deliveries d JOIN webhook_endpoints w ON w.id = d.endpoint_id
  WHERE d.due_at <= $1 AND d.endpoint_id <> ALL($5) AND (w.paused_until IS NULL OR w.paused_until <= $1)
    AND (d.aggregate_id IS NULL OR NOT EXISTS (
      SELECT FROM webhook_deliveries p WHERE p.endpoint_id = d.endpoint_id AND p.aggregate_id = d.aggregate_id
        AND p.aggregate_seq < d.aggregate_seq AND p.state = 'PENDING'))
  ORDER BY d.due_at LIMIT {_HORIZON}
), ranked AS (
  SELECT c.*, row_number() OVER (PARTITION BY c.endpoint_id ORDER BY c.due_at, c.id) AS place FROM candidates c
), taken AS (
  SELECT d.id FROM webhook_deliveries d WHERE d.due_at <= $1 AND d.id IN (
    SELECT r.id FROM ranked r LEFT JOIN unnest($6::uuid[], $7::int[]) AS held(endpoint_id, rows) USING (endpoint_id)
    WHERE r.place <= r.room - coalesce(held.rows, 0) ORDER BY r.due_at LIMIT $3)
  FOR UPDATE SKIP LOCKED
)
UPDATE webhook_deliveries d SET due_at = $1 + $4::interval, lease_token = $2, attempts = d.attempts + 1
FROM taken t, webhook_endpoints w, events e
WHERE d.id = t.id AND w.id = d.endpoint_id AND e.id = d.event_id
RETURNING d.id, d.lease_token, d.attempts, d.attempts_before, d.event_id, d.endpoint_id, d.aggregate_id AS ordered_by,
  w.url, w.secret_sealed, w.previous_secret_sealed, w.previous_secret_until, w.signing_key_sealed,
  w.previous_signing_key_sealed, w.scope AS viewer_scope, w.api_version, w.deleted_at,
  w.enabled, w.failures, w.failing_since, w.concurrency, w.rate_per_second, e.type, e.organization_id, e.scope,
  e.aggregate_seq, e.payload, e.tier_amounts, e.occurred_at, e.traceparent
"""  # noqa: S608 - constants
_SETTLE: Final = """
WITH settled AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::timestamptz[], $6::uuid[], $7::int[],
    $8::timestamptz[], $9::int[], $10::smallint[], $11::text[], $12::jsonb[], $13::text[])
    AS s(id, lease_token, due_at, state, finished_at, attempt_id, number, at, duration_ms, status, error,
         request_headers, response_head)
), logged AS (
  INSERT INTO webhook_attempts (id, delivery_id, number, at, duration_ms, status, error, request_headers, response_head)
  SELECT attempt_id, id, number, at, duration_ms, status, error, request_headers, response_head FROM settled
  ON CONFLICT (id) DO NOTHING
)
UPDATE webhook_deliveries d
SET due_at = s.due_at, lease_token = NULL, state = s.state, finished_at = s.finished_at
FROM settled s WHERE d.id = s.id AND d.lease_token = s.lease_token
"""


@dataclass(frozen=True, slots=True)
class Settlement:
    """One attempt as it went, and what becomes of its delivery: `due_at` None ends it in `state`.

    `status` is None when no answer came, `error` None when it was delivered.
    """

    delivery_id: UUID
    lease_token: UUID
    endpoint_id: UUID
    due_at: datetime | None
    state: DeliveryState
    finished_at: datetime | None
    attempt_id: UUID
    number: int
    at: datetime
    duration_ms: int
    status: int | None
    error: str | None
    request_headers: Mapping[str, Any]
    response_head: str


async def claim(
    *, at: datetime, token: UUID, limit: int, held: Mapping[UUID, int], full: Sequence[UUID] = ()
) -> list[Record]:
    """Lease up to `limit` due deliveries, each with its endpoint and event; those of `full` endpoints are passed over.

    No endpoint has more than twice its concurrency in hand, so that one that hangs leaves room for the others. To one
    that may have more, `held` is so much less than what it has, even negative.
    """
    return await database.fetch(_CLAIM, at, token, limit, LEASE, list(full), list(held), list(held.values()))


async def settle(settlements: Sequence[Settlement]) -> int:
    """Log the attempts and settle their deliveries in one statement; answers how many were still held.

    One whose lease was lost is logged all the same; its state is the new holder's. Done before, it changes nothing.
    """
    return await database.execute(
        _SETTLE,
        [s.delivery_id for s in settlements],
        [s.lease_token for s in settlements],
        [s.due_at for s in settlements],
        [s.state.value for s in settlements],
        [s.finished_at for s in settlements],
        [s.attempt_id for s in settlements],
        [s.number for s in settlements],
        [s.at for s in settlements],
        [s.duration_ms for s in settlements],
        [s.status for s in settlements],
        [s.error for s in settlements],
        [orjson.dumps(s.request_headers).decode() for s in settlements],
        [s.response_head for s in settlements],
    )


async def note_failures(failed: Mapping[UUID, int], *, at: datetime) -> None:
    """Count these attempts that failed, by endpoint; the breaker opens when too many did in a row."""
    await database.execute(
        "UPDATE webhook_endpoints w SET failures = w.failures + f.count, failing_since = coalesce(failing_since, $3), "
        "paused_until = CASE WHEN w.failures + f.count >= $4 THEN $3 + $5::interval ELSE paused_until END "
        "FROM unnest($1::uuid[], $2::int[]) AS f(id, count) WHERE w.id = f.id AND w.id IN "
        "(SELECT id FROM webhook_endpoints WHERE id = ANY($1) ORDER BY id FOR UPDATE)",
        list(failed),
        list(failed.values()),
        at,
        BREAKER_FAILURES,
        BREAKER_PAUSE,
    )


async def note_recovered(endpoint_ids: Sequence[UUID]) -> None:
    """Forget the failures of endpoints that have taken a delivery."""
    await database.execute(
        "UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, paused_until = NULL, warned_percent = 0 "
        "WHERE id IN (SELECT id FROM webhook_endpoints WHERE id = ANY($1) AND failing_since IS NOT NULL "
        "ORDER BY id FOR UPDATE)",
        list(endpoint_ids),
    )


async def draw(wanted: Mapping[UUID, int], *, at: datetime) -> dict[UUID, int]:
    """Take this many tokens from the buckets of endpoints that have a rate; answers how many each gave."""
    rows = await database.fetch(
        "WITH bucket AS (SELECT w.id, n.wanted, least(w.rate_per_second, w.tokens + w.rate_per_second * "
        "extract(epoch FROM greatest($3 - w.tokens_at, interval '0'))) AS available FROM webhook_endpoints w "
        "JOIN unnest($1::uuid[], $2::int[]) AS n(id, wanted) ON n.id = w.id WHERE w.rate_per_second IS NOT NULL "
        "ORDER BY w.id FOR UPDATE OF w) "
        "UPDATE webhook_endpoints w SET tokens = b.available - least(b.wanted, floor(b.available)), tokens_at = $3 "
        "FROM bucket b WHERE w.id = b.id RETURNING w.id, least(b.wanted, floor(b.available))::int AS given",
        list(wanted),
        list(wanted.values()),
        at,
    )
    return {row["id"]: row["given"] for row in rows}


async def put_back(rows: Mapping[UUID, datetime], token: UUID) -> None:
    """Give leases back without an attempt, due at these times."""
    await database.execute(
        "UPDATE webhook_deliveries d SET due_at = r.due_at, lease_token = NULL, attempts = d.attempts - 1 "
        "FROM unnest($1::uuid[], $2::timestamptz[]) AS r(id, due_at) WHERE d.id = r.id AND d.lease_token = $3",
        list(rows),
        list(rows.values()),
        token,
    )


async def give_up(delivery_ids: Sequence[UUID], token: UUID, *, at: datetime) -> None:
    """End deliveries without an attempt: their endpoint was disabled or deleted while they were being made."""
    await database.execute(
        "UPDATE webhook_deliveries SET state = $3, due_at = NULL, lease_token = NULL, finished_at = $4, "
        "attempts = attempts - 1 WHERE id = ANY($1) AND lease_token = $2",
        list(delivery_ids),
        token,
        DeliveryState.FAILED.value,
        at,
    )


async def forget_attempts(before: datetime) -> int:
    """Drop attempts that were made before this time; answers how many."""
    return await forget("webhook_attempts", "at < $1", before)
