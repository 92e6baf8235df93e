"""Invoices, their numbers, and what was paid of them."""

from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from domain.bulk.rules import BulkKind
from domain.invoices.models import PaymentMethod
from domain.invoices.states import InvoiceState

# Once it is there an invoice only moves on; what is on it stays on it. A correction is a credit note.
KEPT = """
CREATE FUNCTION invoices_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moving text[] := ARRAY['state', 'paid_minor', 'paid_at', 'voided_at', 'void_reason', 'credit_note_number'];
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'invoices' AND (to_jsonb(NEW) - moving) = (to_jsonb(OLD) - moving) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER invoices_kept BEFORE UPDATE OR DELETE ON invoices FOR EACH ROW EXECUTE FUNCTION invoices_are_kept();
CREATE TRIGGER payments_kept BEFORE UPDATE OR DELETE ON payments FOR EACH ROW EXECUTE FUNCTION invoices_are_kept();
CREATE OR REPLACE FUNCTION charges_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.invoice_id IS NULL
     AND (to_jsonb(NEW) - 'invoice_id') = (to_jsonb(OLD) - 'invoice_id') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'charges are never changed or removed: write another' USING ERRCODE = 'restrict_violation';
END
$$
"""
UNKEPT = """
DROP TRIGGER payments_kept ON payments; DROP TRIGGER invoices_kept ON invoices; DROP FUNCTION invoices_are_kept
"""


class Migration(migrations.Migration):
    dependencies = [("provender", "0022_renewals")]

    initial = False

    operations = [
        ops.CreateModel(
            name="DocumentNumber",
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
                ("series", fields.CharField(max_length=8)),
                ("given", fields.IntField()),
            ],
            options={
                "table": "document_numbers",
                "app": "provender",
                "pk_attr": "id",
                "table_description": "The last number that a seller has given in a series; its row is locked by the transaction that takes the next.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Invoice",
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
                ("scope", fields.TextField(unique=False)),
                ("seller_scope", fields.TextField(unique=False)),
                ("number", fields.CharField(max_length=32)),
                (
                    "state",
                    fields.CharEnumField(
                        description="DRAFT: DRAFT\nISSUED: ISSUED\nPAID: PAID\nVOID: VOID",
                        enum_type=InvoiceState,
                        max_length=16,
                    ),
                ),
                ("currency", fields.CharField(max_length=3)),
                ("total_minor", fields.BigIntField()),
                ("paid_minor", fields.BigIntField()),
                ("period_start", fields.DateField()),
                ("period_end", fields.DateField()),
                ("issued_on", fields.DateField()),
                ("due_on", fields.DateField()),
                ("parties", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("credit_note_number", fields.CharField(null=True, max_length=32)),
                ("void_reason", fields.CharField(null=True, max_length=200)),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("paid_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("voided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "invoices",
                "app": "provender",
                "indexes": [
                    Index(fields=["scope", "id"]),
                    Index(fields=["seller_scope", "id"]),
                    Index(fields=["account_id", "id"]),
                ],
                "pk_attr": "id",
                "table_description": "What a seller asks of a buyer: the charges that name it in `invoice_id`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Payment",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "invoice",
                    fields.ForeignKeyField(
                        "provender.Invoice",
                        source_field="invoice_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("seller_scope", fields.TextField(unique=False)),
                ("amount_minor", fields.BigIntField()),
                ("currency", fields.CharField(max_length=3)),
                (
                    "method",
                    fields.CharEnumField(
                        description="BANK_TRANSFER: BANK_TRANSFER\nCARD: CARD\nCASH: CASH\nOTHER: OTHER\nWALLET: WALLET",
                        enum_type=PaymentMethod,
                        max_length=16,
                    ),
                ),
                ("paid_on", fields.DateField()),
                ("note", fields.CharField(null=True, max_length=200)),
                ("created_by", fields.CharField(max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "payments",
                "app": "provender",
                "indexes": [
                    Index(fields=["scope", "id"]),
                    Index(fields=["seller_scope", "id"]),
                    Index(fields=["invoice_id", "id"]),
                ],
                "pk_attr": "id",
                "table_description": "A payment of an invoice, as it was recorded; never changed, never removed.",
            },
            bases=["Model"],
        ),
        ops.AlterField(
            model_name="BulkOperation",
            name="kind",
            field=fields.CharEnumField(
                description="WEBHOOK_REPLAY: WEBHOOK_REPLAY\nINVOICES: INVOICES\nNUMBER_IMPORT: NUMBER_IMPORT",
                enum_type=BulkKind,
                max_length=32,
            ),
        ),
        ops.AddConstraint("Invoice", UniqueConstraint(fields=("seller_id", "number"), name="invoices_number")),
        ops.AddConstraint(
            "Invoice",
            CheckConstraint(check="total_minor > 0 AND paid_minor BETWEEN 0 AND total_minor", name="invoices_paid"),
        ),
        ops.AddConstraint("Invoice", CheckConstraint(check="period_end > period_start", name="invoices_period")),
        ops.AddConstraint(
            "DocumentNumber", UniqueConstraint(fields=("seller_id", "series"), name="document_numbers_once")
        ),
        ops.AddConstraint("Payment", CheckConstraint(check="amount_minor > 0", name="payments_amount")),
        *(
            ops.RunSQL(
                f'ALTER TABLE "{table}" ALTER COLUMN {column} TYPE text COLLATE "C"',
                reverse_sql=f'ALTER TABLE "{table}" ALTER COLUMN {column} TYPE text',
            )
            for table in ("invoices", "payments")
            for column in ("scope", "seller_scope")
        ),
        ops.RunSQL(KEPT, reverse_sql=UNKEPT),
    ]
