"""Resolvers of what is done with webhook endpoints and deliveries after they were made."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import strawberry

from domain.bulk.queries import BULK_OPERATIONS
from domain.events.types import EventType
from domain.shared.ids import decode
from domain.webhooks import actions
from domain.webhooks.queries import DELIVERIES, ENDPOINTS, with_last_event
from domain.webhooks.replaying import start_replay
from domain.webhooks.sending import ping, redeliver
from resolvers.access import actor_of
from resolvers.changes import changes_of
from resolvers.keyed import run_once, run_once_with_secret
from resolvers.lists import read_written
from resolvers.references import organization_id
from schema.context import Info
from schema.scalars import Json
from schema.webhook_care import (
    PingWebhookEndpointInput,
    PingWebhookEndpointResult,
    PingWebhookEndpointSuccess,
    RedeliverWebhookInput,
    RedeliverWebhookResult,
    RedeliverWebhookSuccess,
    ReplayWebhooksInput,
    ReplayWebhooksResult,
    ReplayWebhooksSuccess,
    RotateWebhookSecretInput,
    RotateWebhookSecretResult,
    RotateWebhookSecretSuccess,
    UpdateWebhookEndpointInput,
    UpdateWebhookEndpointResult,
    UpdateWebhookEndpointSuccess,
    WebhookPreview,
)


async def preview_webhook(
    info: Info,
    endpoint_id: Annotated[strawberry.ID, strawberry.argument(description="The endpoint.")],
    event_type: Annotated[
        EventType | None, strawberry.argument(description="Of which type; null: of any that it wants.")
    ] = None,
) -> WebhookPreview | None:
    """The last event that an endpoint would get (of this type, if one is named), as it would be sent now."""
    row = await with_last_event(actor_of(info), decode("WebhookEndpoint", endpoint_id, path="endpointId"), event_type)
    if row is None:
        return None
    url, headers, body = info.context.house.compose_webhook(row, actor_of(info).at)
    return WebhookPreview(url=url, headers=Json(dict(headers)), body=body.decode())


async def update_webhook_endpoint(
    info: Info,
    input: UpdateWebhookEndpointInput,  # noqa: A002 - the argument's public name
) -> UpdateWebhookEndpointResult:
    """Change an endpoint: its address, its events, its pace; disable it, or enable it again."""
    changes = changes_of(input, {})
    if "within" in changes:
        within = changes.pop("within")
        changes["within_id"] = None if within is None else await organization_id(info, within, "within")
    house, endpoint_id = info.context.house, decode("WebhookEndpoint", input.id)
    problems = house.check_webhook_url(changes["url"]) if "url" in changes else []
    key = house.new_signing_key() if changes.get("signs_with_key") else None
    await actions.update_endpoint(actor_of(info), endpoint_id, changes, url_problems=problems, key=key)
    endpoint = await read_written(info, "WebhookEndpoint", ENDPOINTS, endpoint_id, "webhookEndpoint")
    return UpdateWebhookEndpointSuccess(webhook_endpoint=endpoint)


async def rotate_webhook_secret(
    info: Info,
    input: RotateWebhookSecretInput,  # noqa: A002 - the argument's public name
) -> RotateWebhookSecretResult:
    """Give an endpoint a new secret, shown once; the one that it has now signs on for a while."""
    house = info.context.house
    endpoint_id = decode("WebhookEndpoint", input.id)
    # Whatever number was given: what is out of range is refused, not overflowed.
    overlap = timedelta(hours=max(-1, min(input.overlap_hours, 1000)))

    async def act() -> dict[str, str]:
        sealed = house.seal(house.new_webhook_secret())
        key = house.new_signing_key()
        await actions.rotate_secret(actor_of(info), endpoint_id, secret_sealed=sealed, overlap=overlap, key=key)
        return {"id": str(endpoint_id), "secret": sealed.decode()}

    made = await run_once_with_secret(info, input, act)
    endpoint = await read_written(info, "WebhookEndpoint", ENDPOINTS, UUID(made["id"]), "webhookEndpoint")
    return RotateWebhookSecretSuccess(webhook_endpoint=endpoint, secret=house.open_sealed(made["secret"].encode()))


async def ping_webhook_endpoint(
    info: Info,
    input: PingWebhookEndpointInput,  # noqa: A002 - the argument's public name
) -> PingWebhookEndpointResult:
    """Send a test event to an endpoint, whatever types it wants."""
    endpoint_id = decode("WebhookEndpoint", input.id)
    made = await run_once(info, input, lambda: ping(actor_of(info), endpoint_id))
    delivery = await read_written(info, "WebhookDelivery", DELIVERIES, made, "webhookDelivery")
    return PingWebhookEndpointSuccess(webhook_delivery=delivery)


async def redeliver_webhook(info: Info, input: RedeliverWebhookInput) -> RedeliverWebhookResult:  # noqa: A002 - the argument's public name
    """Attempt a delivery now: one that has ended begins anew, one that waits does not wait any longer."""
    delivery_id = decode("WebhookDelivery", input.id)
    made = await run_once(info, input, lambda: redeliver(actor_of(info), delivery_id))
    delivery = await read_written(info, "WebhookDelivery", DELIVERIES, made, "webhookDelivery")
    return RedeliverWebhookSuccess(webhook_delivery=delivery)


async def replay_webhooks(info: Info, input: ReplayWebhooksInput) -> ReplayWebhooksResult:  # noqa: A002 - the argument's public name
    """Deliver past events to an endpoint once more: all of them, or those that it did not accept."""
    endpoint_id = decode("WebhookEndpoint", input.endpoint_id, path="endpointId")
    made = await run_once(
        info, input, lambda: start_replay(actor_of(info), endpoint_id, input.deliveries, since=input.since)
    )
    return ReplayWebhooksSuccess(
        bulk_operation=await read_written(info, "BulkOperation", BULK_OPERATIONS, made, "bulkOperation")
    )
