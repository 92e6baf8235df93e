"""Subscriptions, and who uses them."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from domain.access.models import Member
from domain.catalog.models import Charging, Plan, Product, SalesModel
from domain.contracts.models import Contract
from domain.organizations.models import Organization
from domain.subscriptions.states import SubscriptionState


class Subscription(Model):
    """What a customer has; `order_line_id` is unique, so an order line never makes two.

    `tier_unit_minor[i]` is the recurring unit price of edge i of the chain in `scope`; the term is the half-open
    interval of local dates [term_start, term_end), NULL until it is active. Nothing is charged for days before
    `billing_starts_on`; `trial_ends_on` is the first day after the trial, NULL without one; `expires_on` the last day
    that was asked for, NULL where it ends with a term. A protected one belongs to an account, came of no order and
    stays as long as the account. `policies` are those of its purchase (`domain/billing/policies.py`), whatever is
    current later, as `charging` is what its plan had then.
    """

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    order_id = fields.UUIDField(null=True)
    order_line_id = fields.UUIDField(unique=True, null=True)
    account_id = fields.UUIDField(null=True)
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "provender.Product", on_delete=fields.RESTRICT, related_name=False
    )
    plan: fields.ForeignKeyRelation[Plan] = fields.ForeignKeyField(
        "provender.Plan", on_delete=fields.RESTRICT, related_name=False
    )
    quantity = fields.IntField()
    state = fields.CharEnumField(SubscriptionState, max_length=16)
    sales_model = fields.CharEnumField(SalesModel, max_length=16)
    cycle_multiplier = fields.IntField()
    currency = fields.CharField(max_length=3)
    tier_unit_minor = ArrayField(element_type="bigint")
    auto_renew = fields.BooleanField()
    is_protected = fields.BooleanField(db_default=False)
    reference = fields.CharField(max_length=100, null=True)
    charging = fields.CharEnumField(Charging, max_length=16, db_default=Charging.PREPAID.value)
    policies: fields.JSONField[dict[str, Any]] = fields.JSONField(db_default={})
    term_start = fields.DateField(null=True)
    term_end = fields.DateField(null=True)
    contract: fields.ForeignKeyNullableRelation[Contract] = fields.ForeignKeyField(
        "provender.Contract", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    pending_sales_model = fields.CharEnumField(SalesModel, max_length=16, null=True)
    pending_cycle_multiplier = fields.IntField(null=True)
    pending_since = fields.DatetimeField(null=True)
    purchased_on = fields.DateField(null=True)
    billing_starts_on = fields.DateField(null=True)
    trial_ends_on = fields.DateField(null=True)
    expires_on = fields.DateField(null=True)
    # What the worker goes by (`domain/subscriptions/due.py`); `due_at` is when it looks again, NULL for never.
    anchor_day = fields.SmallIntField(null=True)
    cycle = fields.IntField(db_default=1)
    billed_until = fields.DateField(null=True)
    unpaid_since = fields.DateField(null=True)
    retry_on = fields.DateField(null=True)
    reminded_of = fields.DateField(null=True)
    kept_until = fields.DateField(null=True)
    due_at = fields.DatetimeField(null=True)
    # What it is sold with beside its plan (`domain/subscriptions/addons.py`): always read and charged with it.
    add_ons: fields.JSONField[list[dict[str, Any]]] = fields.JSONField(db_default=[])
    # The change that its provisioner works on, NULL without one (`domain/subscriptions/changing.py`).
    change: fields.JSONField[dict[str, Any] | None] = fields.JSONField(null=True)
    created_at = fields.DatetimeField()

    organization_id: UUID
    product_id: UUID
    plan_id: UUID

    class Meta:
        table = "subscriptions"
        indexes = (Index(fields=("scope", "id")), Index(fields=("order_id",)))
        constraints = (
            CheckConstraint(check="quantity > 0", name="subscriptions_quantity"),
            CheckConstraint(
                check="num_nulls(pending_sales_model, pending_cycle_multiplier, pending_since) IN (0, 3)",
                name="subscriptions_pending",
            ),
        )


class SubscriptionAssignee(Model):
    """One member of the customer that uses a subscription."""

    id = fields.UUIDField(primary_key=True)
    subscription: fields.ForeignKeyRelation[Subscription] = fields.ForeignKeyField(
        "provender.Subscription", on_delete=fields.CASCADE, related_name=False
    )
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "provender.Member", on_delete=fields.CASCADE, related_name=False
    )
    scope = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "subscription_assignees"
        indexes = (Index(fields=("member_id",)),)
        constraints = (UniqueConstraint(fields=("subscription_id", "member_id"), name="subscription_assignees_once"),)


class TrialUse(Model):
    """That a customer has tried a product, in which order: each product once, whoever comes at once (B3-O)."""

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "provender.Product", on_delete=fields.RESTRICT, related_name=False
    )
    order_id = fields.UUIDField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "trial_uses"
        indexes = (Index(fields=("scope", "id")), Index(fields=("order_id",)))
        constraints = (UniqueConstraint(fields=("organization_id", "product_id"), name="trial_uses_once"),)
