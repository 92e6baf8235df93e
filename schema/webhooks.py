"""Webhook endpoints and deliveries: types and inputs."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from domain.webhooks.models import DeliveryState, DisabledReason
from schema.errors import Conflict, InvalidInput, NotFound
from schema.filters import KIND, IdFilter
from schema.nodes import Node
from schema.organizations import OrganizationRef
from schema.reading import Reader, column, computed, identity, member
from schema.scalars import Json


@strawberry.type(description="Where an organization wants events delivered, signed by Standard Webhooks.")
class WebhookEndpoint(Node):
    """Read from `webhook_endpoints`."""

    url: str = strawberry.field(description="Where it delivers.")
    event_types: list[str] = strawberry.field(description="Which types; globs such as `order.*` count.")
    description: str = strawberry.field(description="The owner's own words.")
    enabled: bool = strawberry.field(description="Whether it delivers.")
    api_version: str = strawberry.field(
        description="The `api_version` of the bodies that it gets: the one that was current when it was created."
    )
    concurrency: int = strawberry.field(description="How many deliveries each worker has under way at most.")
    rate_per_second: int | None = strawberry.field(description="How many are begun a second at most; null: any.")
    is_ordered: bool = strawberry.field(
        description="Whether an event waits until those before it of the same thing have come to an end."
    )
    failing_since: datetime | None = strawberry.field(
        description="Since when every attempt has failed: after five days it is disabled. Null while it works."
    )
    paused_until: datetime | None = strawberry.field(
        description="It failed ten times in a row and is left alone until then."
    )
    public_key: str | None = strawberry.field(
        description="Verifies its Ed25519 signatures, `v1a` (`whpk_…`); null: it is signed by its secret only."
    )
    previous_public_key: str | None = strawberry.field(
        description="The public key before the last rotation, whose signatures end with `previousSecretUntil`."
    )
    previous_secret_until: datetime | None = strawberry.field(
        description="Until when the secret, and the key, before the last rotation sign too."
    )
    disabled_at: datetime | None = strawberry.field(description="When it was disabled.")
    disabled_reason: DisabledReason | None = strawberry.field(description="Why.")
    created_at: datetime = strawberry.field(description="When it was created.")


WEBHOOK_ENDPOINT: Final = Reader(
    WebhookEndpoint,
    {
        "id": identity("WebhookEndpoint"),
        "url": column("url"),
        "event_types": column("event_types"),
        "description": column("description"),
        "enabled": column("enabled"),
        "api_version": column("api_version"),
        "concurrency": column("concurrency"),
        "rate_per_second": column("rate_per_second"),
        "is_ordered": column("is_ordered"),
        "failing_since": column("failing_since"),
        "paused_until": column("paused_until"),
        "public_key": column("public_key"),
        "previous_public_key": column("previous_public_key"),
        "previous_secret_until": column("previous_secret_until"),
        "disabled_at": column("disabled_at"),
        "disabled_reason": computed(
            ("disabled_reason",),
            lambda record: DisabledReason(record["disabled_reason"]) if record["disabled_reason"] else None,
        ),
        "created_at": column("created_at"),
    },
)


@strawberry.type(description="One attempt of a delivery, as it went over the wire.")
class WebhookAttempt:
    """Read from `webhook_attempts`."""

    number: int = strawberry.field(description="Which attempt, from 1.")
    at: datetime = strawberry.field(description="When.")
    duration_ms: int = strawberry.field(description="How long it took, in milliseconds.")
    status: int | None = strawberry.field(description="The HTTP status; null when no answer came.")
    error: str | None = strawberry.field(description="The class of error; null when it was delivered.")
    request_headers: Json = strawberry.field(description="The headers as sent.")
    response_head: str = strawberry.field(description="The first 4 KiB of the answer, or what went wrong.")


WEBHOOK_ATTEMPT: Final = Reader(
    WebhookAttempt,
    {
        "number": column("number"),
        "at": column("at"),
        "duration_ms": column("duration_ms"),
        "status": column("status"),
        "error": column("error"),
        "request_headers": column("request_headers"),
        "response_head": column("response_head"),
    },
)


@strawberry.type(description="One event on its way to one endpoint.")
class WebhookDelivery(Node):
    """Read from `webhook_deliveries`; the attempts are loaded when asked for."""

    endpoint_id: strawberry.ID = strawberry.field(description="To which endpoint.")
    event_id: strawberry.ID = strawberry.field(description="Which event; also the `webhook-id` of every attempt.")
    event_type: str = strawberry.field(description="Of which type.")
    state: DeliveryState = strawberry.field(description="Where it stands.")
    attempt_count: int = strawberry.field(description="How often it was attempted.")
    created_at: datetime = strawberry.field(description="When it was made.")
    next_attempt_at: datetime | None = strawberry.field(description="When it is attempted next; null at its end.")
    finished_at: datetime | None = strawberry.field(description="When it came to an end.")
    attempts: list[WebhookAttempt] = strawberry.field(description="Every attempt, in order.")


WEBHOOK_DELIVERY: Final = Reader(
    WebhookDelivery,
    {
        "id": identity("WebhookDelivery"),
        "endpoint_id": identity("WebhookEndpoint", "endpoint_id"),
        "event_id": identity("Event", "event_id"),
        "event_type": column("event_type"),
        "state": member(DeliveryState, "state"),
        "attempt_count": column("attempts"),
        "created_at": column("created_at"),
        "next_attempt_at": column("due_at"),
        "finished_at": column("finished_at"),
    },
)


@strawberry.input(description="Compares the state.")
class WebhookDeliveryStateFilter:
    """All given comparisons must hold."""

    eq: DeliveryState | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[DeliveryState] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which deliveries.")
class WebhookDeliveryWhere:
    """All given parts must hold."""

    state: WebhookDeliveryStateFilter | None = strawberry.field(description="By state.", default=None)
    endpoint_id: IdFilter | None = strawberry.field(
        description="By endpoint.", default=None, metadata={KIND: "WebhookEndpoint"}
    )
    event_id: IdFilter | None = strawberry.field(description="By event.", default=None, metadata={KIND: "Event"})
    and_: list["WebhookDeliveryWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["WebhookDeliveryWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.input(description="A webhook endpoint to create.")
class CreateWebhookEndpointInput:
    """What `createWebhookEndpoint` takes."""

    organization: OrganizationRef = strawberry.field(description="Whose events: its own and its subtree's.")
    url: str = strawberry.field(description="An https address on a public host.")
    event_types: list[str] = strawberry.field(description="Which types; globs such as `order.*` or `*` count.")
    description: str = strawberry.field(description="Your own words.", default="")
    within: OrganizationRef | None = strawberry.field(
        description="Only events of this organization below it, and of its subtree; null: of all.", default=None
    )
    concurrency: int | None = strawberry.field(
        description="How many deliveries each worker has under way at most, 1 to 100; null: 50.", default=None
    )
    rate_per_second: int | None = strawberry.field(
        description="How many are begun a second at most, 1 to 10,000; null: any.", default=None
    )
    is_ordered: bool = strawberry.field(
        description="Whether an event waits until those before it of the same thing have come to an end.", default=False
    )
    signs_with_key: bool = strawberry.field(
        description="Whether messages are signed by an Ed25519 key (`v1a`) beside the secret: for receivers that "
        "should be able to verify and not to sign.",
        default=False,
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The endpoint was created and delivers from now on.")
class CreateWebhookEndpointSuccess:
    """The good end of `createWebhookEndpoint`."""

    webhook_endpoint: WebhookEndpoint = strawberry.field(description="The new endpoint.")
    secret: str = strawberry.field(description="Verifies its signatures (`whsec_…`). It cannot be shown again.")


@strawberry.input(description="A webhook endpoint to delete.")
class DeleteWebhookEndpointInput:
    """What `deleteWebhookEndpoint` takes."""

    id: strawberry.ID = strawberry.field(description="The endpoint.")


@strawberry.type(description="The endpoint is gone; its log stays.")
class DeleteWebhookEndpointSuccess:
    """The good end of `deleteWebhookEndpoint`."""

    deleted_id: strawberry.ID = strawberry.field(description="The id it had.")


CreateWebhookEndpointResult = Annotated[
    CreateWebhookEndpointSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreateWebhookEndpointResult", description="How `createWebhookEndpoint` can end."),
]
DeleteWebhookEndpointResult = Annotated[
    DeleteWebhookEndpointSuccess | InvalidInput | NotFound,
    strawberry.union("DeleteWebhookEndpointResult", description="How `deleteWebhookEndpoint` can end."),
]
