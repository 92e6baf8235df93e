"""Contracts, and the prices agreed in them."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from domain.catalog.models import Plan, SalesModel
from domain.organizations.models import Organization
from domain.uploads.models import Upload


class ContractState(StrEnum):
    """Where a contract stands on a day of its customer: it follows from its dates and is not kept."""

    SCHEDULED = "SCHEDULED"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"


class Contract(Model):
    """A contract of a customer with its seller, for local dates `starts_on` to `ends_on`, both included.

    `ends_on` NULL is open-ended. The document is named, where it lies elsewhere; `upload` is the signed paper itself.
    """

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    seller: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    number = fields.CharField(max_length=64)
    external_reference = fields.CharField(max_length=100, null=True)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)
    notice_days = fields.IntField()
    document_name = fields.CharField(max_length=200, null=True)
    document_location = fields.CharField(max_length=500, null=True)
    upload: fields.ForeignKeyNullableRelation[Upload] = fields.ForeignKeyField(
        "provender.Upload", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    currency = fields.CharField(max_length=3)
    created_at = fields.DatetimeField()

    organization_id: UUID
    seller_id: UUID

    class Meta:
        table = "contracts"
        indexes = (
            Index(fields=("scope", "id")),
            Index(fields=("organization_id", "id")),
            Index(fields=("external_reference",)),
        )
        constraints = (
            UniqueConstraint(fields=("seller_id", "number"), name="contracts_number"),
            UniqueConstraint(fields=("upload_id",), name="contracts_upload"),
            CheckConstraint(check="ends_on >= starts_on", name="contracts_term"),
            CheckConstraint(check="notice_days >= 0", name="contracts_notice"),
        )


class ContractPrice(Model):
    """A unit price, in minor units of the contract's currency, that beats the price lists of the contract's seller."""

    id = fields.UUIDField(primary_key=True)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "provender.Contract", on_delete=fields.CASCADE, related_name="prices"
    )
    plan: fields.ForeignKeyRelation[Plan] = fields.ForeignKeyField(
        "provender.Plan", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    sales_model = fields.CharEnumField(SalesModel, max_length=16)
    unit_minor = fields.BigIntField()

    class Meta:
        table = "contract_prices"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (
            UniqueConstraint(fields=("contract_id", "plan_id", "sales_model"), name="contract_prices_once"),
            CheckConstraint(check="unit_minor >= 0", name="contract_prices_unit"),
        )
