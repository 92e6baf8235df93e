"""Discounts, contracts, and what orders have of them."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from domain.catalog.models import SalesModel
from domain.discounts.models import DiscountDuration

SCOPED = ("contracts", "contract_prices", "discounts", "discount_redemptions")


class Migration(migrations.Migration):
    dependencies = [("provender", "0009_catalog_breadth")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Contract",
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
                ("number", fields.CharField(max_length=64)),
                ("external_reference", fields.CharField(null=True, max_length=100)),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField(null=True)),
                ("notice_days", fields.IntField()),
                ("document_name", fields.CharField(null=True, max_length=200)),
                ("document_location", fields.CharField(null=True, max_length=500)),
                ("currency", fields.CharField(max_length=3)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "contracts",
                "app": "provender",
                "indexes": [
                    Index(fields=["scope", "id"]),
                    Index(fields=["organization_id", "id"]),
                    Index(fields=["external_reference"]),
                ],
                "pk_attr": "id",
                "table_description": "A contract of a customer with its seller, for local dates `starts_on` to `ends_on`, both included.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ContractPrice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "contract",
                    fields.ForeignKeyField(
                        "provender.Contract",
                        source_field="contract_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="prices",
                        on_delete=OnDelete.CASCADE,
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
                ("scope", fields.TextField(unique=False)),
                (
                    "sales_model",
                    fields.CharEnumField(
                        description="MONTHLY: MONTHLY\nYEARLY: YEARLY\nONE_TIME: ONE_TIME",
                        enum_type=SalesModel,
                        max_length=16,
                    ),
                ),
                ("unit_minor", fields.BigIntField()),
            ],
            options={
                "table": "contract_prices",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "A unit price, in minor units of the contract's currency, that beats the price lists of the contract's seller.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Discount",
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
                (
                    "buyer",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="buyer_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "product",
                    fields.ForeignKeyField(
                        "provender.Product",
                        source_field="product_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
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
                ("scope", fields.TextField(unique=False)),
                ("name", fields.CharField(max_length=200)),
                ("code", fields.CharField(null=True, max_length=64)),
                ("code_key", fields.CharField(null=True, max_length=200)),
                ("percent", fields.DecimalField(null=True, max_digits=7, decimal_places=4)),
                ("fixed_minor", fields.BigIntField(null=True)),
                ("currency", fields.CharField(null=True, max_length=3)),
                (
                    "duration",
                    fields.CharEnumField(
                        description="ONCE: ONCE\nCYCLES: CYCLES\nFOREVER: FOREVER",
                        enum_type=DiscountDuration,
                        max_length=8,
                    ),
                ),
                ("cycles", fields.IntField(null=True)),
                ("valid_from", fields.DateField()),
                ("valid_until", fields.DateField(null=True)),
                ("redemption_limit", fields.IntField(null=True)),
                ("redeemed", fields.IntField(default=0)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "discounts",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"]), Index(fields=["seller_id", "id"])],
                "pk_attr": "id",
                "table_description": "What one seller takes off what its buyers (all, or one) pay it, on all it sells, one product or one plan.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DiscountRedemption",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "discount",
                    fields.ForeignKeyField(
                        "provender.Discount",
                        source_field="discount_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("order_id", fields.UUIDField()),
                ("scope", fields.TextField(unique=False)),
                ("edge", fields.IntField()),
                ("line_minor", ArrayField(element_type="BIGINT")),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("released_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "discount_redemptions",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "One discount on one order: `line_minor[i]` is what the order's line i was given in its first billing cycle.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Order",
            name="contract",
            field=fields.ForeignKeyField(
                "provender.Contract",
                source_field="contract_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Order",
            name="discount_codes",
            field=ArrayField(null=True, element_type="TEXT"),
        ),
        ops.AddField(
            model_name="OrderLine",
            name="tier_discount_minor",
            field=ArrayField(null=True, element_type="BIGINT"),
        ),
        ops.AddConstraint(
            model_name="Price",
            constraint=CheckConstraint(check="valid_until > valid_from", name="prices_window"),
        ),
        ops.AddConstraint("Contract", UniqueConstraint(fields=("seller_id", "number"), name="contracts_number")),
        ops.AddConstraint("Contract", CheckConstraint(check="ends_on >= starts_on", name="contracts_term")),
        ops.AddConstraint("Contract", CheckConstraint(check="notice_days >= 0", name="contracts_notice")),
        ops.AddConstraint(
            "ContractPrice",
            UniqueConstraint(fields=("contract_id", "plan_id", "sales_model"), name="contract_prices_once"),
        ),
        ops.AddConstraint("ContractPrice", CheckConstraint(check="unit_minor >= 0", name="contract_prices_unit")),
        ops.AddConstraint("Discount", UniqueConstraint(fields=("seller_id", "code_key"), name="discounts_code")),
        ops.AddConstraint(
            "Discount",
            CheckConstraint(check="redeemed >= 0 AND redeemed <= redemption_limit", name="discounts_redeemed"),
        ),
        ops.AddConstraint(
            "Discount", CheckConstraint(check="(percent IS NULL) <> (fixed_minor IS NULL)", name="discounts_amount")
        ),
        ops.AddConstraint(
            "Discount", CheckConstraint(check="(fixed_minor IS NULL) = (currency IS NULL)", name="discounts_currency")
        ),
        ops.AddConstraint("Discount", CheckConstraint(check="valid_until > valid_from", name="discounts_window")),
        ops.AddConstraint(
            "DiscountRedemption", UniqueConstraint(fields=("order_id", "discount_id"), name="discount_redemptions_once")
        ),
        *(
            ops.RunSQL(
                f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text COLLATE "C"',
                reverse_sql=f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text',
            )
            for table in SCOPED
        ),
    ]
