"""Invoices, their numbers, and what was paid of them."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from domain.billing.models import Account
from domain.invoices.states import InvoiceState
from domain.organizations.models import Organization


class PaymentMethod(StrEnum):
    """How an invoice was paid; WALLET is what had been paid in before."""

    BANK_TRANSFER = "BANK_TRANSFER"
    CARD = "CARD"
    CASH = "CASH"
    OTHER = "OTHER"
    WALLET = "WALLET"


class Invoice(Model):
    """What a seller asks of a buyer: the charges that name it in `invoice_id`.

    `scope` is the buyer's, `seller_scope` the seller's; `account` is a customer's invoiced one, partners have none.
    It covers charges of local dates before `period_end`. Once it has its number only the state and what was paid
    change: PostgreSQL refuses the rest. `parties` are seller and buyer as they were then.
    """

    id = fields.UUIDField(primary_key=True)
    seller: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    buyer: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "provender.Account", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    seller_scope = fields.TextField()
    number = fields.CharField(max_length=32)
    state = fields.CharEnumField(InvoiceState, max_length=16)
    currency = fields.CharField(max_length=3)
    total_minor = fields.BigIntField()
    paid_minor = fields.BigIntField()
    period_start = fields.DateField()
    period_end = fields.DateField()
    issued_on = fields.DateField()
    due_on = fields.DateField()
    parties: fields.JSONField[dict[str, Any]] = fields.JSONField()
    credit_note_number = fields.CharField(max_length=32, null=True)
    void_reason = fields.CharField(max_length=200, null=True)
    issued_at = fields.DatetimeField()
    paid_at = fields.DatetimeField(null=True)
    voided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invoices"
        indexes = (
            Index(fields=("scope", "id")),
            Index(fields=("seller_scope", "id")),
            Index(fields=("account_id", "id")),
        )
        constraints = (
            UniqueConstraint(fields=("seller_id", "number"), name="invoices_number"),
            CheckConstraint(check="total_minor > 0 AND paid_minor BETWEEN 0 AND total_minor", name="invoices_paid"),
            CheckConstraint(check="period_end > period_start", name="invoices_period"),
        )


class DocumentNumber(Model):
    """The last number that a seller has given in a series; its row is locked by the transaction that takes the next."""

    id = fields.UUIDField(primary_key=True)
    seller: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    series = fields.CharField(max_length=8)
    given = fields.IntField()

    class Meta:
        table = "document_numbers"
        constraints = (UniqueConstraint(fields=("seller_id", "series"), name="document_numbers_once"),)


class Payment(Model):
    """A payment of an invoice, as it was recorded; never changed, never removed."""

    id = fields.UUIDField(primary_key=True)
    invoice: fields.ForeignKeyRelation[Invoice] = fields.ForeignKeyField(
        "provender.Invoice", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    seller_scope = fields.TextField()
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    method = fields.CharEnumField(PaymentMethod, max_length=16)
    paid_on = fields.DateField()
    note = fields.CharField(max_length=200, null=True)
    created_by = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()

    invoice_id: UUID

    class Meta:
        table = "payments"
        indexes = (
            Index(fields=("scope", "id")),
            Index(fields=("seller_scope", "id")),
            Index(fields=("invoice_id", "id")),
        )
        constraints = (CheckConstraint(check="amount_minor > 0", name="payments_amount"),)
