"""Endpoints made and removed, events fanned out to them, attempts settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.organizations.queries import get_organization
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldError, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.leases import Queue
from domain.shared.tenancy import Scope
from domain.shared.texts import check_optional_text
from domain.webhooks.models import DeliveryState, WebhookEndpoint
from domain.webhooks.queries import endpoints_on
from domain.webhooks.rules import check_event_types, wants

DELIVERIES_QUEUE: Final = Queue("webhook_deliveries")


@dataclass(frozen=True, slots=True)
class EndpointDraft:
    """An endpoint as its owner writes it; `url_problems` is what the network's own rules say of the address."""

    organization_id: UUID
    url: str
    event_types: Sequence[str]
    description: str
    url_problems: Sequence[FieldError]


async def create_endpoint(actor: Actor, draft: EndpointDraft, *, secret_sealed: bytes) -> UUID:
    """Begin to deliver events to an address; the secret arrives sealed, its owner sees it once."""
    problems = [*draft.url_problems, *check_event_types("eventTypes", draft.event_types)]
    problems += check_optional_text("description", draft.description, max_length=200)
    if problems:
        raise Invalid(problems)
    async with database.transaction():
        organization = await get_organization(actor, draft.organization_id)
        row = await WebhookEndpoint.create(
            id=actor.new_id(),
            organization_id=organization["id"],
            scope=organization["scope"],
            url=draft.url,
            event_types=list(draft.event_types),
            description=draft.description,
            enabled=True,
            secret_sealed=secret_sealed,
            created_at=actor.at,
        )
        await record(actor, _event(EventType.WEBHOOK_ENDPOINT_CREATED, row))
        return row.id


async def delete_endpoint(actor: Actor, endpoint_id: UUID) -> UUID:
    """Stop delivering to an endpoint; its log stays, what is still under way to it is given up."""
    async with database.transaction():
        rows = WebhookEndpoint.filter(id=endpoint_id, deleted_at__isnull=True)
        own = rows.filter(scope__gte=actor.scope.lower, scope__lt=actor.scope.upper)
        row = await own.select_for_update().get_or_none()
        if row is None:
            raise NotFound("webhook endpoint", encode("WebhookEndpoint", endpoint_id))
        row.deleted_at, row.enabled = actor.at, False
        await row.save(update_fields=["deleted_at", "enabled"])
        await database.execute(
            "UPDATE webhook_deliveries SET state = $2, due_at = NULL, lease_token = NULL, finished_at = $3 "
            "WHERE endpoint_id = $1 AND due_at IS NOT NULL",
            row.id,
            DeliveryState.FAILED.value,
            actor.at,
        )
        await record(actor, _event(EventType.WEBHOOK_ENDPOINT_DELETED, row))
        return row.id


def _event(event_type: EventType, row: WebhookEndpoint) -> NewEvent:
    data = {"endpoint_id": encode("WebhookEndpoint", row.id), "url": row.url}
    return NewEvent(event_type, row.organization_id, row.scope, row.id, data)


async def fan_out(actor: Actor, events: Sequence[Record]) -> int:
    """Make a delivery of each event for each endpoint on its path that wants it; done before, it makes none."""
    scopes = {scope for event in events for scope in Scope(event["scope"]).chain}
    endpoints = await endpoints_on(sorted(scopes))
    rows = [
        (actor.new_id(), endpoint["id"], event["id"], endpoint["scope"], event["type"], actor.at)
        for event in events
        for endpoint in endpoints
        if event["scope"].startswith(endpoint["scope"]) and wants(endpoint["event_types"], event["type"])
    ]
    if rows:
        await database.execute_many(
            "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, scope, event_type, state, created_at, due_at, "
            "attempts) VALUES ($1, $2, $3, $4, $5, 'PENDING', $6, $6, 0) "
            "ON CONFLICT (endpoint_id, event_id) DO NOTHING",
            rows,
        )
    return len(rows)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt as it went: `status` None when no answer came, `error` None when it was delivered."""

    number: int
    at: datetime
    duration_ms: int
    status: int | None
    error: str | None
    request_headers: Mapping[str, Any]
    response_head: str


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery under a lease."""

    delivery_id: UUID
    lease_token: UUID


async def settle_attempt(actor: Actor, leased: Leased, attempt: Attempt, *, retry_at: datetime | None) -> bool:
    """Log an attempt and settle its delivery: delivered, tried again at `retry_at`, or failed for good.

    False when the lease was lost meanwhile: the attempt is logged all the same, the state is the new holder's.
    """
    state = DeliveryState.DELIVERED if attempt.error is None else DeliveryState.FAILED
    async with database.transaction():
        await database.execute(
            "INSERT INTO webhook_attempts (id, delivery_id, number, at, duration_ms, status, error, request_headers, "
            "response_head) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            actor.new_id(),
            leased.delivery_id,
            attempt.number,
            attempt.at,
            attempt.duration_ms,
            attempt.status,
            attempt.error,
            orjson.dumps(attempt.request_headers).decode(),
            attempt.response_head,
        )
        return await DELIVERIES_QUEUE.settle(
            leased.delivery_id,
            leased.lease_token,
            due_at=retry_at,
            state=DeliveryState.PENDING.value if retry_at else state.value,
            finished_at=None if retry_at else actor.at,
        )


async def give_up(actor: Actor, leased: Leased) -> bool:
    """End a delivery without an attempt: its endpoint was deleted while the delivery was being made."""
    return await DELIVERIES_QUEUE.settle(
        leased.delivery_id,
        leased.lease_token,
        due_at=None,
        state=DeliveryState.FAILED.value,
        finished_at=actor.at,
    )
