"""What the porting desk works on: one table, three kinds."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from domain.catalog.models import Plan
from domain.organizations.models import Organization
from domain.porting.states import PortState
from domain.uploads.models import Upload


class PortKind(StrEnum):
    """What is asked for: numbers of another carrier, new toll-free numbers, or toll-free numbers under our control."""

    PORT_IN = "PORT_IN"
    TOLL_FREE = "TOLL_FREE"
    RESP_ORG = "RESP_ORG"


class Port(Model):
    """One request of a customer, to be carried out by the desk of its distributor.

    `counterpart` is the losing carrier, or the RespOrg that controls the numbers now. `pin_sealed` is the customer's
    secret at the losing carrier, encrypted. `number_ids` are the rows that wait for the numbers while they come in.
    `confirmed_on` is a local date of the customer: the FOC date of a port.
    """

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    kind = fields.CharEnumField(PortKind, max_length=16)
    state = fields.CharEnumField(PortState, max_length=16)
    numbers = ArrayField(element_type="text", db_default=[])
    number_ids = ArrayField(element_type="uuid", db_default=[])
    quantity = fields.IntField(null=True)
    wanted = fields.CharField(max_length=100, null=True)
    plan: fields.ForeignKeyNullableRelation[Plan] = fields.ForeignKeyField(
        "provender.Plan", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    subscription_id = fields.UUIDField(null=True)
    counterpart = fields.CharField(max_length=200, null=True)
    account_number = fields.CharField(max_length=100, null=True)
    pin_sealed = fields.BinaryField(null=True)
    billing_number = fields.CharField(max_length=16, null=True)
    authorized_person = fields.CharField(max_length=200, null=True)
    street = fields.CharField(max_length=200, null=True)
    postal_code = fields.CharField(max_length=20, null=True)
    city = fields.CharField(max_length=100, null=True)
    region = fields.CharField(max_length=100, null=True)
    country = fields.CharField(max_length=2, null=True)
    upload: fields.ForeignKeyNullableRelation[Upload] = fields.ForeignKeyField(
        "provender.Upload", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    requested_on = fields.DateField(null=True)
    confirmed_on = fields.DateField(null=True)
    exception_reason = fields.CharField(max_length=500, null=True)
    created_at = fields.DatetimeField()
    submitted_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)

    organization_id: UUID

    class Meta:
        table = "ports"
        indexes = (Index(fields=("scope", "kind", "id")), Index(fields=("organization_id", "id")))
        constraints = (
            UniqueConstraint(fields=("upload_id",), name="ports_upload"),
            CheckConstraint(
                check="state NOT IN ('FOC_CONFIRMED', 'PORTED') OR confirmed_on IS NOT NULL", name="ports_confirmed"
            ),
            CheckConstraint(check="state <> 'EXCEPTION' OR exception_reason IS NOT NULL", name="ports_exception"),
        )
