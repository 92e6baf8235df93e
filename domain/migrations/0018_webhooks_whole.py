"""Pace, order, health and filter of webhook endpoints."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from domain.webhooks.models import DisabledReason


class Migration(migrations.Migration):
    dependencies = [("provender", "0017_ledger"), ("provender", "0017_number_import"), ("provender", "0016_search")]

    initial = False

    operations = [
        ops.AddField(
            model_name="WebhookDelivery",
            name="aggregate_id",
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name="WebhookDelivery",
            name="aggregate_seq",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="concurrency",
            field=fields.IntField(db_default=50),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="disabled_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="disabled_reason",
            field=fields.CharEnumField(
                null=True,
                description="OWNER: OWNER\nGONE: GONE\nFAILING: FAILING",
                enum_type=DisabledReason,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="failing_since",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="failures",
            field=fields.IntField(db_default=0),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="is_ordered",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="paused_until",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="rate_per_second",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="tokens",
            field=fields.DecimalField(db_default=0, max_digits=12, decimal_places=6),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="tokens_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="warned_percent",
            field=fields.SmallIntField(db_default=0),
        ),
        ops.AddField(
            model_name="WebhookEndpoint",
            name="within",
            field=fields.TextField(null=True, unique=False),
        ),
        ops.RunSQL(
            "CREATE INDEX webhook_deliveries_order ON webhook_deliveries (endpoint_id, aggregate_id, aggregate_seq) "
            "WHERE aggregate_id IS NOT NULL AND state = 'PENDING'",
            reverse_sql="DROP INDEX webhook_deliveries_order",
        ),
        ops.RunSQL(
            "CREATE INDEX webhook_attempts_at ON webhook_attempts USING brin (at)",
            reverse_sql="DROP INDEX webhook_attempts_at",
        ),
    ]
