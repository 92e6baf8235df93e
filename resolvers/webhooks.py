"""Resolvers of webhook endpoints and deliveries."""

from uuid import UUID

import strawberry

from domain.shared.ids import decode
from domain.webhooks import actions
from domain.webhooks.actions import EndpointDraft
from domain.webhooks.queries import DELIVERIES, ENDPOINTS
from resolvers.access import actor_of
from resolvers.keyed import run_once_with_secret
from resolvers.lists import read_by_id, read_page, read_written
from resolvers.references import organization_id
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request
from schema.webhooks import (
    CreateWebhookEndpointInput,
    CreateWebhookEndpointResult,
    CreateWebhookEndpointSuccess,
    DeleteWebhookEndpointInput,
    DeleteWebhookEndpointResult,
    DeleteWebhookEndpointSuccess,
    WebhookDelivery,
    WebhookDeliveryWhere,
    WebhookEndpoint,
)


async def webhook_endpoint(info: Info, id: strawberry.ID) -> WebhookEndpoint | None:  # noqa: A002 - the argument's public name
    """One webhook endpoint of your subtree; null if there is none."""
    return await read_by_id(info, "WebhookEndpoint", ENDPOINTS, id)


async def webhook_endpoints(
    info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> Connection[WebhookEndpoint]:
    """The webhook endpoints of your subtree, newest first."""
    return await read_page(info, "WebhookEndpoint", ENDPOINTS, page_request(first, after, last, before))


async def webhook_deliveries(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: WebhookDeliveryWhere | None = None,
) -> Connection[WebhookDelivery]:
    """The deliveries to the endpoints of your subtree, newest first."""
    request = page_request(first, after, last, before)
    return await read_page(info, "WebhookDelivery", DELIVERIES, request, where=where)


async def create_webhook_endpoint(
    info: Info,
    input: CreateWebhookEndpointInput,  # noqa: A002 - the argument's public name
) -> CreateWebhookEndpointResult:
    """Have events delivered to an address, signed; the secret that verifies them is shown once."""
    house = info.context.house
    draft = EndpointDraft(
        organization_id=await organization_id(info, input.organization, "organization"),
        url=input.url,
        event_types=input.event_types,
        description=input.description,
        url_problems=house.check_webhook_url(input.url),
        within_id=None if input.within is None else await organization_id(info, input.within, "within"),
        concurrency=input.concurrency,
        rate_per_second=input.rate_per_second,
        is_ordered=input.is_ordered,
    )

    async def act() -> dict[str, str]:
        sealed = house.seal(house.new_webhook_secret())
        key = house.new_signing_key() if input.signs_with_key else None
        made_id = await actions.create_endpoint(actor_of(info), draft, secret_sealed=sealed, key=key)
        return {"id": str(made_id), "secret": sealed.decode()}

    made = await run_once_with_secret(info, input, act)
    endpoint = await read_written(info, "WebhookEndpoint", ENDPOINTS, UUID(made["id"]), "webhookEndpoint")
    return CreateWebhookEndpointSuccess(webhook_endpoint=endpoint, secret=house.open_sealed(made["secret"].encode()))


async def delete_webhook_endpoint(
    info: Info,
    input: DeleteWebhookEndpointInput,  # noqa: A002 - the argument's public name
) -> DeleteWebhookEndpointResult:
    """Stop delivering to an address; what is still under way to it is given up."""
    await actions.delete_endpoint(actor_of(info), decode("WebhookEndpoint", input.id))
    return DeleteWebhookEndpointSuccess(deleted_id=input.id)
