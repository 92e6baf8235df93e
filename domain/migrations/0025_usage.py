"""Months of postpaid subscriptions that are charged for their usage, and what provisioners report."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from domain.catalog.models import Charging


class Migration(migrations.Migration):
    dependencies = [("provender", "0024_order_forms"), ("provender", "0024_signing_keys")]

    initial = False

    operations = [
        ops.CreateModel(
            name="UsageMonth",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("subscription_id", fields.UUIDField()),
                ("organization_id", fields.UUIDField()),
                ("scope", fields.TextField(unique=False)),
                ("plan_id", fields.UUIDField()),
                ("account_id", fields.UUIDField(null=True)),
                ("reference", fields.CharField(null=True, max_length=100)),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField()),
                ("cycle", fields.IntField()),
                ("place", fields.IntField()),
                ("quantity", fields.IntField()),
                ("currency", fields.CharField(max_length=3)),
                ("tier_unit_minor", ArrayField(element_type="BIGINT")),
                ("users", fields.IntField(null=True)),
                ("tier_minor", ArrayField(null=True, element_type="BIGINT")),
                ("charged_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lease_token", fields.UUIDField(null=True)),
                ("attempts", fields.IntField(default=0)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "usage_months",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"])],
                "pk_attr": "id",
                "table_description": "One month [starts_on, ends_on) of a postpaid subscription: charged once it is over, for its highest count.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UsageReading",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("instance_id", fields.UUIDField()),
                ("subscription_id", fields.UUIDField()),
                ("scope", fields.TextField(unique=False)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("users", fields.IntField()),
            ],
            options={
                "table": "usage_readings",
                "app": "provender",
                "indexes": [Index(fields=["subscription_id", "at"])],
                "pk_attr": "id",
                "table_description": "How many users an instance had at a time, as its provisioner reported; it stands until the next one.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="UsageMonth",
            constraint=UniqueConstraint(fields=("subscription_id", "starts_on"), name="usage_months_once"),
        ),
        ops.AddConstraint(
            model_name="UsageMonth", constraint=CheckConstraint(check="ends_on > starts_on", name="usage_months_days")
        ),
        ops.AddConstraint(
            model_name="UsageReading",
            constraint=UniqueConstraint(fields=("instance_id", "at"), name="usage_readings_once"),
        ),
        ops.AddConstraint(
            model_name="UsageReading", constraint=CheckConstraint(check="users >= 0", name="usage_readings_users")
        ),
        *(
            ops.RunSQL(
                f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text COLLATE "C"',
                reverse_sql=f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text',
            )
            for table in ("usage_months", "usage_readings")
        ),
        ops.RunSQL(
            'CREATE INDEX usage_months_due ON "usage_months" (due_at) WHERE due_at IS NOT NULL',
            reverse_sql="DROP INDEX usage_months_due",
        ),
        ops.AddField(
            model_name="Subscription",
            name="charging",
            field=fields.CharEnumField(
                description="PREPAID: PREPAID\nPOSTPAID: POSTPAID",
                db_default="PREPAID",
                enum_type=Charging,
                max_length=16,
            ),
        ),
        # Their running terms were charged in advance; their months begin with the next one.
        ops.RunSQL(
            "UPDATE subscriptions s SET charging = 'POSTPAID' FROM plans p "
            "WHERE p.id = s.plan_id AND p.charging = 'POSTPAID'",
            reverse_sql="SELECT 1",
        ),
    ]
