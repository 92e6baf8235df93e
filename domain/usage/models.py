"""Months that are charged afterwards, and the counts of users that provisioners report."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model


class UsageMonth(Model):
    """One month [starts_on, ends_on) of a postpaid subscription: charged once it is over, for its highest count.

    Who pays, the plan and the unit price on every edge are those that it began with. `place` counts the months of its
    billing cycle from 0, `quantity` is the seats that were set up; `planned_end` is when it was to end, where it was
    cut short. `users` is the highest count so far, NULL while none was reported; `tier_minor` what was charged on every
    edge.
    """

    id = fields.UUIDField(primary_key=True)
    subscription_id = fields.UUIDField()
    organization_id = fields.UUIDField()
    scope = fields.TextField()
    plan_id = fields.UUIDField()
    account_id = fields.UUIDField(null=True)
    reference = fields.CharField(max_length=100, null=True)
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    planned_end = fields.DateField(null=True)
    cycle = fields.IntField()
    place = fields.IntField()
    quantity = fields.IntField()
    currency = fields.CharField(max_length=3)
    tier_unit_minor = ArrayField(element_type="bigint")
    users = fields.IntField(null=True)
    tier_minor = ArrayField(element_type="bigint", null=True)
    charged_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    lease_token = fields.UUIDField(null=True)
    attempts = fields.IntField(default=0)
    created_at = fields.DatetimeField()

    class Meta:
        table = "usage_months"
        indexes = (Index(fields=("scope", "id")),)
        constraints = (
            UniqueConstraint(fields=("subscription_id", "starts_on"), name="usage_months_once"),
            CheckConstraint(check="ends_on > starts_on", name="usage_months_days"),
        )


class UsageReading(Model):
    """How many users an instance had at a time, as its provisioner reported; it stands until the next one.

    `scope` is that of the customer who had it then.
    """

    id = fields.UUIDField(primary_key=True)
    instance_id = fields.UUIDField()
    subscription_id = fields.UUIDField()
    scope = fields.TextField()
    at = fields.DatetimeField()
    users = fields.IntField()

    class Meta:
        table = "usage_readings"
        indexes = (Index(fields=("subscription_id", "at")),)
        constraints = (
            UniqueConstraint(fields=("instance_id", "at"), name="usage_readings_once"),
            CheckConstraint(check="users >= 0", name="usage_readings_users"),
        )
