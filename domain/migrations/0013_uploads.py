"""Uploads, and the signed papers of contracts among them."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from domain.uploads.models import Purpose, UploadState


class Migration(migrations.Migration):
    dependencies = [("provender", "0011_numbers"), ("provender", "0012_instance_operations")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Upload",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "provender.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                (
                    "purpose",
                    fields.CharEnumField(
                        description="ORDER_FORM: ORDER_FORM\nCONTRACT: CONTRACT\nLETTER_OF_AUTHORIZATION: LETTER_OF_AUTHORIZATION\nNUMBER_IMPORT: NUMBER_IMPORT",
                        enum_type=Purpose,
                        max_length=32,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="PENDING: PENDING\nSTORED: STORED\nATTACHED: ATTACHED\nEXPIRED: EXPIRED",
                        enum_type=UploadState,
                        max_length=16,
                    ),
                ),
                ("file_name", fields.CharField(max_length=200)),
                ("declared_type", fields.CharField(max_length=100)),
                ("found_type", fields.CharField(null=True, max_length=100)),
                ("size_bytes", fields.IntField()),
                ("sha256", fields.CharField(null=True, max_length=64)),
                ("storage_key", fields.CharField(null=True, max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("stored_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "uploads",
                "app": "provender",
                "indexes": [Index(fields=["scope", "id"]), Index(fields=["state", "created_at"])],
                "pk_attr": "id",
                "table_description": "A file of an organization: as it was announced, and, once it is stored, as it was found to be.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Contract",
            name="upload",
            field=fields.ForeignKeyField(
                "provender.Upload",
                source_field="upload_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddConstraint("Contract", UniqueConstraint(fields=("upload_id",), name="contracts_upload")),
        ops.AddConstraint("Upload", CheckConstraint(check="size_bytes > 0", name="uploads_size")),
        ops.AddConstraint(
            "Upload",
            CheckConstraint(
                check="state IN ('PENDING', 'EXPIRED') OR num_nulls(found_type, sha256, storage_key, stored_at) = 0",
                name="uploads_stored",
            ),
        ),
        ops.RunSQL(
            'ALTER TABLE "uploads" ALTER COLUMN scope TYPE text COLLATE "C"',
            reverse_sql='ALTER TABLE "uploads" ALTER COLUMN scope TYPE text',
        ),
    ]
