"""Who uses a subscription, its contract, and the change that waits for its renewal."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from domain.catalog.models import SalesModel


class Migration(migrations.Migration):
    dependencies = [("provender", "0017_ledger"), ("provender", "0017_number_import"), ("provender", "0016_search")]

    initial = False

    operations = [
        ops.CreateModel(
            name="SubscriptionAssignee",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "subscription",
                    fields.ForeignKeyField(
                        "provender.Subscription",
                        source_field="subscription_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "member",
                    fields.ForeignKeyField(
                        "provender.Member",
                        source_field="member_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "subscription_assignees",
                "app": "provender",
                "indexes": [Index(fields=["member_id"])],
                "pk_attr": "id",
                "table_description": "One member of the customer that uses a subscription.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="SubscriptionAssignee",
            constraint=UniqueConstraint(fields=("subscription_id", "member_id"), name="subscription_assignees_once"),
        ),
        ops.RunSQL(
            'ALTER TABLE "subscription_assignees" ALTER COLUMN scope TYPE text COLLATE "C"',
            reverse_sql='ALTER TABLE "subscription_assignees" ALTER COLUMN scope TYPE text',
        ),
        ops.AddField(
            model_name="Subscription",
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
            model_name="Subscription",
            name="pending_cycle_multiplier",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Subscription",
            name="pending_sales_model",
            field=fields.CharEnumField(
                null=True,
                description="MONTHLY: MONTHLY\nYEARLY: YEARLY\nONE_TIME: ONE_TIME",
                enum_type=SalesModel,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="Subscription",
            name="pending_since",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddConstraint(
            model_name="Subscription",
            constraint=CheckConstraint(
                check="num_nulls(pending_sales_model, pending_cycle_multiplier, pending_since) IN (0, 3)",
                name="subscriptions_pending",
            ),
        ),
    ]
