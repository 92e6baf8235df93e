"""Machine tokens, idempotency keys, people and their sessions."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from domain.access.permissions import Role
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


class User(Model):
    """A person, known by the e-mail address everywhere; `email_key` is the address case-folded."""

    id = fields.UUIDField(primary_key=True)
    email = fields.CharField(max_length=254)
    email_key = fields.CharField(max_length=254, unique=True)
    name = fields.CharField(max_length=200)
    password_hash = fields.CharField(max_length=255)
    created_at = fields.DatetimeField()

    class Meta:
        table = "users"


class Member(Model):
    """What a person is in one organization; who comes back after being removed gets the same row."""

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "provender.User", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    role = fields.CharEnumField(Role, max_length=16)
    created_at = fields.DatetimeField()
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "members"
        indexes = (Index(fields=("scope", "id")), Index(fields=("user_id",)))
        constraints = (UniqueConstraint(fields=("organization_id", "user_id"), name="members_once"),)


class Invitation(Model):
    """An offer to become a member, by e-mail: whoever has the token has read that mail; only its SHA-256 is kept."""

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    email = fields.CharField(max_length=254)
    email_key = fields.CharField(max_length=254)
    role = fields.CharEnumField(Role, max_length=16)
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitations"
        indexes = (Index(fields=("scope", "id")),)


class SignInSession(Model):
    """A signed-in member: one short access token at a time, and a family of refresh tokens of which the last works."""

    id = fields.UUIDField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "provender.Member", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    device = fields.CharField(max_length=200)
    address = fields.CharField(max_length=64)
    access_hash = fields.CharField(max_length=64, unique=True)
    access_expires_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    created_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sessions"
        indexes = (Index(fields=("scope", "id")), Index(fields=("member_id",)), Index(fields=("expires_at",)))


class RefreshToken(Model):
    """One token of a session's family; one that is used a second time is in two hands."""

    id = fields.UUIDField(primary_key=True)
    session: fields.ForeignKeyRelation[SignInSession] = fields.ForeignKeyField(
        "provender.SignInSession", on_delete=fields.CASCADE, related_name=False
    )
    token_hash = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "refresh_tokens"
        indexes = (Index(fields=("session_id",)),)


class PasswordReset(Model):
    """A request for a new password; for an address that nobody has it is written too, without a person."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "provender.User", null=True, on_delete=fields.CASCADE, related_name=False
    )
    token_hash = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "password_resets"
        indexes = (Index(fields=("user_id",)), Index(fields=("expires_at",)))
