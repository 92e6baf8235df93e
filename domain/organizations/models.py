"""Organizations: the rows of the reseller tree."""

from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from domain.shared.actor import OrganizationKind


class Organization(Model):
    """A distributor, partner or customer; `scope` is its own path in the reseller tree."""

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
