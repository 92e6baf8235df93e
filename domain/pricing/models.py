"""Price lists of sellers, and the prices on them."""

from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from domain.catalog.models import Plan, SalesModel
from domain.organizations.models import Organization


class PriceList(Model):
    """What one seller asks of its buyers (all, or one): explicit prices, and a markup on its own cost for the rest."""

    id = fields.UUIDField(primary_key=True)
    seller: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    buyer: fields.ForeignKeyNullableRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    name = fields.CharField(max_length=200)
    currency = fields.CharField(max_length=3)
    markup_percent = fields.DecimalField(max_digits=9, decimal_places=4, null=True)
    created_at = fields.DatetimeField()

    seller_id: UUID
    buyer_id: UUID | None

    class Meta:
        table = "price_lists"
        indexes = (Index(fields=("scope", "id")), Index(fields=("seller_id", "currency")))
        constraints = (UniqueConstraint(fields=("seller_id", "name"), name="price_lists_name"),)


class Price(Model):
    """An explicit unit price in minor units, valid for local dates [valid_from, valid_until)."""

    id = fields.UUIDField(primary_key=True)
    price_list: fields.ForeignKeyRelation[PriceList] = fields.ForeignKeyField(
        "provender.PriceList", on_delete=fields.CASCADE, related_name="prices"
    )
    plan: fields.ForeignKeyRelation[Plan] = fields.ForeignKeyField(
        "provender.Plan", on_delete=fields.RESTRICT, related_name=False
    )
    sales_model = fields.CharEnumField(SalesModel, max_length=16)
    unit_minor = fields.BigIntField()
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)

    class Meta:
        table = "prices"
        indexes = (Index(fields=("plan_id", "sales_model")),)
        constraints = (
            UniqueConstraint(fields=("price_list_id", "plan_id", "sales_model", "valid_from"), name="prices_once"),
            CheckConstraint(check="unit_minor >= 0", name="prices_unit"),
            CheckConstraint(check="valid_until > valid_from", name="prices_window"),
        )
