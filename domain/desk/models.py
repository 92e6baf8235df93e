"""Tickets."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from domain.desk.states import TicketKind, TicketState
from domain.organizations.models import Organization


class Ticket(Model):
    """What a person at a seller's desk is to do; `organization` and `scope` are the seller's.

    `about_id` is what waits for it (an operation at a provisioner, a backorder): it has one ticket of a kind.
    `outputs_sealed` holds what the person marked secret, encrypted.
    """

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    number = fields.CharField(max_length=20, unique=True)
    kind = fields.CharEnumField(TicketKind, max_length=24)
    state = fields.CharEnumField(TicketState, max_length=16)
    subject = fields.CharField(max_length=200)
    details = fields.TextField()
    about_id = fields.UUIDField()
    customer: fields.ForeignKeyNullableRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", null=True, on_delete=fields.RESTRICT, related_name=False
    )
    subscription_id = fields.UUIDField(null=True)
    operation_id = fields.UUIDField(null=True)
    outputs: fields.JSONField[dict[str, Any]] = fields.JSONField(db_default={})
    outputs_sealed = fields.BinaryField(null=True)
    failure_code = fields.CharField(max_length=64, null=True)
    failure_reason = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    organization_id: UUID
    customer_id: UUID | None

    class Meta:
        table = "tickets"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (UniqueConstraint(fields=("about_id", "kind"), name="tickets_about"),)
