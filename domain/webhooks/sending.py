"""Deliveries made: of each event for those who want it, of a test event, and once more on demand."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from asyncpg import Record

from domain.events.actions import record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import NotFound
from domain.shared.ids import encode
from domain.shared.tenancy import Scope
from domain.webhooks.actions import event_of, lock_endpoint
from domain.webhooks.models import DeliveryState
from domain.webhooks.queries import DELIVERIES, endpoints_on
from domain.webhooks.replaying import check_enabled
from domain.webhooks.rules import wants


async def fan_out(actor: Actor, events: Sequence[Record]) -> int:
    """Make a delivery of each event for each endpoint on its path that wants it; done before, it makes none."""
    scopes = {scope for event in events for scope in Scope(event["scope"]).chain}
    endpoints = await endpoints_on(sorted(scopes))
    # Always in one order: two that make the same deliveries at once wait for each other, never both.
    rows = [
        _row(actor, endpoint, event)
        for event in sorted(events, key=itemgetter("id"))
        for endpoint in endpoints
        if event["scope"].startswith(endpoint["within"] or endpoint["scope"])
        and wants(endpoint["event_types"], event["type"])
    ]
    if rows:
        await database.execute_many(
            "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, scope, event_type, state, created_at, due_at, "
            "attempts, aggregate_id, aggregate_seq) VALUES ($1, $2, $3, $4, $5, 'PENDING', $6, $6, 0, $7, $8) "
            "ON CONFLICT (endpoint_id, event_id) DO NOTHING",
            rows,
        )
    return len(rows)


def _row(actor: Actor, endpoint: Record, event: Record) -> tuple[Any, ...]:
    order = (event["aggregate_id"], event["aggregate_seq"]) if endpoint["is_ordered"] else (None, None)
    return (actor.new_id(), endpoint["id"], event["id"], endpoint["scope"], event["type"], actor.at, *order)


async def ping(actor: Actor, endpoint_id: UUID) -> UUID:
    """Deliver a test event to an endpoint, whatever types it wants; the delivery's id. Conflict if it is disabled."""
    async with database.transaction():
        row = await lock_endpoint(actor, endpoint_id)
        check_enabled(row)
        await record(actor, event_of(EventType.WEBHOOK_ENDPOINT_PINGED, row))
        delivery_id: UUID = await database.fetch_value(
            "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, scope, event_type, state, created_at, due_at, "
            "attempts) SELECT $1, $2, e.id, $3, e.type, 'PENDING', $4, $4, 0 FROM events e WHERE e.aggregate_id = $2 "
            "ORDER BY e.aggregate_seq DESC LIMIT 1 RETURNING id",
            actor.new_id(),
            endpoint_id,
            row["scope"],
            actor.at,
        )
        return delivery_id


async def redeliver(actor: Actor, delivery_id: UUID) -> UUID:
    """Attempt a delivery now: one that has ended begins anew, one that waits does not wait any longer."""
    async with database.transaction():
        found = await DELIVERIES.by_ids(actor, [delivery_id], ("endpoint_id", "event_id"))
        if not found:
            raise NotFound("webhook delivery", encode("WebhookDelivery", delivery_id))
        endpoint = await lock_endpoint(actor, found[0]["endpoint_id"])
        check_enabled(endpoint)
        await database.execute(
            "UPDATE webhook_deliveries SET due_at = $2, finished_at = NULL, state = $3::varchar, "
            "attempts_before = CASE WHEN state = $3::varchar THEN attempts_before ELSE attempts END "
            "WHERE id = $1 AND lease_token IS NULL",
            delivery_id,
            actor.at,
            DeliveryState.PENDING.value,
        )
        event_id = encode("Event", found[0]["event_id"])
        await record(actor, event_of(EventType.WEBHOOK_ENDPOINT_REDELIVERED, endpoint, event_id=event_id))
        return delivery_id
