"""Imports of numbers are bulk operations."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from domain.bulk.rules import BulkKind


class Migration(migrations.Migration):
    dependencies = [("provender", "0016_desk"), ("provender", "0016_numbers_of_lines")]

    initial = False

    operations = [
        ops.AlterField(
            model_name="BulkOperation",
            name="kind",
            field=fields.CharEnumField(
                description="WEBHOOK_REPLAY: WEBHOOK_REPLAY\nNUMBER_IMPORT: NUMBER_IMPORT",
                enum_type=BulkKind,
                max_length=32,
            ),
        ),
    ]
