"""Files that are kept with orders."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("provender", "0023_invoices")]

    initial = False

    operations = [
        ops.CreateModel(
            name="OrderForm",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "provender.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                (
                    "upload",
                    fields.ForeignKeyField(
                        "provender.Upload",
                        source_field="upload_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("attached_by", fields.CharField(max_length=64)),
                ("attached_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "order_forms",
                "app": "provender",
                "indexes": [Index(fields=["order_id"])],
                "pk_attr": "id",
                "table_description": "A file that is kept with an order; never changed. `upload` is never NULL: `order_forms_file` refuses that.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint("OrderForm", UniqueConstraint(fields=("upload_id",), name="order_forms_once")),
        ops.AddConstraint("OrderForm", CheckConstraint(check="upload_id IS NOT NULL", name="order_forms_file")),
        ops.RunSQL(
            'ALTER TABLE "order_forms" ALTER COLUMN scope TYPE text COLLATE "C"',
            reverse_sql='ALTER TABLE "order_forms" ALTER COLUMN scope TYPE text',
        ),
        ops.RunSQL(
            "CREATE TRIGGER order_forms_fixed BEFORE UPDATE OR DELETE ON order_forms "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            reverse_sql="DROP TRIGGER order_forms_fixed ON order_forms",
        ),
    ]
