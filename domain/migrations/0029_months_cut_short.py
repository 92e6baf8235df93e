"""When a month was to end that was cut short: what its price is for."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("provender", "0028_add_ons"), ("provender", "0028_traces")]

    initial = False

    operations = [
        ops.AddField(model_name="UsageMonth", name="planned_end", field=fields.DateField(null=True)),
    ]
