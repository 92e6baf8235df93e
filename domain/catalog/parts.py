"""What products are grouped by, what plans are sold with or made of, and the terms they are sold under."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from domain.catalog.models import Plan, Product
from domain.organizations.models import Organization


class LimitPer(StrEnum):
    """What the limits of an add-on count for."""

    SEAT = "SEAT"
    SUBSCRIPTION = "SUBSCRIPTION"


class Category(Model):
    """A shelf of one organization's catalog (CB); `position` is its place among the others."""

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    key = fields.CharField(max_length=64)
    name = fields.CharField(max_length=200)
    position = fields.IntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "categories"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (UniqueConstraint(fields=("organization_id", "key"), name="categories_key"),)


class OrderType(Model):
    """A group of packages that are ordered together (ORION); `position` is its place among the others."""

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    key = fields.CharField(max_length=64)
    name = fields.CharField(max_length=200)
    position = fields.IntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "order_types"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (UniqueConstraint(fields=("organization_id", "key"), name="order_types_key"),)


class ProductCategory(Model):
    """A product in a category; it may be in several."""

    id = fields.UUIDField(primary_key=True)
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "provender.Product", on_delete=fields.CASCADE, related_name=False
    )
    category: fields.ForeignKeyRelation[Category] = fields.ForeignKeyField(
        "provender.Category", on_delete=fields.RESTRICT, related_name=False
    )

    class Meta:
        table = "product_categories"
        indexes = (Index(fields=("category_id",)),)
        constraints = (UniqueConstraint(fields=("product_id", "category_id"), name="product_categories_once"),)


class ProductOrderType(Model):
    """A product of an order type; it may be of several."""

    id = fields.UUIDField(primary_key=True)
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "provender.Product", on_delete=fields.CASCADE, related_name=False
    )
    order_type: fields.ForeignKeyRelation[OrderType] = fields.ForeignKeyField(
        "provender.OrderType", on_delete=fields.RESTRICT, related_name=False
    )

    class Meta:
        table = "product_order_types"
        indexes = (Index(fields=("order_type_id",)),)
        constraints = (UniqueConstraint(fields=("product_id", "order_type_id"), name="product_order_types_once"),)


class PlanAddOn(Model):
    """An add-on that a plan may be sold with, from `min_quantity` to `max_quantity` of it."""

    id = fields.UUIDField(primary_key=True)
    plan: fields.ForeignKeyRelation[Plan] = fields.ForeignKeyField(
        "provender.Plan", on_delete=fields.CASCADE, related_name=False
    )
    add_on: fields.ForeignKeyRelation[Plan] = fields.ForeignKeyField(
        "provender.Plan", on_delete=fields.RESTRICT, related_name=False
    )
    min_quantity = fields.IntField()
    max_quantity = fields.IntField()
    per = fields.CharEnumField(LimitPer, max_length=16)

    class Meta:
        table = "plan_add_ons"
        indexes = (Index(fields=("add_on_id",)),)
        constraints = (
            UniqueConstraint(fields=("plan_id", "add_on_id"), name="plan_add_ons_once"),
            CheckConstraint(check="0 <= min_quantity AND min_quantity <= max_quantity", name="plan_add_ons_limits"),
        )


class PlanComponent(Model):
    """What a bundle is made of: `quantity` of a plan in each one of it."""

    id = fields.UUIDField(primary_key=True)
    plan: fields.ForeignKeyRelation[Plan] = fields.ForeignKeyField(
        "provender.Plan", on_delete=fields.CASCADE, related_name=False
    )
    component: fields.ForeignKeyRelation[Plan] = fields.ForeignKeyField(
        "provender.Plan", on_delete=fields.RESTRICT, related_name=False
    )
    quantity = fields.IntField()

    class Meta:
        table = "plan_components"
        indexes = (Index(fields=("component_id",)),)
        constraints = (
            UniqueConstraint(fields=("plan_id", "component_id"), name="plan_components_once"),
            CheckConstraint(check="quantity > 0", name="plan_components_quantity"),
        )


class TermsDocument(Model):
    """One version of a product's terms of service; the database refuses to change one (migration)."""

    id = fields.UUIDField(primary_key=True)
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "provender.Product", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    version = fields.IntField()
    text = fields.TextField()
    sha256 = fields.CharField(max_length=64)
    valid_from = fields.DateField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "terms_documents"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (UniqueConstraint(fields=("product_id", "version"), name="terms_documents_version"),)
