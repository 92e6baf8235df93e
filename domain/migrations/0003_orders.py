"""Orders and the subscriptions that come of them."""

from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from domain.catalog.models import SalesModel
from domain.orders.states import LineState, OrderState
from domain.subscriptions.states import SubscriptionState


class Migration(migrations.Migration):
    dependencies = [("provender", "0002_catalog")]

    operations = [
        ops.CreateModel(
            name="Order",
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
                    "state",
                    fields.CharEnumField(
                        description="DRAFT: DRAFT\nPENDING_APPROVAL: PENDING_APPROVAL\nAPPROVED: APPROVED\nREJECTED: REJECTED\nPROVISIONING: PROVISIONING\nINQUIRING: INQUIRING\nCOMPLETED: COMPLETED\nPARTIALLY_COMPLETED: PARTIALLY_COMPLETED\nFAILED: FAILED\nCANCELLING: CANCELLING\nCANCELLED: CANCELLED",
                        enum_type=OrderState,
                        max_length=24,
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
                ("cycle_multiplier", fields.IntField()),
                ("currency", fields.CharField(max_length=3)),
                ("auto_renew", fields.BooleanField()),
                ("subscription_reference", fields.CharField(null=True, max_length=100)),
                ("tier_total_minor", ArrayField(null=True, element_type="BIGINT")),
                ("failure_code", fields.CharField(null=True, max_length=64)),
                ("failure_reason", fields.TextField(null=True, unique=False)),
                ("created_by", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("submitted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "orders",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"]), Index(fields=["organization_id", "id"])],
                "pk_attr": "id",
                "table_description": "An order of one customer. `tier_total_minor[i]` is what the chain's member i+1 pays member i for the first term.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OrderLine",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "provender.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="lines",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("position", fields.IntField()),
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
                ("quantity", fields.IntField()),
                ("parameters", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                (
                    "state",
                    fields.CharEnumField(
                        description="DRAFT: DRAFT\nPROVISIONING: PROVISIONING\nINQUIRING: INQUIRING\nCOMPLETED: COMPLETED\nFAILED: FAILED\nCANCELLED: CANCELLED",
                        enum_type=LineState,
                        max_length=16,
                    ),
                ),
                ("tier_unit_minor", ArrayField(null=True, element_type="BIGINT")),
                ("tier_amount_minor", ArrayField(null=True, element_type="BIGINT")),
                ("subscription_id", fields.UUIDField(null=True)),
                ("failure_code", fields.CharField(null=True, max_length=64)),
                ("failure_reason", fields.TextField(null=True, unique=False)),
            ],
            options={
                "table": "order_lines",
                "app": "provender",
                "pk_attr": "id",
                "table_description": "One plan with its quantity; `tier_unit_minor` and `tier_amount_minor` are by edge, as on the order.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Subscription",
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
                ("order_line_id", fields.UUIDField(unique=True)),
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
                ("quantity", fields.IntField()),
                (
                    "state",
                    fields.CharEnumField(
                        description="PENDING: PENDING\nTRIALING: TRIALING\nACTIVE: ACTIVE\nSUSPENDED: SUSPENDED\nEXPIRED: EXPIRED\nTERMINATING: TERMINATING\nTERMINATED: TERMINATED\nFAILED: FAILED",
                        enum_type=SubscriptionState,
                        max_length=16,
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
                ("cycle_multiplier", fields.IntField()),
                ("currency", fields.CharField(max_length=3)),
                ("tier_unit_minor", ArrayField(element_type="BIGINT")),
                ("auto_renew", fields.BooleanField()),
                ("reference", fields.CharField(null=True, max_length=100)),
                ("term_start", fields.DateField(null=True)),
                ("term_end", fields.DateField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "subscriptions",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"]), Index(fields=["order_id"])],
                "pk_attr": "id",
                "table_description": "What a customer has; `order_line_id` is unique, so an order line never makes two.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint("Order", CheckConstraint(check="cycle_multiplier > 0", name="orders_multiplier")),
        ops.AddConstraint("OrderLine", UniqueConstraint(fields=("order_id", "position"), name="order_lines_position")),
        ops.AddConstraint("OrderLine", CheckConstraint(check="quantity > 0", name="order_lines_quantity")),
        ops.AddConstraint("Subscription", CheckConstraint(check="quantity > 0", name="subscriptions_quantity")),
    ]
