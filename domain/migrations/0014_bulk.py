"""Bulk operations; deliveries that are begun anew."""

from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from domain.bulk.rules import BulkKind
from domain.bulk.states import BulkState


class Migration(migrations.Migration):
    dependencies = [("provender", "0013_approval"), ("provender", "0013_uploads")]

    initial = False

    operations = [
        ops.CreateModel(
            name="BulkOperation",
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
                (
                    "kind",
                    fields.CharEnumField(
                        description="WEBHOOK_REPLAY: WEBHOOK_REPLAY", enum_type=BulkKind, max_length=32
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="QUEUED: QUEUED\nRUNNING: RUNNING\nCOMPLETED: COMPLETED\nFAILED: FAILED\nCANCELLED: CANCELLED",
                        enum_type=BulkState,
                        max_length=16,
                    ),
                ),
                ("total", fields.IntField(null=True)),
                ("done", fields.IntField(default=0)),
                ("failed", fields.IntField(default=0)),
                ("parameters", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("cursor", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("errors", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("failure_code", fields.CharField(null=True, max_length=64)),
                ("failure_reason", fields.TextField(null=True, unique=False)),
                ("created_by", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("started_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lease_token", fields.UUIDField(null=True)),
                ("attempts", fields.IntField(default=0)),
            ],
            options={
                "table": "bulk_operations",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "One piece of long work; `cursor` is where its next step begins, NULL before the first.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(
            'ALTER TABLE bulk_operations ALTER COLUMN scope TYPE text COLLATE "C"',
            reverse_sql="ALTER TABLE bulk_operations ALTER COLUMN scope TYPE text",
        ),
        ops.RunSQL(
            "CREATE INDEX bulk_operations_due ON bulk_operations (due_at) WHERE due_at IS NOT NULL",
            reverse_sql="DROP INDEX bulk_operations_due",
        ),
        ops.AddField(
            model_name="WebhookDelivery",
            name="attempts_before",
            field=fields.IntField(db_default=0),
        ),
    ]
