"""Numbers belong to lines of orders from their submission on."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("provender", "0015_order_terms")]

    initial = False

    operations = [
        ops.AddField(model_name="Number", name="order_line_id", field=fields.UUIDField(null=True)),
        ops.RunSQL(
            "CREATE INDEX numbers_order_line ON numbers (order_line_id) WHERE order_line_id IS NOT NULL",
            reverse_sql="DROP INDEX numbers_order_line",
        ),
    ]
