"""What the worker goes by as the terms of subscriptions end; those that run already are looked at once."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

COLUMNS = {
    "anchor_day": fields.SmallIntField(null=True),
    "cycle": fields.IntField(db_default=1),
    "billed_until": fields.DateField(null=True),
    "unpaid_since": fields.DateField(null=True),
    "retry_on": fields.DateField(null=True),
    "reminded_of": fields.DateField(null=True),
    "kept_until": fields.DateField(null=True),
    "due_at": fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
}


class Migration(migrations.Migration):
    dependencies = [("provender", "0021_ports"), ("provender", "0021_after_submission")]

    initial = False

    operations = [
        *(ops.AddField(model_name="Subscription", name=name, field=field) for name, field in COLUMNS.items()),
        ops.RunSQL(
            "UPDATE subscriptions SET anchor_day = extract(day FROM term_start), due_at = now(), "
            "billed_until = CASE WHEN state <> 'TRIALING' AND (billing_starts_on IS NULL OR billing_starts_on <= now()) "
            "THEN coalesce(term_end, term_start) END "
            "WHERE state IN ('TRIALING', 'ACTIVE', 'SUSPENDED') AND NOT is_protected",
            reverse_sql="SELECT 1",
        ),
        ops.RunSQL(
            'CREATE INDEX subscriptions_due ON "subscriptions" (due_at) WHERE due_at IS NOT NULL',
            reverse_sql="DROP INDEX subscriptions_due",
        ),
    ]
