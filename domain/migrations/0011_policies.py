"""The policies that a subscription was bought under."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

# Version 1 of domain/billing/policies.py: what held for those bought before.
FIRST = """
UPDATE subscriptions SET policies = '{"version": 1, "proration": "DAILY_DIFFERENCE", "trial": {"maxDays": 30},
                                      "refund": {"fullRefundDays": 14, "then": "WHOLE_UNUSED_MONTHS"}}'
"""
# Written by the previous release while processes are replaced.
DEFAULT = """
ALTER TABLE subscriptions ALTER COLUMN policies SET DEFAULT
  '{"version": 1, "proration": "DAILY_DIFFERENCE", "trial": {"maxDays": 30},
    "refund": {"fullRefundDays": 14, "then": "WHOLE_UNUSED_MONTHS"}}'
"""


class Migration(migrations.Migration):
    dependencies = [("provender", "0010_pricing")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Subscription",
            name="policies",
            field=fields.JSONField(db_default={}, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.RunSQL(FIRST, reverse_sql=""),
        ops.RunSQL(DEFAULT, reverse_sql=""),
    ]
