"""Telephone numbers."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from domain.numbers.models import NumberKind
from domain.numbers.states import NumberState

# Each is partial: of 5,000,000 numbers a search reads those it shows, and a row pays only for the indexes it is in.
INDEXES = {
    # Exact and by its beginning, for any number in any state; in a tree it stands once.
    "numbers_once": "CREATE UNIQUE INDEX numbers_once ON numbers (e164, split_part(scope, '.', 1))",
    "numbers_stock": "CREATE INDEX numbers_stock ON numbers (seller_id, e164) WHERE free_from IS NOT NULL",
    "numbers_rate_center": (
        "CREATE INDEX numbers_rate_center ON numbers (seller_id, rate_center, e164) WHERE free_from IS NOT NULL"
    ),
    "numbers_special": (
        "CREATE INDEX numbers_special ON numbers (seller_id, e164) WHERE free_from IS NOT NULL AND kind <> 'LOCAL'"
    ),
    "numbers_ending": ("CREATE INDEX numbers_ending ON numbers (free_from) WHERE state IN ('RESERVED', 'QUARANTINED')"),
    "numbers_order": "CREATE INDEX numbers_order ON numbers (order_id) WHERE order_id IS NOT NULL",
    "numbers_subscription": (
        "CREATE INDEX numbers_subscription ON numbers (subscription_id) WHERE subscription_id IS NOT NULL"
    ),
}


class Migration(migrations.Migration):
    dependencies = [("provender", "0010_pricing")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Number",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "seller",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="seller_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("e164", fields.CharField(max_length=16)),
                ("country", fields.CharField(max_length=2)),
                ("npa", fields.CharField(max_length=3)),
                ("nxx", fields.CharField(max_length=3)),
                ("rate_center", fields.CharField(max_length=100)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="LOCAL: LOCAL\nTOLL_FREE: TOLL_FREE\nMOBILE: MOBILE",
                        enum_type=NumberKind,
                        max_length=16,
                    ),
                ),
                (
                    "plan",
                    fields.ForeignKeyField(
                        "provender.Plan",
                        source_field="plan_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="AVAILABLE: AVAILABLE\nRESERVED: RESERVED\nASSIGNED: ASSIGNED\nQUARANTINED: QUARANTINED\nPORTING_IN: PORTING_IN\nPORTING_OUT: PORTING_OUT\nPORTED_OUT: PORTED_OUT",
                        enum_type=NumberState,
                        max_length=16,
                    ),
                ),
                ("free_from", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
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
                ("order_id", fields.UUIDField(null=True)),
                ("subscription_id", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "numbers",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "One telephone number of a seller's inventory (mostly the distributor's), sold down its resale chain.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            "Number",
            CheckConstraint(
                check="(free_from IS NULL) = (state NOT IN ('AVAILABLE', 'RESERVED', 'QUARANTINED'))",
                name="numbers_free",
            ),
        ),
        ops.AddConstraint(
            "Number",
            CheckConstraint(
                check="(customer_id IS NOT NULL) OR state NOT IN ('RESERVED', 'ASSIGNED')", name="numbers_customer"
            ),
        ),
        ops.AddConstraint("Number", CheckConstraint(check="e164 ~ '^[+][1-9][0-9]{5,14}$'", name="numbers_e164")),
        ops.RunSQL(
            'ALTER TABLE numbers ALTER COLUMN scope TYPE text COLLATE "C", '
            'ALTER COLUMN e164 TYPE varchar(16) COLLATE "C"',
            reverse_sql="ALTER TABLE numbers ALTER COLUMN scope TYPE text, ALTER COLUMN e164 TYPE varchar(16)",
        ),
        *(ops.RunSQL(sql, reverse_sql=f"DROP INDEX {name}") for name, sql in INDEXES.items()),
    ]
