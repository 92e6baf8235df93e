"""The event log: every change, in its own transaction, with its place in its aggregate's history."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model


class Event(Model):
    """One thing that happened; `due_at` is set until the outbox has carried it on, `lease_token` while it does.

    `payload` is what every organization on the event's path receives; `tier_amounts` holds money by edge of the
    resale chain, of which a receiver gets only its own. `traceparent` is the trace that it happened in, if any.
    """

    id = fields.UUIDField(primary_key=True)
    type = fields.CharField(max_length=64)
    version = fields.SmallIntField()
    organization_id = fields.UUIDField()
    scope = fields.TextField()
    aggregate_type = fields.CharField(max_length=32)
    aggregate_id = fields.UUIDField()
    aggregate_seq = fields.IntField()
    payload: fields.JSONField[dict[str, Any]] = fields.JSONField()
    tier_amounts: fields.JSONField[dict[str, Any] | None] = fields.JSONField(null=True)
    actor = fields.CharField(max_length=64)
    occurred_at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    lease_token = fields.UUIDField(null=True)
    attempts = fields.IntField(default=0)
    traceparent = fields.CharField(max_length=55, null=True)

    class Meta:
        table = "events"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (UniqueConstraint(fields=("aggregate_id", "aggregate_seq"), name="events_aggregate_seq"),)
