"""Which orders of a customer wait for approval, and who decided on them."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from domain.organizations.models import ApprovalRule


class Migration(migrations.Migration):
    dependencies = [("provender", "0012_instance_operations"), ("provender", "0011_numbers")]

    initial = False

    operations = [
        ops.RemoveConstraint(
            model_name="DiscountRedemption",
            name="discount_redemptions_once",
            fields=None,
        ),
        ops.AddConstraint(
            model_name="DiscountRedemption",
            constraint=UniqueConstraint(
                fields=("order_id", "discount_id"), name="discount_redemptions_once", condition="released_at IS NULL"
            ),
        ),
        ops.AddField(
            model_name="Order",
            name="decided_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Order",
            name="decided_by",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name="Order",
            name="rejection_reason",
            field=fields.CharField(null=True, max_length=1000),
        ),
        ops.AddField(
            model_name="Order",
            name="submitted_by",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name="Organization",
            name="approval_above_minor",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Organization",
            name="approval_rule",
            field=fields.CharEnumField(
                description="NEVER: NEVER\nWITHOUT_PERMISSION: WITHOUT_PERMISSION\nABOVE_AMOUNT: ABOVE_AMOUNT",
                db_default="NEVER",
                enum_type=ApprovalRule,
                max_length=24,
            ),
        ),
    ]
