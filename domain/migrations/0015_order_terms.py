"""When the billing of orders and subscriptions begins and ends; which customer has tried what."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("provender", "0013_approval"), ("provender", "0014_numbers_of_orders")]

    initial = False

    operations = [
        ops.CreateModel(
            name="TrialUse",
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
                ("order_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "trial_uses",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"]), Index(fields=["order_id"])],
                "pk_attr": "id",
                "table_description": "That a customer has tried a product, in which order: each product once, whoever comes at once (B3-O).",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Order",
            name="billing_starts_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Order",
            name="expires_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Order",
            name="is_billing_postponed",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="Order",
            name="trial_until",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Subscription",
            name="billing_starts_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Subscription",
            name="expires_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Subscription",
            name="purchased_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Subscription",
            name="trial_ends_on",
            field=fields.DateField(null=True),
        ),
        ops.AddConstraint(
            "TrialUse", UniqueConstraint(fields=("organization_id", "product_id"), name="trial_uses_once")
        ),
        ops.RunSQL(
            'ALTER TABLE "trial_uses" ALTER COLUMN scope TYPE text COLLATE "C"',
            reverse_sql='ALTER TABLE "trial_uses" ALTER COLUMN scope TYPE text',
        ),
    ]
