"""Port orders, toll-free orders and RespOrg changes."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from domain.porting.models import PortKind
from domain.porting.states import PortState


class Migration(migrations.Migration):
    dependencies = [
        ("provender", "0018_webhooks_whole"),
        ("provender", "0019_backorders"),
        ("provender", "0020_credentials"),
    ]

    initial = False

    operations = [
        ops.CreateModel(
            name="Port",
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
                        description="PORT_IN: PORT_IN\nTOLL_FREE: TOLL_FREE\nRESP_ORG: RESP_ORG",
                        enum_type=PortKind,
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="DRAFT: DRAFT\nSUBMITTED: SUBMITTED\nEXCEPTION: EXCEPTION\nFOC_CONFIRMED: FOC_CONFIRMED\nPORTED: PORTED\nCANCELLED: CANCELLED",
                        enum_type=PortState,
                        max_length=16,
                    ),
                ),
                ("numbers", ArrayField(db_default=[], element_type="TEXT")),
                ("number_ids", ArrayField(db_default=[], element_type="UUID")),
                ("quantity", fields.IntField(null=True)),
                ("wanted", fields.CharField(null=True, max_length=100)),
                (
                    "plan",
                    fields.ForeignKeyField(
                        "provender.Plan",
                        source_field="plan_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("subscription_id", fields.UUIDField(null=True)),
                ("counterpart", fields.CharField(null=True, max_length=200)),
                ("account_number", fields.CharField(null=True, max_length=100)),
                ("pin_sealed", fields.BinaryField(null=True)),
                ("billing_number", fields.CharField(null=True, max_length=16)),
                ("authorized_person", fields.CharField(null=True, max_length=200)),
                ("street", fields.CharField(null=True, max_length=200)),
                ("postal_code", fields.CharField(null=True, max_length=20)),
                ("city", fields.CharField(null=True, max_length=100)),
                ("region", fields.CharField(null=True, max_length=100)),
                ("country", fields.CharField(null=True, max_length=2)),
                (
                    "upload",
                    fields.ForeignKeyField(
                        "provender.Upload",
                        source_field="upload_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("requested_on", fields.DateField(null=True)),
                ("confirmed_on", fields.DateField(null=True)),
                ("exception_reason", fields.CharField(null=True, max_length=500)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("submitted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "ports",
                "app": "provender",
                "indexes": [Index(fields=["scope", "kind", "id"]), Index(fields=["organization_id", "id"])],
                "pk_attr": "id",
                "table_description": "One request of a customer, to be carried out by the desk of its distributor.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint("Port", UniqueConstraint(fields=("upload_id",), name="ports_upload")),
        ops.AddConstraint(
            "Port",
            CheckConstraint(
                check="state NOT IN ('FOC_CONFIRMED', 'PORTED') OR confirmed_on IS NOT NULL", name="ports_confirmed"
            ),
        ),
        ops.AddConstraint(
            "Port",
            CheckConstraint(check="state <> 'EXCEPTION' OR exception_reason IS NOT NULL", name="ports_exception"),
        ),
        ops.RunSQL(
            'ALTER TABLE "ports" ALTER COLUMN scope TYPE text COLLATE "C"',
            reverse_sql='ALTER TABLE "ports" ALTER COLUMN scope TYPE text',
        ),
    ]
