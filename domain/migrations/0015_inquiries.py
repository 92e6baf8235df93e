"""What provisioners ask for before they go on, and lines that are being cancelled."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from domain.orders.states import LineState


class Migration(migrations.Migration):
    dependencies = [("provender", "0014_terms_and_attempts")]

    initial = False

    operations = [
        ops.AlterField(
            model_name="OrderLine",
            name="state",
            field=fields.CharEnumField(
                description="DRAFT: DRAFT\nPROVISIONING: PROVISIONING\nINQUIRING: INQUIRING\nCOMPLETED: COMPLETED\nFAILED: FAILED\nCANCELLING: CANCELLING\nCANCELLED: CANCELLED",
                enum_type=LineState,
                max_length=16,
            ),
        ),
        ops.AddField(
            model_name="ProvisioningOperation",
            name="asked_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="ProvisioningOperation",
            name="has_answers",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="ProvisioningOperation",
            name="input_errors",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="ProvisioningOperation",
            name="input_schema",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
    ]
