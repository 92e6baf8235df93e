"""Webhook endpoints, deliveries and their attempts."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from domain.events.catalogue import API_VERSION
from domain.events.models import Event
from domain.organizations.models import Organization


class DeliveryState(StrEnum):
    """Where a delivery stands: PENDING until it is DELIVERED, or FAILED when every attempt is used up."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class DisabledReason(StrEnum):
    """Why an endpoint is disabled."""

    OWNER = "OWNER"
    GONE = "GONE"
    FAILING = "FAILING"


class WebhookEndpoint(Model):
    """Where an organization wants events; secrets are encrypted, the previous one still signs until it expires.

    `within` is the place of the one organization below its own whose subtree's events it wants; NULL: all. `failures`
    counts attempts that failed since one succeeded, the first of them at `failing_since`; until `paused_until` its
    breaker is open. `tokens` were left of its rate at `tokens_at`. One that has a signing key (Ed25519) is also signed
    for by it; what comes from it is verified with `public_key`.
    """

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    url = fields.CharField(max_length=2048)
    event_types = ArrayField(element_type="text")
    description = fields.CharField(max_length=200)
    enabled = fields.BooleanField()
    api_version = fields.CharField(max_length=16, db_default=API_VERSION)
    secret_sealed = fields.BinaryField()
    previous_secret_sealed = fields.BinaryField(null=True)
    signing_key_sealed = fields.BinaryField(null=True)
    previous_signing_key_sealed = fields.BinaryField(null=True)
    public_key = fields.CharField(max_length=64, null=True)
    previous_public_key = fields.CharField(max_length=64, null=True)
    previous_secret_until = fields.DatetimeField(null=True)
    within = fields.TextField(null=True)
    concurrency = fields.IntField(db_default=50)
    rate_per_second = fields.IntField(null=True)
    tokens = fields.DecimalField(max_digits=12, decimal_places=6, db_default=0)
    tokens_at = fields.DatetimeField(null=True)
    is_ordered = fields.BooleanField(db_default=False)
    failures = fields.IntField(db_default=0)
    failing_since = fields.DatetimeField(null=True)
    paused_until = fields.DatetimeField(null=True)
    warned_percent = fields.SmallIntField(db_default=0)
    disabled_at = fields.DatetimeField(null=True)
    disabled_reason = fields.CharEnumField(DisabledReason, max_length=16, null=True)
    created_at = fields.DatetimeField()
    deleted_at = fields.DatetimeField(null=True)

    organization_id: UUID

    class Meta:
        table = "webhook_endpoints"
        indexes = (Index(fields=("scope", "id")),)


class WebhookDelivery(Model):
    """One event on its way to one endpoint; an event goes to an endpoint once, however often it is attempted.

    `attempts` counts all, `attempts_before` those that were made before it was begun anew. Its
    event's aggregate is named where the endpoint is ordered.
    """

    id = fields.UUIDField(primary_key=True)
    endpoint: fields.ForeignKeyRelation[WebhookEndpoint] = fields.ForeignKeyField(
        "provender.WebhookEndpoint", on_delete=fields.RESTRICT, related_name="deliveries"
    )
    event: fields.ForeignKeyRelation[Event] = fields.ForeignKeyField(
        "provender.Event", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    event_type = fields.CharField(max_length=64)
    state = fields.CharEnumField(DeliveryState, max_length=16)
    created_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    lease_token = fields.UUIDField(null=True)
    attempts = fields.IntField(default=0)
    attempts_before = fields.IntField(db_default=0)
    aggregate_id = fields.UUIDField(null=True)
    aggregate_seq = fields.IntField(null=True)

    class Meta:
        table = "webhook_deliveries"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (UniqueConstraint(fields=("endpoint_id", "event_id"), name="deliveries_once"),)


class WebhookAttempt(Model):
    """One attempt of a delivery as it went over the wire; the answer's head is at most 4 KiB."""

    id = fields.UUIDField(primary_key=True)
    delivery: fields.ForeignKeyRelation[WebhookDelivery] = fields.ForeignKeyField(
        "provender.WebhookDelivery", on_delete=fields.CASCADE, related_name="attempt_log"
    )
    number = fields.IntField()
    at = fields.DatetimeField()
    duration_ms = fields.IntField()
    status = fields.SmallIntField(null=True)
    error = fields.CharField(max_length=64, null=True)
    request_headers: fields.JSONField[dict[str, Any]] = fields.JSONField()
    response_head = fields.TextField()

    class Meta:
        table = "webhook_attempts"
        indexes = (Index(fields=("delivery_id", "number")),)
