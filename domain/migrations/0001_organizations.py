"""Organizations, their credentials, and the log of what happens."""

from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from domain.shared.actor import OrganizationKind


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Event",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("type", fields.CharField(max_length=64)),
                ("version", fields.SmallIntField()),
                ("organization_id", fields.UUIDField()),
                ("scope", fields.TextField(unique=False)),
                ("aggregate_type", fields.CharField(max_length=32)),
                ("aggregate_id", fields.UUIDField()),
                ("aggregate_seq", fields.IntField()),
                ("payload", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("tier_amounts", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("actor", fields.CharField(max_length=64)),
                ("occurred_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lease_token", fields.UUIDField(null=True)),
                ("attempts", fields.IntField(default=0)),
            ],
            options={
                "table": "events",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "One thing that happened; `due_at` is set until the outbox has carried it on, `lease_token` while it does.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("principal", fields.CharField(max_length=64)),
                ("operation", fields.CharField(max_length=64)),
                ("input_hash", fields.CharField(max_length=64)),
                ("outcome", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "idempotency_keys",
                "app": "provender",
                "indexes": [Index(fields=["expires_at"])],
                "pk_attr": "id",
                "table_description": "What a keyed mutation answered; `id` is a digest of (principal, operation, key), `outcome` what to answer again.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Organization",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="DISTRIBUTOR: DISTRIBUTOR\nPARTNER: PARTNER\nCUSTOMER: CUSTOMER",
                        enum_type=OrganizationKind,
                        max_length=16,
                    ),
                ),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="parent_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="children",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("name", fields.CharField(max_length=200)),
                ("name_key", fields.CharField(max_length=200)),
                ("company", fields.CharField(max_length=200)),
                ("domain", fields.CharField(null=True, max_length=253)),
                ("reference", fields.CharField(null=True, max_length=100)),
                ("billing_first_name", fields.CharField(null=True, max_length=100)),
                ("billing_last_name", fields.CharField(null=True, max_length=100)),
                ("billing_email", fields.CharField(null=True, max_length=254)),
                ("street", fields.CharField(null=True, max_length=200)),
                ("postal_code", fields.CharField(null=True, max_length=20)),
                ("city", fields.CharField(null=True, max_length=100)),
                ("country", fields.CharField(null=True, max_length=2)),
                ("time_zone", fields.CharField(max_length=64)),
                ("currency", fields.CharField(max_length=3)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "organizations",
                "app": "provender",
                "indexes": [Index(fields=["parent_id"])],
                "pk_attr": "id",
                "table_description": "A distributor, partner or customer; `scope` is its own path in the reseller tree.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ApiToken",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("name", fields.CharField(max_length=100)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("hint", fields.CharField(max_length=8)),
                ("permissions", ArrayField(element_type="TEXT")),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "api_tokens",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "A machine's credential: only the SHA-256 of its 256 random bits is kept.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            "Event", UniqueConstraint(fields=("aggregate_id", "aggregate_seq"), name="events_aggregate_seq")
        ),
        ops.AddConstraint("Organization", UniqueConstraint(fields=("scope",), name="organizations_scope")),
        ops.AddConstraint(
            "Organization", UniqueConstraint(fields=("parent_id", "name_key"), name="organizations_name")
        ),
        ops.AddConstraint(
            "Organization", UniqueConstraint(fields=("parent_id", "domain"), name="organizations_domain")
        ),
        ops.AddConstraint(
            "Organization", UniqueConstraint(fields=("parent_id", "reference"), name="organizations_reference")
        ),
    ]
