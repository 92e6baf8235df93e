"""Backorders of numbers, and stock by country."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from domain.numbers.states import BackorderState


class Migration(migrations.Migration):
    dependencies = [("provender", "0018_subscription_changes"), ("provender", "0018_webhooks_whole")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Backorder",
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
                ("order_id", fields.UUIDField()),
                ("order_line_id", fields.UUIDField(null=True)),
                ("npa", fields.CharField(max_length=3)),
                ("nxx", fields.CharField(max_length=3)),
                ("quantity", fields.IntField()),
                ("fulfilled", fields.IntField(default=0)),
                (
                    "state",
                    fields.CharEnumField(
                        description="PENDING: PENDING\nOPEN: OPEN\nFULFILLED: FULFILLED\nCANCELLED: CANCELLED",
                        enum_type=BackorderState,
                        max_length=16,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "backorders",
                "app": "provender",
                "constraints": [
                    CheckConstraint(
                        check="fulfilled >= 0 AND fulfilled <= quantity AND quantity > 0", name="backorders_count"
                    )
                ],
                "indexes": [Index(fields=["scope", "id"]), Index(fields=["order_id"])],
                "pk_attr": "id",
                "table_description": "Numbers of an exchange that an order wants and no stock has: a person at the desk gets them.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            "Backorder",
            CheckConstraint(check="fulfilled >= 0 AND fulfilled <= quantity AND quantity > 0", name="backorders_count"),
        ),
        ops.RunSQL(
            'ALTER TABLE backorders ALTER COLUMN scope TYPE text COLLATE "C"',
            reverse_sql="ALTER TABLE backorders ALTER COLUMN scope TYPE text",
        ),
        ops.RunSQL(
            "CREATE INDEX numbers_country ON numbers (seller_id, country, e164) WHERE free_from IS NOT NULL",
            reverse_sql="DROP INDEX numbers_country",
        ),
        ops.RunSQL(
            "CREATE INDEX backorders_line ON backorders (order_line_id) WHERE state IN ('PENDING', 'OPEN')",
            reverse_sql="DROP INDEX backorders_line",
        ),
    ]
