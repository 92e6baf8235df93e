"""The change that the provisioner of a subscription works on."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("provender", "0025_usage")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Subscription",
            name="change",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
    ]
