"""Links to credentials, and who is mailed them."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("provender", "0019_backorders")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CredentialLink",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "instance",
                    fields.ForeignKeyField(
                        "provender.Instance",
                        source_field="instance_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("scope", fields.TextField(unique=False)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "credential_links",
                "app": "provender",
                "pk_attr": "id",
                "table_description": "A mailed link to the credentials of an instance: it works once, and only the hash of its secret is kept.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Instance",
            name="credential_recipients",
            field=ArrayField(db_default=[], element_type="TEXT"),
        ),
        ops.RunSQL(
            'ALTER TABLE "credential_links" ALTER COLUMN scope TYPE text COLLATE "C"',
            reverse_sql='ALTER TABLE "credential_links" ALTER COLUMN scope TYPE text',
        ),
    ]
