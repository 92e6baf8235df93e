"""Products, plans and price lists."""

from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from domain.catalog.models import Orderability, ProductStatus, ProductType, SalesModel


class Migration(migrations.Migration):
    dependencies = [("provender", "0001_organizations")]

    operations = [
        ops.CreateModel(
            name="PriceList",
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
                ("scope", fields.TextField(unique=False)),
                ("name", fields.CharField(max_length=200)),
                ("currency", fields.CharField(max_length=3)),
                ("markup_percent", fields.DecimalField(null=True, max_digits=9, decimal_places=4)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "price_lists",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"]), Index(fields=["seller_id", "currency"])],
                "pk_attr": "id",
                "table_description": "What one seller asks of its buyers (all, or one): explicit prices, and a markup on its own cost for the rest.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Product",
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
                ("key", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=200)),
                ("description", fields.TextField(default="", unique=False)),
                (
                    "type",
                    fields.CharEnumField(
                        description="HARDWARE: HARDWARE\nSERVICE: SERVICE\nBUNDLE: BUNDLE\nCONNECTOR: CONNECTOR\nAPP: APP",
                        enum_type=ProductType,
                        max_length=16,
                    ),
                ),
                (
                    "status",
                    fields.CharEnumField(
                        description="DRAFT: DRAFT\nACTIVE: ACTIVE\nPAUSED: PAUSED\nARCHIVED: ARCHIVED",
                        enum_type=ProductStatus,
                        max_length=16,
                    ),
                ),
                (
                    "orderability",
                    fields.CharEnumField(
                        description="ORDERABLE: ORDERABLE\nRENEW_AND_UPGRADE_ONLY: RENEW_AND_UPGRADE_ONLY\nCLOSED: CLOSED",
                        enum_type=Orderability,
                        max_length=32,
                    ),
                ),
                ("order_otherwise", fields.TextField(null=True, unique=False)),
                ("provisioner", fields.CharField(max_length=32)),
                ("parameter_schema", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "products",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "A product of one organization, offered down its resale chain; `provisioner` is the key of its connector.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Plan",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "product",
                    fields.ForeignKeyField(
                        "provender.Product",
                        source_field="product_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="plans",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("key", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=200)),
                ("rank", fields.IntField()),
                ("max_quantity", fields.IntField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "plans",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "A plan of a product; a higher rank is an upgrade (declared, never guessed from the price).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Price",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "price_list",
                    fields.ForeignKeyField(
                        "provender.PriceList",
                        source_field="price_list_id",
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
                (
                    "sales_model",
                    fields.CharEnumField(
                        description="MONTHLY: MONTHLY\nYEARLY: YEARLY\nONE_TIME: ONE_TIME",
                        enum_type=SalesModel,
                        max_length=16,
                    ),
                ),
                ("unit_minor", fields.BigIntField()),
                ("valid_from", fields.DateField()),
                ("valid_until", fields.DateField(null=True)),
            ],
            options={
                "table": "prices",
                "app": "provender",
                "indexes": [Index(fields=["plan_id", "sales_model"])],
                "pk_attr": "id",
                "table_description": "An explicit unit price in minor units, valid for local dates [valid_from, valid_until).",
            },
            bases=["Model"],
        ),
        ops.AddConstraint("PriceList", UniqueConstraint(fields=("seller_id", "name"), name="price_lists_name")),
        ops.AddConstraint("Product", UniqueConstraint(fields=("organization_id", "key"), name="products_key")),
        ops.AddConstraint("Plan", UniqueConstraint(fields=("product_id", "key"), name="plans_key")),
        ops.AddConstraint("Plan", UniqueConstraint(fields=("product_id", "rank"), name="plans_rank")),
        ops.AddConstraint("Plan", CheckConstraint(check="max_quantity > 0", name="plans_max_quantity")),
        ops.AddConstraint(
            "Price",
            UniqueConstraint(fields=("price_list_id", "plan_id", "sales_model", "valid_from"), name="prices_once"),
        ),
        ops.AddConstraint("Price", CheckConstraint(check="unit_minor >= 0", name="prices_unit")),
    ]
