"""After submission: accepted terms, failed attempts, what provisioners ask for, lines that are being cancelled."""

from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from domain.orders.states import LineState

SCOPED = ("failed_attempts", "terms_acceptances")


class Migration(migrations.Migration):
    dependencies = [("provender", "0020_credentials")]

    initial = False

    operations = [
        ops.CreateModel(
            name="FailedAttempt",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "order_line",
                    fields.ForeignKeyField(
                        "provender.OrderLine",
                        source_field="order_line_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("attempt", fields.IntField()),
                ("failure_code", fields.CharField(max_length=64)),
                ("failure_reason", fields.TextField(unique=False)),
                ("failed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("retried_by", fields.CharField(max_length=64)),
                ("retried_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "failed_attempts",
                "app": "provender",
                "pk_attr": "id",
                "table_description": "How a line failed before it was tried again; never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TermsAcceptance",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "provender.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                (
                    "terms",
                    fields.ForeignKeyField(
                        "provender.TermsDocument",
                        source_field="terms_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("accepted_by", fields.CharField(max_length=64)),
                ("accepted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("address", fields.CharField(null=True, max_length=64)),
            ],
            options={
                "table": "terms_acceptances",
                "app": "provender",
                "indexes": [Index(fields=["order_id"])],
                "pk_attr": "id",
                "table_description": "That whoever submitted an order accepted one version of terms; never changed. `address` is the client's.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Order",
            name="attempt",
            field=fields.IntField(db_default=1),
        ),
        ops.AddField(
            model_name="OrderLine",
            name="attempt",
            field=fields.IntField(db_default=1),
        ),
        ops.AlterField(
            model_name="OrderLine",
            name="state",
            field=fields.CharEnumField(
                description="DRAFT: DRAFT\nPROVISIONING: PROVISIONING\nINQUIRING: INQUIRING\nCOMPLETED: COMPLETED\nFAILED: FAILED\nCANCELLING: CANCELLING\nCANCELLED: CANCELLED",
                enum_type=LineState,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="ProvisioningOperation",
            name="has_answers",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="ProvisioningOperation",
            name="input_errors",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="ProvisioningOperation",
            name="input_schema",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddConstraint(
            "FailedAttempt", UniqueConstraint(fields=("order_line_id", "attempt"), name="failed_attempts_once")
        ),
        *(
            ops.RunSQL(
                f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text COLLATE "C"',
                reverse_sql=f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text',
            )
            for table in SCOPED
        ),
    ]
