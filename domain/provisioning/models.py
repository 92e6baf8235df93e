"""Instances at provisioners, and the operations on them."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from domain.provisioning.rules import DEADLINE_HOURS
from domain.provisioning.states import Action, InstanceState, OperationState


class Instance(Model):
    """One thing in somebody else's system; `outputs_sealed` holds what its provisioner marked secret, encrypted.

    `desk_id` is the seller whose product it is: its desk is asked where a person is needed. `credential_recipients` are
    mailed links to what opens it, once it is made. `wish` is what to ask for once what is under way has ended.
    """

    id = fields.UUIDField(primary_key=True)
    organization_id = fields.UUIDField()
    scope = fields.TextField()
    subscription_id = fields.UUIDField(unique=True)
    provisioner = fields.CharField(max_length=32)
    state = fields.CharEnumField(InstanceState, max_length=16)
    generation = fields.IntField()
    external_id = fields.CharField(max_length=200, null=True)
    outputs: fields.JSONField[dict[str, Any]] = fields.JSONField()
    outputs_sealed = fields.BinaryField(null=True)
    deadline_hours = fields.IntField(db_default=DEADLINE_HOURS)
    desk_id = fields.UUIDField(null=True)
    credential_recipients = ArrayField(element_type="text", db_default=[])
    wish = fields.CharEnumField(Action, max_length=16, null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "instances"
        indexes = (Index(fields=("scope", "id")),)


class ProvisioningOperation(Model):
    """One request to a provisioner, until it has an end; at most one is live for an instance.

    `due_at` says when a worker looks at it next, `sent_at` is committed before the call that may reach the
    provisioner. From `paused_at` on it waits for a person, and its deadline with it: in NEEDS_INPUT for what
    `input_schema` asks for; `has_answers` until the provisioner has taken them.
    """

    id = fields.UUIDField(primary_key=True)
    instance: fields.ForeignKeyRelation[Instance] = fields.ForeignKeyField(
        "provender.Instance", on_delete=fields.RESTRICT, related_name="operations"
    )
    organization_id = fields.UUIDField()
    scope = fields.TextField()
    action = fields.CharEnumField(Action, max_length=16)
    generation = fields.IntField()
    state = fields.CharEnumField(OperationState, max_length=16)
    request: fields.JSONField[dict[str, Any]] = fields.JSONField()
    sent_at = fields.DatetimeField(null=True)
    polls = fields.IntField(default=0)
    progress = fields.SmallIntField(null=True)
    input_schema: fields.JSONField[dict[str, Any] | None] = fields.JSONField(null=True)
    input_errors: fields.JSONField[list[dict[str, str]] | None] = fields.JSONField(null=True)
    has_answers = fields.BooleanField(db_default=False)
    deadline = fields.DatetimeField()
    paused_at = fields.DatetimeField(null=True)
    failure_code = fields.CharField(max_length=64, null=True)
    failure_reason = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    lease_token = fields.UUIDField(null=True)
    attempts = fields.IntField(default=0)
    traceparent = fields.CharField(max_length=55, null=True)

    instance_id: UUID

    class Meta:
        table = "provisioning_operations"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (
            UniqueConstraint(fields=("instance_id",), name="operations_one_live", condition="finished_at IS NULL"),
            UniqueConstraint(fields=("instance_id", "generation"), name="operations_generation"),
        )


class ProvisionerCallback(Model):
    """A callback that was accepted; its message id is unique for as long as the row is kept (7 days)."""

    id = fields.UUIDField(primary_key=True)
    message_id = fields.CharField(max_length=200, unique=True)
    operation_id = fields.UUIDField()
    received_at = fields.DatetimeField()

    class Meta:
        table = "provisioner_callbacks"
        indexes = (Index(fields=("received_at",)),)


class CredentialLink(Model):
    """A mailed link to the credentials of an instance: it works once, and only the hash of its secret is kept."""

    id = fields.UUIDField(primary_key=True)
    instance: fields.ForeignKeyRelation[Instance] = fields.ForeignKeyField(
        "provender.Instance", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "credential_links"
