"""A number that an order under way has reserved is held until the order ends."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


class Migration(migrations.Migration):
    dependencies = [("provender", "0013_uploads")]

    initial = False

    operations = [
        ops.RemoveConstraint("Number", name="numbers_free"),
        ops.AddConstraint(
            "Number",
            CheckConstraint(
                check="CASE state WHEN 'RESERVED' THEN true WHEN 'AVAILABLE' THEN free_from IS NOT NULL "
                "WHEN 'QUARANTINED' THEN free_from IS NOT NULL ELSE free_from IS NULL END",
                name="numbers_free_from",
            ),
        ),
    ]
