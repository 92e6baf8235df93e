"""What subscriptions are sold with beside their plans."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("provender", "0027_order_handling")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Subscription",
            name="add_ons",
            field=fields.JSONField(db_default=[], encoder=JSON_DUMPS, decoder=loads),
        ),
    ]
