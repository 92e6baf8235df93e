"""By which version of the API webhook endpoints get their bodies."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("provender", "0029_wishes")]

    initial = False

    operations = [
        ops.AddField(
            model_name="WebhookEndpoint",
            name="api_version",
            field=fields.CharField(max_length=16, db_default="2026-11"),
        ),
    ]
