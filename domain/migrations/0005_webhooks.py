"""Webhook endpoints, deliveries and attempts."""

from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from domain.webhooks.models import DeliveryState


class Migration(migrations.Migration):
    dependencies = [("provender", "0004_provisioning")]

    operations = [
        ops.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("url", fields.CharField(max_length=2048)),
                ("event_types", ArrayField(element_type="TEXT")),
                ("description", fields.CharField(max_length=200)),
                ("enabled", fields.BooleanField()),
                ("secret_sealed", fields.BinaryField()),
                ("previous_secret_sealed", fields.BinaryField(null=True)),
                ("previous_secret_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("deleted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "webhook_endpoints",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "Where an organization wants events; secrets are encrypted, the previous one still signs until it expires.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "endpoint",
                    fields.ForeignKeyField(
                        "provender.WebhookEndpoint",
                        source_field="endpoint_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="deliveries",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "event",
                    fields.ForeignKeyField(
                        "provender.Event",
                        source_field="event_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("event_type", fields.CharField(max_length=64)),
                (
                    "state",
                    fields.CharEnumField(
                        description="PENDING: PENDING\nDELIVERED: DELIVERED\nFAILED: FAILED",
                        enum_type=DeliveryState,
                        max_length=16,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lease_token", fields.UUIDField(null=True)),
                ("attempts", fields.IntField(default=0)),
            ],
            options={
                "table": "webhook_deliveries",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "One event on its way to one endpoint; an event goes to an endpoint once, however often it is attempted.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WebhookAttempt",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "delivery",
                    fields.ForeignKeyField(
                        "provender.WebhookDelivery",
                        source_field="delivery_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="attempt_log",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("number", fields.IntField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("duration_ms", fields.IntField()),
                ("status", fields.SmallIntField(null=True)),
                ("error", fields.CharField(null=True, max_length=64)),
                ("request_headers", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("response_head", fields.TextField(unique=False)),
            ],
            options={
                "table": "webhook_attempts",
                "app": "provender",
                "indexes": [Index(fields=["delivery_id", "number"])],
                "pk_attr": "id",
                "table_description": "One attempt of a delivery as it went over the wire; the answer's head is at most 4 KiB.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            "WebhookDelivery", UniqueConstraint(fields=("endpoint_id", "event_id"), name="deliveries_once")
        ),
    ]
