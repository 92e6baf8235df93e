"""Whom mails of orders go to, and how they are paid."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from domain.catalog.models import Charging


class Migration(migrations.Migration):
    dependencies = [("provender", "0026_changes")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Order",
            name="contact_email",
            field=fields.CharField(null=True, max_length=254),
        ),
        ops.AddField(
            model_name="Order",
            name="contact_first_name",
            field=fields.CharField(null=True, max_length=100),
        ),
        ops.AddField(
            model_name="Order",
            name="contact_last_name",
            field=fields.CharField(null=True, max_length=100),
        ),
        ops.AddField(
            model_name="Order",
            name="payment_method",
            field=fields.CharEnumField(
                null=True, description="PREPAID: PREPAID\nPOSTPAID: POSTPAID", enum_type=Charging, max_length=16
            ),
        ),
        ops.AddField(
            model_name="Order",
            name="sends_credentials",
            field=fields.BooleanField(db_default=False),
        ),
    ]
