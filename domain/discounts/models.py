"""Discounts, and which orders redeemed them."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from domain.catalog.models import Plan, Product
from domain.organizations.models import Organization


class DiscountDuration(StrEnum):
    """For which billing cycles a discount is given."""

    ONCE = "ONCE"
    CYCLES = "CYCLES"
    FOREVER = "FOREVER"


class Discount(Model):
    """What one seller takes off what its buyers (all, or one) pay it, on all it sells, one product or one plan.

    `code_key` is the folded code, NULL where the discount is given by itself; `redeemed` counts what was given by
    code. PostgreSQL holds the limit, so that no order gets past it.
    """

    id = fields.UUIDField(primary_key=True)
    seller: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    buyer: fields.ForeignKeyNullableRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    product: fields.ForeignKeyNullableRelation[Product] = fields.ForeignKeyField(
        "provender.Product", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    plan: fields.ForeignKeyNullableRelation[Plan] = fields.ForeignKeyField(
        "provender.Plan", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    name = fields.CharField(max_length=200)
    code = fields.CharField(max_length=64, null=True)
    code_key = fields.CharField(max_length=200, null=True)
    percent = fields.DecimalField(max_digits=7, decimal_places=4, null=True)
    fixed_minor = fields.BigIntField(null=True)
    currency = fields.CharField(max_length=3, null=True)
    duration = fields.CharEnumField(DiscountDuration, max_length=8)
    cycles = fields.IntField(null=True)
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)
    redemption_limit = fields.IntField(null=True)
    redeemed = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "discounts"
        indexes = (Index(fields=("scope", "id")), Index(fields=("seller_id", "id")))
        constraints = (
            UniqueConstraint(fields=("seller_id", "code_key"), name="discounts_code"),
            CheckConstraint(check="redeemed >= 0 AND redeemed <= redemption_limit", name="discounts_redeemed"),
            CheckConstraint(check="(percent IS NULL) <> (fixed_minor IS NULL)", name="discounts_amount"),
            CheckConstraint(check="(fixed_minor IS NULL) = (currency IS NULL)", name="discounts_currency"),
            CheckConstraint(check="valid_until > valid_from", name="discounts_window"),
        )


class DiscountRedemption(Model):
    """One discount on one order: `line_minor[i]` is what the order's line i was given in its first billing cycle.

    `edge` is the place of the seller in the chain of `scope`, from 0; `released_at` is set when the order came to
    nothing.
    """

    id = fields.UUIDField(primary_key=True)
    discount: fields.ForeignKeyRelation[Discount] = fields.ForeignKeyField(
        "provender.Discount", on_delete=fields.RESTRICT, related_name=False
    )
    order_id = fields.UUIDField()
    scope = fields.TextField()
    edge = fields.IntField()
    line_minor = ArrayField(element_type="bigint")
    created_at = fields.DatetimeField()
    released_at = fields.DatetimeField(null=True)

    discount_id: UUID

    class Meta:
        table = "discount_redemptions"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (
            UniqueConstraint(
                fields=("order_id", "discount_id"), name="discount_redemptions_once", condition="released_at IS NULL"
            ),
        )
