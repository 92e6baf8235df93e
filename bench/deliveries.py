"""The rows of the webhooks workload: one endpoint, and events of 1,024 bytes on their way to it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

import bootstrap
from domain.events.queries import body_for
from domain.events.types import EventType
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.ids import decode, encode
from domain.shared.tenancy import Scope
from domain.webhooks.actions import EndpointDraft, create_endpoint
from integrations.vault import Vault
from integrations.webhooks.signing import SECRET_BYTES_MIN, new_secret
from seeding import Planted

BODY_BYTES: Final = 1024
# The secret of a machine that only runs benchmarks need not be one.
SECRET: Final = new_secret(b"b" * SECRET_BYTES_MIN)
PREPARED: Final = EventType.ORDER_SUBMITTED
LIVE: Final = EventType.ORDER_CREATED
_EVENT_COLUMNS: Final = [
    "id", "type", "version", "organization_id", "scope", "aggregate_type", "aggregate_id", "aggregate_seq", "payload",
    "tier_amounts", "actor", "occurred_at", "attempts",
]  # fmt: skip
_DELIVERY_COLUMNS: Final = [
    "id", "endpoint_id", "event_id", "scope", "event_type", "state", "created_at", "due_at", "attempts",
]  # fmt: skip


async def make_endpoint(addresses: bootstrap.Addresses, planted: Planted, vault: Vault, url: str) -> UUID:
    """The planted partner's endpoint; made by the action, because the API refuses plain http in production."""
    partner_id = decode("Organization", planted.partner_id)
    async with bootstrap.database(addresses, 2):
        actor = await _partner(addresses, partner_id)
        draft = EndpointDraft(partner_id, url, [PREPARED, LIVE], "bench", [])
        return await create_endpoint(actor, draft, secret_sealed=vault.seal(SECRET))


async def _partner(addresses: bootstrap.Addresses, partner_id: UUID) -> Actor:
    connection = await asyncpg.connect(addresses.database_url)
    scope = Scope(await connection.fetchval("SELECT scope FROM organizations WHERE id = $1", partner_id))
    await connection.close()
    return Actor(
        "bench", partner_id, OrganizationKind.PARTNER, scope, frozenset(), bootstrap.utc_now(), bootstrap.new_id
    )


async def prepare(connection: Any, planted: Planted, endpoint_id: UUID, count: int) -> None:
    """So many deliveries, due now, each of an event of its own; the outbox has carried them already."""
    customer_id = decode("Organization", planted.customer_id)
    customer_scope = await connection.fetchval("SELECT scope FROM organizations WHERE id = $1", customer_id)
    partner_scope = await connection.fetchval("SELECT scope FROM webhook_endpoints WHERE id = $1", endpoint_id)
    at = bootstrap.utc_now()
    payload, money = _payload(planted), {"tier_minor": [322_000, 362_264], "currency": "USD"}
    fill = BODY_BYTES - _body_bytes(payload, money, customer_id, customer_scope, partner_scope, at)
    payload["subscription_reference"] = "r" * fill
    payload_text, money_text = orjson.dumps(payload).decode(), orjson.dumps(money).decode()
    events = [
        (uuid7(), PREPARED, 1, customer_id, customer_scope, "Order", uuid7(), 1, payload_text, money_text, "bench",
         at, 1)
        for _ in range(count)
    ]  # fmt: skip
    deliveries = [(uuid7(), endpoint_id, event[0], partner_scope, PREPARED, "PENDING", at, at, 0) for event in events]
    await connection.copy_records_to_table("events", columns=_EVENT_COLUMNS, records=events)
    await connection.copy_records_to_table("webhook_deliveries", columns=_DELIVERY_COLUMNS, records=deliveries)
    await connection.execute("VACUUM ANALYZE events, webhook_deliveries")


def _payload(planted: Planted) -> dict[str, Any]:
    return {
        "order_id": encode("Order", uuid7()),
        "number": "ORD-0000001",
        "state": "APPROVED",
        "customer_id": planted.customer_id,
        "subscription_reference": "",
        "failure": None,
    }


def _body_bytes(
    payload: dict[str, Any], money: dict[str, Any], customer_id: UUID, customer_scope: str, viewer_scope: str,
    at: datetime,
) -> int:  # fmt: skip
    event = {
        "type": PREPARED, "id": uuid7(), "occurred_at": at, "organization_id": customer_id, "aggregate_seq": 1,
        "payload": payload, "tier_amounts": money, "scope": customer_scope,
    }  # fmt: skip
    return len(orjson.dumps(body_for(event, Scope(viewer_scope))))
