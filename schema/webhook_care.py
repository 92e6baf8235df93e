"""What is done with webhook endpoints and deliveries after they were made: types and inputs."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.webhooks.replaying import ReplayScope
from schema.bulk import BulkOperation
from schema.errors import Conflict, InvalidInput, NotFound
from schema.organizations import OrganizationRef
from schema.scalars import Json
from schema.webhooks import WebhookDelivery, WebhookEndpoint


@strawberry.input(description="Changes of a webhook endpoint; what is left out stays as it is.")
class UpdateWebhookEndpointInput:
    """What `updateWebhookEndpoint` takes."""

    id: strawberry.ID = strawberry.field(description="The endpoint.")
    url: strawberry.Maybe[str] = strawberry.field(description="An https address on a public host.")
    event_types: strawberry.Maybe[list[str]] = strawberry.field(description="Which types; globs count.")
    description: strawberry.Maybe[str] = strawberry.field(description="Your own words.")
    enabled: strawberry.Maybe[bool] = strawberry.field(
        description="False gives up what waits; true begins anew: `replayWebhooks` recovers what it missed."
    )
    within: strawberry.Maybe[OrganizationRef | None] = strawberry.field(
        description="Only events of this organization below it, and of its subtree; null: of all."
    )
    concurrency: strawberry.Maybe[int] = strawberry.field(
        description="How many deliveries each worker has under way at most, 1 to 100."
    )
    rate_per_second: strawberry.Maybe[int | None] = strawberry.field(
        description="How many are begun a second at most, 1 to 10,000; null: any."
    )
    is_ordered: strawberry.Maybe[bool] = strawberry.field(
        description="Whether an event waits for those before it of the same thing; for events from now on."
    )
    signs_with_key: strawberry.Maybe[bool] = strawberry.field(
        description="True gives it an Ed25519 key that signs beside the secret, unless it has one; false takes it away."
    )


@strawberry.type(description="The endpoint was changed.")
class UpdateWebhookEndpointSuccess:
    """The good end of `updateWebhookEndpoint`."""

    webhook_endpoint: WebhookEndpoint = strawberry.field(description="The endpoint as it is now.")


@strawberry.input(description="A webhook endpoint whose secret is to be replaced.")
class RotateWebhookSecretInput:
    """What `rotateWebhookSecret` takes."""

    id: strawberry.ID = strawberry.field(description="The endpoint.")
    overlap_hours: int = strawberry.field(
        description="How long the secret that it has now signs too, beside the new one: 0 to 168 hours.", default=24
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The endpoint has a new secret; while both sign, every message carries both signatures.")
class RotateWebhookSecretSuccess:
    """The good end of `rotateWebhookSecret`."""

    webhook_endpoint: WebhookEndpoint = strawberry.field(description="The endpoint.")
    secret: str = strawberry.field(description="Verifies its signatures (`whsec_…`). It cannot be shown again.")


@strawberry.input(description="A webhook endpoint to test.")
class PingWebhookEndpointInput:
    """What `pingWebhookEndpoint` takes."""

    id: strawberry.ID = strawberry.field(description="The endpoint; it must be enabled.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="A `webhook_endpoint.pinged` event is on its way to the endpoint.")
class PingWebhookEndpointSuccess:
    """The good end of `pingWebhookEndpoint`."""

    webhook_delivery: WebhookDelivery = strawberry.field(description="Its delivery.")


@strawberry.input(description="A delivery to make once more.")
class RedeliverWebhookInput:
    """What `redeliverWebhook` takes."""

    id: strawberry.ID = strawberry.field(description="The delivery; its endpoint must be enabled.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The delivery is attempted now; its event has the same `webhook-id` as before.")
class RedeliverWebhookSuccess:
    """The good end of `redeliverWebhook`."""

    webhook_delivery: WebhookDelivery = strawberry.field(description="The delivery.")


@strawberry.input(description="Past events to deliver to an endpoint once more.")
class ReplayWebhooksInput:
    """What `replayWebhooks` takes."""

    endpoint_id: strawberry.ID = strawberry.field(description="To which endpoint; it must be enabled.")
    deliveries: ReplayScope = strawberry.field(description="Which of its events.")
    since: datetime | None = strawberry.field(
        description="What happened from this time on; null: since the endpoint was created.", default=None
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The replay is queued; receivers know each event by its `webhook-id`, as before.")
class ReplayWebhooksSuccess:
    """The good end of `replayWebhooks`."""

    bulk_operation: BulkOperation = strawberry.field(description="Its progress.")


@strawberry.type(description="A webhook exactly as it would be sent now.")
class WebhookPreview:
    """What `previewWebhook` shows."""

    url: str = strawberry.field(description="Where to.")
    headers: Json = strawberry.field(description="The headers, signature and all.")
    body: str = strawberry.field(description="The body, byte by byte what is signed.")


UpdateWebhookEndpointResult = Annotated[
    UpdateWebhookEndpointSuccess | InvalidInput | NotFound,
    strawberry.union("UpdateWebhookEndpointResult", description="How `updateWebhookEndpoint` can end."),
]
RotateWebhookSecretResult = Annotated[
    RotateWebhookSecretSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("RotateWebhookSecretResult", description="How `rotateWebhookSecret` can end."),
]
PingWebhookEndpointResult = Annotated[
    PingWebhookEndpointSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("PingWebhookEndpointResult", description="How `pingWebhookEndpoint` can end."),
]
RedeliverWebhookResult = Annotated[
    RedeliverWebhookSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("RedeliverWebhookResult", description="How `redeliverWebhook` can end."),
]
ReplayWebhooksResult = Annotated[
    ReplayWebhooksSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("ReplayWebhooksResult", description="How `replayWebhooks` can end."),
]
