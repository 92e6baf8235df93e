"""Accounts, the entries of their wallets, and the ledger of charges."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from domain.organizations.models import Organization


class AccountKind(StrEnum):
    """An enterprise account owns the customer's groups; what it buys lives on its group accounts (ORION)."""

    ENTERPRISE = "ENTERPRISE"
    GROUP = "GROUP"


class CreditTerms(StrEnum):
    """How far an account may order before it has paid."""

    UNLIMITED = "UNLIMITED"
    PREPAID = "PREPAID"
    POSTPAID = "POSTPAID"


class EntryKind(StrEnum):
    """Why a wallet has more or less at its disposal."""

    TOP_UP = "TOP_UP"
    CREDIT = "CREDIT"
    HOLD = "HOLD"
    RELEASE = "RELEASE"
    CHARGE = "CHARGE"
    REFUND = "REFUND"
    PAYMENT = "PAYMENT"


class ChargeKind(StrEnum):
    """What a charge of the ledger is for."""

    RECURRING = "RECURRING"
    ONE_TIME = "ONE_TIME"
    PRORATION = "PRORATION"
    USAGE = "USAGE"
    REFUND = "REFUND"
    CREDIT = "CREDIT"
    DISCOUNT = "DISCOUNT"


class Account(Model):
    """A customer's account: `position` 0 is its enterprise account, the groups count from 1.

    `balance_minor` is the sum of its entries but HOLD and RELEASE, `held_minor` that of those two, its sign turned.
    """

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    kind = fields.CharEnumField(AccountKind, max_length=16)
    position = fields.IntField()
    name = fields.CharField(max_length=211)
    name_key = fields.CharField(max_length=211)
    currency = fields.CharField(max_length=3)
    is_invoiced = fields.BooleanField()
    credit_terms = fields.CharEnumField(CreditTerms, max_length=16)
    credit_limit_minor = fields.BigIntField()
    balance_minor = fields.BigIntField()
    held_minor = fields.BigIntField()
    created_at = fields.DatetimeField()

    organization_id: UUID

    class Meta:
        table = "accounts"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (
            UniqueConstraint(fields=("organization_id", "position"), name="accounts_position"),
            UniqueConstraint(fields=("organization_id", "name_key"), name="accounts_name"),
            CheckConstraint(check="credit_limit_minor >= 0", name="accounts_credit_limit"),
            CheckConstraint(check="held_minor >= 0", name="accounts_held"),
        )


class WalletEntry(Model):
    """One change of what an account has at its disposal; never changed, never removed.

    `available_minor` is what was at its disposal afterwards, the credit limit included: never negative after a hold.
    """

    id = fields.UUIDField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "provender.Account", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    kind = fields.CharEnumField(EntryKind, max_length=16)
    amount_minor = fields.BigIntField()
    available_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    order_id = fields.UUIDField(null=True)
    note = fields.CharField(max_length=200, null=True)
    created_by = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()

    account_id: UUID

    class Meta:
        table = "wallet_entries"
        indexes = (Index(fields=("scope", "id")), Index(fields=("account_id", "id")), Index(fields=("order_id",)))
        constraints = (CheckConstraint(check="kind <> 'HOLD' OR available_minor >= 0", name="wallet_entries_covered"),)


class LedgerCharge(Model):
    """What a buyer owes its seller for one thing on one edge of a resale chain, or (negative) is given back.

    `scope` is the buyer's, `seller_scope` the seller's; the subscription is one of `customer`, whom a partner sells to.
    `account` is the invoiced one of a customer, `group` the one that the subscription lives on; partners have none. The
    period is a half-open interval of local dates. PostgreSQL refuses what would change or remove a row, but for the
    invoice that it is on; `source_key` says what made it, so that nothing is charged twice.
    """

    id = fields.UUIDField(primary_key=True)
    seller: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    buyer: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    customer: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    seller_scope = fields.TextField()
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "provender.Account", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    group: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "provender.Account", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    kind = fields.CharEnumField(ChargeKind, max_length=16)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    charged_on = fields.DateField()
    period_start = fields.DateField(null=True)
    period_end = fields.DateField(null=True)
    description = fields.CharField(max_length=500)
    explanation: fields.JSONField[dict[str, Any]] = fields.JSONField()
    subscription_id = fields.UUIDField(null=True)
    order_id = fields.UUIDField(null=True)
    order_line_id = fields.UUIDField(null=True)
    plan_id = fields.UUIDField(null=True)
    reference = fields.CharField(max_length=100, null=True)
    invoice_id = fields.UUIDField(null=True)
    source_key = fields.CharField(max_length=200, unique=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "charges"
        indexes = (
            Index(fields=("scope", "id")),
            Index(fields=("seller_scope", "id")),
            Index(fields=("subscription_id", "id")),
            Index(fields=("invoice_id", "id")),
        )
        constraints = (
            CheckConstraint(check="amount_minor <> 0", name="charges_amount"),
            CheckConstraint(check="period_end > period_start", name="charges_period"),
        )
