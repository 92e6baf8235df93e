"""Machine tokens and idempotency keys."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.models import Model

from domain.organizations.models import Organization


class ApiToken(Model):
    """A machine's credential: only the SHA-256 of its 256 random bits is kept."""

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    name = fields.CharField(max_length=100)
    token_hash = fields.CharField(max_length=64, unique=True)
    hint = fields.CharField(max_length=8)
    permissions = ArrayField(element_type="text")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)

    organization_id: UUID

    class Meta:
        table = "api_tokens"
        indexes = (Index(fields=("scope", "id")),)


class IdempotencyKey(Model):
    """What a keyed mutation answered; `id` digests (principal, operation, key), `outcome` is answered again."""

    id = fields.UUIDField(primary_key=True)
    principal = fields.CharField(max_length=64)
    operation = fields.CharField(max_length=64)
    input_hash = fields.CharField(max_length=64)
    outcome: fields.JSONField[dict[str, Any]] = fields.JSONField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_keys"
        indexes = (Index(fields=("expires_at",)),)
