"""Orders and their lines."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from domain.catalog.models import Charging, Plan, Product, SalesModel
from domain.catalog.parts import TermsDocument
from domain.contracts.models import Contract
from domain.orders.states import LineState, OrderState
from domain.organizations.models import Organization
from domain.uploads.models import Upload


class OrderMethod(StrEnum):
    """By which prices an order is placed (B3-O)."""

    NORMAL = "NORMAL"
    CONTRACT = "CONTRACT"


class Order(Model):
    """An order of one customer. `tier_total_minor[i]` is what the chain's member i+1 pays member i for the first term.

    The chain is that of `scope`, from the distributor down; the amounts are fixed at submission and NULL before it.
    The method is CONTRACT where there is a contract; `decided_by` approved or rejected what had to be. Dates are the
    buyer's own; `trial_until` and `expires_on` are last days. `attempt` counts from 1
    how often it was provisioned; a line has that of its own last one. `version` counts from 1 how often it was written.
    """

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    number = fields.CharField(max_length=20, unique=True)
    state = fields.CharEnumField(OrderState, max_length=24)
    sales_model = fields.CharEnumField(SalesModel, max_length=16)
    cycle_multiplier = fields.IntField()
    currency = fields.CharField(max_length=3)
    auto_renew = fields.BooleanField()
    subscription_reference = fields.CharField(max_length=100, null=True)
    contract: fields.ForeignKeyNullableRelation[Contract] = fields.ForeignKeyField(
        "provender.Contract", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    discount_codes = ArrayField(element_type="text", null=True)
    billing_starts_on = fields.DateField(null=True)
    trial_until = fields.DateField(null=True)
    is_billing_postponed = fields.BooleanField(db_default=False)
    expires_on = fields.DateField(null=True)
    contact_first_name = fields.CharField(max_length=100, null=True)
    contact_last_name = fields.CharField(max_length=100, null=True)
    contact_email = fields.CharField(max_length=254, null=True)
    sends_credentials = fields.BooleanField(db_default=False)
    payment_method = fields.CharEnumField(Charging, max_length=16, null=True)
    tier_total_minor = ArrayField(element_type="bigint", null=True)
    failure_code = fields.CharField(max_length=64, null=True)
    failure_reason = fields.TextField(null=True)
    created_by = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()
    submitted_at = fields.DatetimeField(null=True)
    submitted_by = fields.CharField(max_length=64, null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.CharField(max_length=64, null=True)
    rejection_reason = fields.CharField(max_length=1000, null=True)
    finished_at = fields.DatetimeField(null=True)
    attempt = fields.IntField(db_default=1)
    version = fields.IntField(db_default=1)

    organization_id: UUID
    contract_id: UUID | None

    class Meta:
        table = "orders"
        indexes = (Index(fields=("scope", "id")), Index(fields=("organization_id", "id")))
        constraints = (CheckConstraint(check="cycle_multiplier > 0", name="orders_multiplier"),)


class OrderLine(Model):
    """One plan with its quantity; `tier_unit_minor` and `tier_amount_minor` are by edge, as on the order.

    The amounts are what is left after `tier_discount_minor`; the unit prices are those before it.
    """

    id = fields.UUIDField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField(
        "provender.Order", on_delete=fields.CASCADE, related_name="lines"
    )
    scope = fields.TextField()
    position = fields.IntField()
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "provender.Product", on_delete=fields.RESTRICT, related_name=False
    )
    plan: fields.ForeignKeyRelation[Plan] = fields.ForeignKeyField(
        "provender.Plan", on_delete=fields.RESTRICT, related_name=False
    )
    quantity = fields.IntField()
    parameters: fields.JSONField[dict[str, Any]] = fields.JSONField()
    state = fields.CharEnumField(LineState, max_length=16)
    tier_unit_minor = ArrayField(element_type="bigint", null=True)
    tier_amount_minor = ArrayField(element_type="bigint", null=True)
    tier_discount_minor = ArrayField(element_type="bigint", null=True)
    subscription_id = fields.UUIDField(null=True)
    failure_code = fields.CharField(max_length=64, null=True)
    failure_reason = fields.TextField(null=True)
    attempt = fields.IntField(db_default=1)

    order_id: UUID
    product_id: UUID
    plan_id: UUID

    class Meta:
        table = "order_lines"
        constraints = (
            UniqueConstraint(fields=("order_id", "position"), name="order_lines_position"),
            CheckConstraint(check="quantity > 0", name="order_lines_quantity"),
        )


class TermsAcceptance(Model):
    """That whoever submitted an order accepted one version of terms; never changed. `address` is the client's."""

    id = fields.UUIDField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField(
        "provender.Order", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    terms: fields.ForeignKeyRelation[TermsDocument] = fields.ForeignKeyField(
        "provender.TermsDocument", on_delete=fields.RESTRICT, related_name=False
    )
    accepted_by = fields.CharField(max_length=64)
    accepted_at = fields.DatetimeField()
    address = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "terms_acceptances"
        indexes = (Index(fields=("order_id",)),)


class OrderForm(Model):
    """A file that is kept with an order; never changed. `upload` is never NULL: `order_forms_file` refuses that."""

    id = fields.UUIDField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField(
        "provender.Order", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    upload: fields.ForeignKeyNullableRelation[Upload] = fields.ForeignKeyField(
        "provender.Upload", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    attached_by = fields.CharField(max_length=64)
    attached_at = fields.DatetimeField()

    class Meta:
        table = "order_forms"
        indexes = (Index(fields=("order_id",)),)
        constraints = (
            UniqueConstraint(fields=("upload_id",), name="order_forms_once"),
            CheckConstraint(check="upload_id IS NOT NULL", name="order_forms_file"),
        )


class FailedAttempt(Model):
    """How a line failed before it was tried again; never changed."""

    id = fields.UUIDField(primary_key=True)
    order_line: fields.ForeignKeyRelation[OrderLine] = fields.ForeignKeyField(
        "provender.OrderLine", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    attempt = fields.IntField()
    failure_code = fields.CharField(max_length=64)
    failure_reason = fields.TextField()
    failed_at = fields.DatetimeField()
    retried_by = fields.CharField(max_length=64)
    retried_at = fields.DatetimeField()

    class Meta:
        table = "failed_attempts"
        constraints = (UniqueConstraint(fields=("order_line_id", "attempt"), name="failed_attempts_once"),)
