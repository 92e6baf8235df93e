"""Keys by which webhook endpoints are signed for beside their secrets."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

COLUMNS = {
    "signing_key_sealed": fields.BinaryField(null=True),
    "previous_signing_key_sealed": fields.BinaryField(null=True),
    "public_key": fields.CharField(max_length=64, null=True),
    "previous_public_key": fields.CharField(max_length=64, null=True),
}


class Migration(migrations.Migration):
    dependencies = [("provender", "0023_invoices")]

    initial = False

    operations = [ops.AddField(model_name="WebhookEndpoint", name=name, field=field) for name, field in COLUMNS.items()]
