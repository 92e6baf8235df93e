"""Tickets of desks, and what waits for them."""

from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from domain.desk.states import TicketKind, TicketState


class Migration(migrations.Migration):
    dependencies = [("provender", "0014_bulk"), ("provender", "0015_order_terms")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Ticket",
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
                ("number", fields.CharField(unique=True, max_length=20)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="MANUAL_FULFILMENT: MANUAL_FULFILMENT\nBACKORDER: BACKORDER\nOUTCOME_UNKNOWN: OUTCOME_UNKNOWN\nORPHAN: ORPHAN",
                        enum_type=TicketKind,
                        max_length=24,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="OPEN: OPEN\nCOMPLETED: COMPLETED\nFAILED: FAILED",
                        enum_type=TicketState,
                        max_length=16,
                    ),
                ),
                ("subject", fields.CharField(max_length=200)),
                ("details", fields.TextField(unique=False)),
                ("about_id", fields.UUIDField()),
                (
                    "customer",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="customer_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("subscription_id", fields.UUIDField(null=True)),
                ("operation_id", fields.UUIDField(null=True)),
                ("outputs", fields.JSONField(db_default={}, encoder=JSON_DUMPS, decoder=loads)),
                ("outputs_sealed", fields.BinaryField(null=True)),
                ("failure_code", fields.CharField(null=True, max_length=64)),
                ("failure_reason", fields.TextField(null=True, unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "tickets",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "What a person at a seller's desk is to do; `organization` and `scope` are the seller's.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint("Ticket", UniqueConstraint(fields=("about_id", "kind"), name="tickets_about")),
        ops.RunSQL(
            'ALTER TABLE "tickets" ALTER COLUMN scope TYPE text COLLATE "C"',
            reverse_sql='ALTER TABLE "tickets" ALTER COLUMN scope TYPE text',
        ),
        ops.RunSQL("CREATE SEQUENCE ticket_numbers", reverse_sql="DROP SEQUENCE ticket_numbers"),
        ops.AddField(
            model_name="Instance",
            name="desk_id",
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name="Organization",
            name="desk_email",
            field=fields.CharField(null=True, max_length=254),
        ),
        ops.AddField(
            model_name="ProvisioningOperation",
            name="paused_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RunSQL(
            "UPDATE instances i SET desk_id = p.organization_id FROM subscriptions s JOIN products p ON p.id = s.product_id "
            "WHERE s.id = i.subscription_id",
            reverse_sql="SELECT 1",
        ),
    ]
