"""How long a plan's provisioner has, and the operations of an instance counted once each."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("provender", "0011_policies")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Instance",
            name="deadline_hours",
            field=fields.IntField(db_default=24),
        ),
        ops.AddField(
            model_name="Plan",
            name="provisioning_hours",
            field=fields.IntField(db_default=24),
        ),
        ops.AddConstraint(
            model_name="Plan",
            constraint=CheckConstraint(check="provisioning_hours > 0", name="plans_provisioning_hours"),
        ),
        ops.AddConstraint(
            model_name="ProvisioningOperation",
            constraint=UniqueConstraint(fields=("instance_id", "generation"), name="operations_generation"),
        ),
    ]
