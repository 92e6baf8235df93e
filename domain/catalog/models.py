"""Products and plans, as each tier offers them to the next."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from domain.billing.policies import ProrationPolicy, RefundPolicy
from domain.organizations.models import Organization


class ProductType(StrEnum):
    """What kind of thing is sold (B3-O)."""

    HARDWARE = "HARDWARE"
    SERVICE = "SERVICE"
    BUNDLE = "BUNDLE"
    CONNECTOR = "CONNECTOR"
    APP = "APP"


class ProductStatus(StrEnum):
    """Whether a product is offered at all."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    ARCHIVED = "ARCHIVED"


class Orderability(StrEnum):
    """Whether a new order may name the product (ORION trunking, CS on-premise)."""

    ORDERABLE = "ORDERABLE"
    RENEW_AND_UPGRADE_ONLY = "RENEW_AND_UPGRADE_ONLY"
    CLOSED = "CLOSED"


class SalesModel(StrEnum):
    """How often the price falls due."""

    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"
    ONE_TIME = "ONE_TIME"


class PlanStatus(StrEnum):
    """Whether a plan of a product on sale may be chosen."""

    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"


class PlanKind(StrEnum):
    """What one of the plan's quantity is (B3-S add-ons and numbers, ORION seats)."""

    ITEM = "ITEM"
    SEAT = "SEAT"
    ADD_ON = "ADD_ON"
    NUMBER = "NUMBER"


class Charging(StrEnum):
    """What is charged (CS): a fixed amount in advance, or the month's highest count of users afterwards."""

    PREPAID = "PREPAID"
    POSTPAID = "POSTPAID"


class Product(Model):
    """A product of one organization, offered down its resale chain; `provisioner` is the key of its connector."""

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    key = fields.CharField(max_length=64)
    name = fields.CharField(max_length=200)
    description = fields.TextField(default="")
    type = fields.CharEnumField(ProductType, max_length=16)
    status = fields.CharEnumField(ProductStatus, max_length=16)
    orderability = fields.CharEnumField(Orderability, max_length=32)
    order_otherwise = fields.TextField(null=True)
    provisioner = fields.CharField(max_length=32)
    parameter_schema: fields.JSONField[dict[str, Any]] = fields.JSONField()
    is_system = fields.BooleanField(db_default=False)
    data_locations: fields.JSONField[list[dict[str, str]]] = fields.JSONField(db_default=[])
    created_at = fields.DatetimeField()

    organization_id: UUID

    class Meta:
        table = "products"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (UniqueConstraint(fields=("organization_id", "key"), name="products_key"),)


class Plan(Model):
    """A plan of a product; a higher rank is an upgrade (declared, never guessed from the price)."""

    id = fields.UUIDField(primary_key=True)
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "provender.Product", on_delete=fields.RESTRICT, related_name="plans"
    )
    scope = fields.TextField()
    key = fields.CharField(max_length=64)
    name = fields.CharField(max_length=200)
    rank = fields.IntField()
    max_quantity = fields.IntField()
    status = fields.CharEnumField(PlanStatus, max_length=16, db_default=PlanStatus.ACTIVE.value)
    kind = fields.CharEnumField(PlanKind, max_length=16, db_default=PlanKind.ITEM.value)
    charging = fields.CharEnumField(Charging, max_length=16, db_default=Charging.PREPAID.value)
    sales_models = ArrayField(element_type="text", db_default=[model.value for model in SalesModel])
    max_users = fields.IntField(null=True)
    included_numbers = fields.IntField(db_default=0)
    trial_days = fields.IntField(db_default=0)
    postponed_billing_months = fields.IntField(db_default=0)
    provisioning_hours = fields.IntField(db_default=24)
    proration = fields.CharEnumField(ProrationPolicy, max_length=32, db_default=ProrationPolicy.DAILY_DIFFERENCE.value)
    refund = fields.CharEnumField(RefundPolicy, max_length=32, db_default=RefundPolicy.WHOLE_UNUSED_MONTHS.value)
    full_refund_days = fields.IntField(db_default=14)
    created_at = fields.DatetimeField()

    class Meta:
        table = "plans"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (
            UniqueConstraint(fields=("product_id", "key"), name="plans_key"),
            UniqueConstraint(fields=("product_id", "rank"), name="plans_rank"),
            CheckConstraint(check="max_quantity > 0", name="plans_max_quantity"),
            CheckConstraint(check="cardinality(sales_models) > 0", name="plans_sales_models"),
            CheckConstraint(check="max_users > 0", name="plans_max_users"),
            CheckConstraint(check="included_numbers >= 0", name="plans_included_numbers"),
            CheckConstraint(check="trial_days BETWEEN 0 AND 30", name="plans_trial_days"),
            CheckConstraint(check="postponed_billing_months BETWEEN 0 AND 12", name="plans_postponed_billing_months"),
            CheckConstraint(check="provisioning_hours > 0", name="plans_provisioning_hours"),
            CheckConstraint(check="full_refund_days BETWEEN 0 AND 365", name="plans_full_refund_days"),
        )
