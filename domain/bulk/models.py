"""Bulk operations: what is to be done, how far it is, and where the next step begins."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.bulk.rules import BulkKind
from domain.bulk.states import BulkState
from domain.organizations.models import Organization


class BulkOperation(Model):
    """One piece of long work; `cursor` is where its next step begins, NULL before the first.

    `total` is NULL until it is known. `errors` are the first of the `failed`, each {item, code, message}.
    """

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    kind = fields.CharEnumField(BulkKind, max_length=32)
    state = fields.CharEnumField(BulkState, max_length=16)
    total = fields.IntField(null=True)
    done = fields.IntField(default=0)
    failed = fields.IntField(default=0)
    parameters: fields.JSONField[dict[str, Any]] = fields.JSONField()
    cursor: fields.JSONField[Any] = fields.JSONField(null=True)
    errors: fields.JSONField[list[dict[str, str]]] = fields.JSONField()
    failure_code = fields.CharField(max_length=64, null=True)
    failure_reason = fields.TextField(null=True)
    created_by = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()
    started_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    lease_token = fields.UUIDField(null=True)
    attempts = fields.IntField(default=0)

    organization_id: UUID

    class Meta:
        table = "bulk_operations"
        indexes = (Index(fields=("scope", "id")),)
