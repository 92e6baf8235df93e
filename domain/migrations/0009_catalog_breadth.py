"""Categories, order types, add-ons, bundles, data locations, versioned terms, and what plans are sold by."""

from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from domain.catalog.models import Charging, PlanKind, PlanStatus
from domain.catalog.parts import LimitPer

SCOPED = ("categories", "order_types", "terms_documents")
REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("provender", "0008_accounts")]

    operations = [
        ops.CreateModel(
            name="Category",
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
                ("position", fields.IntField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "categories",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "A shelf of one organization's catalog (CB); `position` is its place among the others.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OrderType",
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
                ("position", fields.IntField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "order_types",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "A group of packages that are ordered together (ORION); `position` is its place among the others.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PlanAddOn",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "plan",
                    fields.ForeignKeyField(
                        "provender.Plan",
                        source_field="plan_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "add_on",
                    fields.ForeignKeyField(
                        "provender.Plan",
                        source_field="add_on_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("min_quantity", fields.IntField()),
                ("max_quantity", fields.IntField()),
                (
                    "per",
                    fields.CharEnumField(
                        description="SEAT: SEAT\nSUBSCRIPTION: SUBSCRIPTION", enum_type=LimitPer, max_length=16
                    ),
                ),
            ],
            options={
                "table": "plan_add_ons",
                "app": "provender",
                "indexes": [Index(fields=["add_on_id"])],
                "pk_attr": "id",
                "table_description": "An add-on that a plan may be sold with, from `min_quantity` to `max_quantity` of it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PlanComponent",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "plan",
                    fields.ForeignKeyField(
                        "provender.Plan",
                        source_field="plan_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "component",
                    fields.ForeignKeyField(
                        "provender.Plan",
                        source_field="component_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("quantity", fields.IntField()),
            ],
            options={
                "table": "plan_components",
                "app": "provender",
                "indexes": [Index(fields=["component_id"])],
                "pk_attr": "id",
                "table_description": "What a bundle is made of: `quantity` of a plan in each one of it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProductCategory",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "product",
                    fields.ForeignKeyField(
                        "provender.Product",
                        source_field="product_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "category",
                    fields.ForeignKeyField(
                        "provender.Category",
                        source_field="category_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "product_categories",
                "app": "provender",
                "indexes": [Index(fields=["category_id"])],
                "pk_attr": "id",
                "table_description": "A product in a category; it may be in several.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProductOrderType",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "product",
                    fields.ForeignKeyField(
                        "provender.Product",
                        source_field="product_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "order_type",
                    fields.ForeignKeyField(
                        "provender.OrderType",
                        source_field="order_type_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "product_order_types",
                "app": "provender",
                "indexes": [Index(fields=["order_type_id"])],
                "pk_attr": "id",
                "table_description": "A product of an order type; it may be of several.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TermsDocument",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "product",
                    fields.ForeignKeyField(
                        "provender.Product",
                        source_field="product_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("version", fields.IntField()),
                ("text", fields.TextField(unique=False)),
                ("sha256", fields.CharField(max_length=64)),
                ("valid_from", fields.DateField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "terms_documents",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "One version of a product's terms of service; the database refuses to change one (migration).",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Plan",
            name="charging",
            field=fields.CharEnumField(
                description="PREPAID: PREPAID\nPOSTPAID: POSTPAID",
                db_default="PREPAID",
                enum_type=Charging,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="Plan",
            name="included_numbers",
            field=fields.IntField(db_default=0),
        ),
        ops.AddField(
            model_name="Plan",
            name="kind",
            field=fields.CharEnumField(
                description="ITEM: ITEM\nSEAT: SEAT\nADD_ON: ADD_ON\nNUMBER: NUMBER",
                db_default="ITEM",
                enum_type=PlanKind,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="Plan",
            name="max_users",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Plan",
            name="postponed_billing_months",
            field=fields.IntField(db_default=0),
        ),
        ops.AddField(
            model_name="Plan",
            name="sales_models",
            field=ArrayField(db_default=["MONTHLY", "YEARLY", "ONE_TIME"], element_type="TEXT"),
        ),
        ops.AddField(
            model_name="Plan",
            name="status",
            field=fields.CharEnumField(
                description="ACTIVE: ACTIVE\nARCHIVED: ARCHIVED",
                db_default="ACTIVE",
                enum_type=PlanStatus,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="Plan",
            name="trial_days",
            field=fields.IntField(db_default=0),
        ),
        ops.AddConstraint(
            model_name="Plan",
            constraint=CheckConstraint(check="cardinality(sales_models) > 0", name="plans_sales_models"),
        ),
        ops.AddConstraint(
            model_name="Plan",
            constraint=CheckConstraint(check="max_users > 0", name="plans_max_users"),
        ),
        ops.AddConstraint(
            model_name="Plan",
            constraint=CheckConstraint(check="included_numbers >= 0", name="plans_included_numbers"),
        ),
        ops.AddConstraint(
            model_name="Plan",
            constraint=CheckConstraint(check="trial_days BETWEEN 0 AND 30", name="plans_trial_days"),
        ),
        ops.AddConstraint(
            model_name="Plan",
            constraint=CheckConstraint(
                check="postponed_billing_months BETWEEN 0 AND 12", name="plans_postponed_billing_months"
            ),
        ),
        ops.AddField(
            model_name="Product",
            name="data_locations",
            field=fields.JSONField(db_default=[], encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddConstraint("Category", UniqueConstraint(fields=("organization_id", "key"), name="categories_key")),
        ops.AddConstraint("OrderType", UniqueConstraint(fields=("organization_id", "key"), name="order_types_key")),
        ops.AddConstraint("PlanAddOn", UniqueConstraint(fields=("plan_id", "add_on_id"), name="plan_add_ons_once")),
        ops.AddConstraint(
            "PlanAddOn",
            CheckConstraint(check="0 <= min_quantity AND min_quantity <= max_quantity", name="plan_add_ons_limits"),
        ),
        ops.AddConstraint(
            "PlanComponent", UniqueConstraint(fields=("plan_id", "component_id"), name="plan_components_once")
        ),
        ops.AddConstraint("PlanComponent", CheckConstraint(check="quantity > 0", name="plan_components_quantity")),
        ops.AddConstraint(
            "ProductCategory", UniqueConstraint(fields=("product_id", "category_id"), name="product_categories_once")
        ),
        ops.AddConstraint(
            "ProductOrderType",
            UniqueConstraint(fields=("product_id", "order_type_id"), name="product_order_types_once"),
        ),
        ops.AddConstraint(
            "TermsDocument", UniqueConstraint(fields=("product_id", "version"), name="terms_documents_version")
        ),
        *(
            ops.RunSQL(
                f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text COLLATE "C"',
                reverse_sql=f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text',
            )
            for table in SCOPED
        ),
        ops.RunSQL(REFUSE, reverse_sql="DROP FUNCTION refuse_change()"),
        ops.RunSQL(
            "CREATE TRIGGER terms_documents_fixed BEFORE UPDATE OR DELETE ON terms_documents "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            reverse_sql="DROP TRIGGER terms_documents_fixed ON terms_documents",
        ),
    ]
