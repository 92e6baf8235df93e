"""How often a draft was written."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("provender", "0030_api_versions")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Order",
            name="version",
            field=fields.IntField(db_default=1),
        ),
    ]
