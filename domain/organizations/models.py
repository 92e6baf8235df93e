"""Organizations: the rows of the reseller tree."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from domain.organizations.states import OrganizationState
from domain.shared.actor import OrganizationKind


class BillingMode(StrEnum):
    """Whether a customer gets one invoice, or one for each of its groups (ORION, "Billing Type")."""

    ENTERPRISE = "ENTERPRISE"
    GROUP = "GROUP"


class ApprovalRule(StrEnum):
    """Which orders of a customer wait for somebody else's approval."""

    NEVER = "NEVER"
    WITHOUT_PERMISSION = "WITHOUT_PERMISSION"
    ABOVE_AMOUNT = "ABOVE_AMOUNT"


class Organization(Model):
    """A distributor, partner or customer; `scope` is its own path in the reseller tree.

    `billing_mode` is a customer's, `phone` E.164, `invoice_emails` get invoices beside the billing contact,
    `desk_email` the tickets of a seller; `approval_above_minor`, in its currency, goes with the rule ABOVE_AMOUNT.
    """

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharEnumField(OrganizationKind, max_length=16)
    parent: fields.ForeignKeyNullableRelation["Organization"] = fields.ForeignKeyField(
        "provender.Organization", null=True, on_delete=fields.RESTRICT, related_name="children"
    )
    scope = fields.TextField()
    name = fields.CharField(max_length=200)
    name_key = fields.CharField(max_length=200)
    company = fields.CharField(max_length=200)
    domain = fields.CharField(max_length=253, null=True)
    reference = fields.CharField(max_length=100, null=True)
    billing_first_name = fields.CharField(max_length=100, null=True)
    billing_last_name = fields.CharField(max_length=100, null=True)
    billing_email = fields.CharField(max_length=254, null=True)
    street = fields.CharField(max_length=200, null=True)
    postal_code = fields.CharField(max_length=20, null=True)
    city = fields.CharField(max_length=100, null=True)
    country = fields.CharField(max_length=2, null=True)
    time_zone = fields.CharField(max_length=64)
    currency = fields.CharField(max_length=3)
    state = fields.CharEnumField(OrganizationState, max_length=16, db_default="ACTIVE")
    billing_mode = fields.CharEnumField(BillingMode, max_length=16, null=True)
    phone = fields.CharField(max_length=16, null=True)
    notes = fields.TextField(null=True)
    invoice_emails = ArrayField(element_type="text", db_default=[])
    desk_email = fields.CharField(max_length=254, null=True)
    approval_rule = fields.CharEnumField(ApprovalRule, max_length=24, db_default="NEVER")
    approval_above_minor = fields.BigIntField(null=True)
    created_at = fields.DatetimeField()

    parent_id: UUID | None

    class Meta:
        table = "organizations"
        indexes = (Index(fields=("parent_id",)),)
        constraints = (
            UniqueConstraint(fields=("scope",), name="organizations_scope"),
            UniqueConstraint(fields=("parent_id", "name_key"), name="organizations_name"),
            UniqueConstraint(fields=("parent_id", "domain"), name="organizations_domain"),
            UniqueConstraint(fields=("parent_id", "reference"), name="organizations_reference"),
        )


class EmergencyLocation(Model):
    """Where emergency services are sent to: one row a site of an organization; `phone` is its main number, E.164."""

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    name = fields.CharField(max_length=100)
    name_key = fields.CharField(max_length=100)
    phone = fields.CharField(max_length=16)
    street = fields.CharField(max_length=200)
    details = fields.CharField(max_length=200, null=True)
    postal_code = fields.CharField(max_length=20)
    city = fields.CharField(max_length=100)
    region = fields.CharField(max_length=100, null=True)
    country = fields.CharField(max_length=2)
    created_at = fields.DatetimeField()

    organization_id: UUID

    class Meta:
        table = "emergency_locations"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (UniqueConstraint(fields=("organization_id", "name_key"), name="emergency_locations_name"),)
