"""What PostgreSQL can and Tortoise's models cannot say: collations, sequences, partial indexes."""

from tortoise import migrations
from tortoise.migrations import operations as ops

SCOPED = (
    "organizations",
    "api_tokens",
    "events",
    "products",
    "plans",
    "price_lists",
    "orders",
    "order_lines",
    "subscriptions",
    "instances",
    "provisioning_operations",
    "webhook_endpoints",
    "webhook_deliveries",
)
QUEUES = ("events", "provisioning_operations", "webhook_deliveries")


class Migration(migrations.Migration):
    dependencies = [("provender", "0005_webhooks")]

    operations = [
        *(
            ops.RunSQL(
                f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text COLLATE "C"',
                reverse_sql=f'ALTER TABLE "{table}" ALTER COLUMN scope TYPE text',
            )
            for table in SCOPED
        ),
        *(
            ops.RunSQL(
                f'CREATE INDEX {table}_due ON "{table}" (due_at) WHERE due_at IS NOT NULL',
                reverse_sql=f"DROP INDEX {table}_due",
            )
            for table in QUEUES
        ),
        ops.RunSQL("CREATE SEQUENCE organization_nodes", reverse_sql="DROP SEQUENCE organization_nodes"),
        ops.RunSQL("CREATE SEQUENCE order_numbers", reverse_sql="DROP SEQUENCE order_numbers"),
        ops.RunSQL(
            "CREATE UNIQUE INDEX price_lists_buyer ON price_lists (seller_id, buyer_id, currency) NULLS NOT DISTINCT",
            reverse_sql="DROP INDEX price_lists_buyer",
        ),
    ]
