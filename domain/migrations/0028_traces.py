"""The traces in which events happened and operations were wished for."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("provender", "0027_order_handling")]

    initial = False

    operations = [
        ops.AddField(model_name=model, name="traceparent", field=fields.CharField(max_length=55, null=True))
        for model in ("Event", "ProvisioningOperation")
    ]
