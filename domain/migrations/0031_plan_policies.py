"""By which policies of proration and refund each plan is sold."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from domain.billing.policies import ProrationPolicy, RefundPolicy


def _one_of(kind: type[ProrationPolicy | RefundPolicy], default: str) -> fields.CharEnumField:
    told = "\n".join(f"{member.name}: {member.value}" for member in kind)
    return fields.CharEnumField(description=told, db_default=default, enum_type=kind, max_length=32)


class Migration(migrations.Migration):
    dependencies = [("provender", "0029_wishes"), ("provender", "0030_api_versions")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Plan", name="proration", field=_one_of(ProrationPolicy, ProrationPolicy.DAILY_DIFFERENCE.value)
        ),
        ops.AddField(
            model_name="Plan", name="refund", field=_one_of(RefundPolicy, RefundPolicy.WHOLE_UNUSED_MONTHS.value)
        ),
        ops.AddField(model_name="Plan", name="full_refund_days", field=fields.IntField(db_default=14)),
        ops.AddConstraint(
            "Plan", CheckConstraint(check="full_refund_days BETWEEN 0 AND 365", name="plans_full_refund_days")
        ),
    ]
