"""What is to be asked of the provisioner of an instance once it has done what it is doing."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from domain.provisioning.states import Action


class Migration(migrations.Migration):
    dependencies = [("provender", "0028_add_ons"), ("provender", "0028_traces")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Instance",
            name="wish",
            field=fields.CharEnumField(
                null=True,
                description="\n".join(f"{action.name}: {action.value}" for action in Action),
                enum_type=Action,
                max_length=16,
            ),
        ),
    ]
