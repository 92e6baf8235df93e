"""Instances at provisioners and the operations on them."""

from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from domain.provisioning.states import Action, InstanceState, OperationState


class Migration(migrations.Migration):
    dependencies = [("provender", "0003_orders")]

    operations = [
        ops.CreateModel(
            name="Instance",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("organization_id", fields.UUIDField()),
                ("scope", fields.TextField(unique=False)),
                ("subscription_id", fields.UUIDField(unique=True)),
                ("provisioner", fields.CharField(max_length=32)),
                (
                    "state",
                    fields.CharEnumField(
                        description="PENDING: PENDING\nACTIVE: ACTIVE\nSUSPENDED: SUSPENDED\nFAILED: FAILED\nDELETED: DELETED",
                        enum_type=InstanceState,
                        max_length=16,
                    ),
                ),
                ("generation", fields.IntField()),
                ("external_id", fields.CharField(null=True, max_length=200)),
                ("outputs", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("outputs_sealed", fields.BinaryField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "instances",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "One thing in somebody else's system; `outputs_sealed` holds what its provisioner marked secret, encrypted.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProvisionerCallback",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("message_id", fields.CharField(unique=True, max_length=200)),
                ("operation_id", fields.UUIDField()),
                ("received_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "provisioner_callbacks",
                "app": "provender",
                "indexes": [Index(fields=["received_at"])],
                "pk_attr": "id",
                "table_description": "A callback that was accepted; its message id is unique for as long as the row is kept (7 days).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProvisioningOperation",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "instance",
                    fields.ForeignKeyField(
                        "provender.Instance",
                        source_field="instance_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="operations",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("organization_id", fields.UUIDField()),
                ("scope", fields.TextField(unique=False)),
                (
                    "action",
                    fields.CharEnumField(
                        description="CREATE: CREATE\nCHANGE: CHANGE\nSUSPEND: SUSPEND\nRESUME: RESUME\nDELETE: DELETE",
                        enum_type=Action,
                        max_length=16,
                    ),
                ),
                ("generation", fields.IntField()),
                (
                    "state",
                    fields.CharEnumField(
                        description="QUEUED: QUEUED\nRUNNING: RUNNING\nNEEDS_INPUT: NEEDS_INPUT\nRETRY_WAIT: RETRY_WAIT\nUNKNOWN: UNKNOWN\nORPHAN_CLEANUP: ORPHAN_CLEANUP\nSUCCEEDED: SUCCEEDED\nFAILED: FAILED",
                        enum_type=OperationState,
                        max_length=16,
                    ),
                ),
                ("request", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("polls", fields.IntField(default=0)),
                ("progress", fields.SmallIntField(null=True)),
                ("deadline", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("failure_code", fields.CharField(null=True, max_length=64)),
                ("failure_reason", fields.TextField(null=True, unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lease_token", fields.UUIDField(null=True)),
                ("attempts", fields.IntField(default=0)),
            ],
            options={
                "table": "provisioning_operations",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "One request to a provisioner, until it has an end; at most one is live for an instance.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            "ProvisioningOperation",
            UniqueConstraint(fields=("instance_id",), name="operations_one_live", condition="finished_at IS NULL"),
        ),
    ]
