"""Telephone numbers."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from domain.catalog.models import Plan
from domain.numbers.states import BackorderState, NumberState
from domain.organizations.models import Organization


class NumberKind(StrEnum):
    """What calling a number means."""

    LOCAL = "LOCAL"
    TOLL_FREE = "TOLL_FREE"
    MOBILE = "MOBILE"


class Number(Model):
    """One telephone number of a seller's inventory (mostly the distributor's), sold down its resale chain.

    `scope` is whose it is now: the seller's place while it is in stock, the customer's once it is reserved or assigned.
    `plan` is the SKU that prices it. `free_from` is the instant from which anybody may claim it: the past for an
    available one, the end of a reservation or a quarantine, NULL while it is not to be had at all. So what expires does
    so by itself; what an order under way has reserved does not. `order_id` and `subscription_id` are what it is held
    for or of; `npa` and `nxx` are those of country code 1, else empty. In a tree a number stands once, whoever has it
    (an index of the migration).
    """

    id = fields.UUIDField(primary_key=True)
    seller: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    e164 = fields.CharField(max_length=16)
    country = fields.CharField(max_length=2)
    npa = fields.CharField(max_length=3)
    nxx = fields.CharField(max_length=3)
    rate_center = fields.CharField(max_length=100)
    kind = fields.CharEnumField(NumberKind, max_length=16)
    plan: fields.ForeignKeyRelation[Plan] = fields.ForeignKeyField(
        "provender.Plan", on_delete=fields.RESTRICT, related_name=False
    )
    state = fields.CharEnumField(NumberState, max_length=16)
    free_from = fields.DatetimeField(null=True)
    customer: fields.ForeignKeyNullableRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    order_id = fields.UUIDField(null=True)
    order_line_id = fields.UUIDField(null=True)
    subscription_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()

    seller_id: UUID
    plan_id: UUID
    customer_id: UUID | None

    class Meta:
        table = "numbers"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (
            # A reservation whose order is under way has no end of its own.
            CheckConstraint(
                check="CASE state WHEN 'RESERVED' THEN true WHEN 'AVAILABLE' THEN free_from IS NOT NULL "
                "WHEN 'QUARANTINED' THEN free_from IS NOT NULL ELSE free_from IS NULL END",
                name="numbers_free_from",
            ),
            CheckConstraint(
                check="(customer_id IS NOT NULL) OR state NOT IN ('RESERVED', 'ASSIGNED')", name="numbers_customer"
            ),
            CheckConstraint(check="e164 ~ '^[+][1-9][0-9]{5,14}$'", name="numbers_e164"),
        )


class Backorder(Model):
    """Numbers of an exchange that an order wants and no stock has: a person at the desk gets them.

    From its submission on it belongs to one line, which completes when all of them are there.
    """

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    order_id = fields.UUIDField()
    order_line_id = fields.UUIDField(null=True)
    npa = fields.CharField(max_length=3)
    nxx = fields.CharField(max_length=3)
    quantity = fields.IntField()
    fulfilled = fields.IntField(default=0)
    state = fields.CharEnumField(BackorderState, max_length=16)
    created_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "backorders"
        indexes = (Index(fields=("scope", "id")), Index(fields=("order_id",)))
        constraints = (
            CheckConstraint(check="fulfilled >= 0 AND fulfilled <= quantity AND quantity > 0", name="backorders_count"),
        )
