"""The ledger of charges: append-only, by edge."""

from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from domain.billing.models import ChargeKind, EntryKind

# A correction is a new row; which invoice a charge is on is all that is ever set on one.
KEPT = """
CREATE FUNCTION charges_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'invoice_id') = (to_jsonb(OLD) - 'invoice_id') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'charges are never changed or removed: write another' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER charges_kept BEFORE UPDATE OR DELETE ON charges FOR EACH ROW EXECUTE FUNCTION charges_are_kept();
CREATE INDEX charges_open ON charges (seller_id, buyer_id, charged_on) WHERE invoice_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("provender", "0016_desk")]

    initial = False

    operations = [
        ops.CreateModel(
            name="LedgerCharge",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "seller",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="seller_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "buyer",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="buyer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "customer",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="customer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("seller_scope", fields.TextField(unique=False)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "provender.Account",
                        source_field="account_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "group",
                    fields.ForeignKeyField(
                        "provender.Account",
                        source_field="group_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="RECURRING: RECURRING\nONE_TIME: ONE_TIME\nPRORATION: PRORATION\nUSAGE: USAGE\nREFUND: REFUND\nCREDIT: CREDIT\nDISCOUNT: DISCOUNT",
                        enum_type=ChargeKind,
                        max_length=16,
                    ),
                ),
                ("amount_minor", fields.BigIntField()),
                ("currency", fields.CharField(max_length=3)),
                ("charged_on", fields.DateField()),
                ("period_start", fields.DateField(null=True)),
                ("period_end", fields.DateField(null=True)),
                ("description", fields.CharField(max_length=500)),
                ("explanation", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("subscription_id", fields.UUIDField(null=True)),
                ("order_id", fields.UUIDField(null=True)),
                ("order_line_id", fields.UUIDField(null=True)),
                ("plan_id", fields.UUIDField(null=True)),
                ("reference", fields.CharField(null=True, max_length=100)),
                ("invoice_id", fields.UUIDField(null=True)),
                ("source_key", fields.CharField(unique=True, max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "charges",
                "app": "provender",
                "indexes": [
                    Index(fields=["scope", "id"]),
                    Index(fields=["seller_scope", "id"]),
                    Index(fields=["subscription_id", "id"]),
                    Index(fields=["invoice_id", "id"]),
                ],
                "pk_attr": "id",
                "table_description": "What a buyer owes its seller for one thing on one edge of a resale chain, or (negative) is given back.",
            },
            bases=["Model"],
        ),
        ops.AlterField(
            model_name="WalletEntry",
            name="kind",
            field=fields.CharEnumField(
                description="TOP_UP: TOP_UP\nCREDIT: CREDIT\nHOLD: HOLD\nRELEASE: RELEASE\nCHARGE: CHARGE\nREFUND: REFUND\nPAYMENT: PAYMENT",
                enum_type=EntryKind,
                max_length=16,
            ),
        ),
        ops.AddConstraint("LedgerCharge", CheckConstraint(check="amount_minor <> 0", name="charges_amount")),
        ops.AddConstraint("LedgerCharge", CheckConstraint(check="period_end > period_start", name="charges_period")),
        *(
            ops.RunSQL(
                f'ALTER TABLE "charges" ALTER COLUMN {column} TYPE text COLLATE "C"',
                reverse_sql=f'ALTER TABLE "charges" ALTER COLUMN {column} TYPE text',
            )
            for column in ("scope", "seller_scope")
        ),
        ops.RunSQL(
            KEPT,
            reverse_sql="DROP INDEX charges_open; DROP TRIGGER charges_kept ON charges; DROP FUNCTION charges_are_kept",
        ),
    ]
