"""Uploads: a file that is announced, stored, and attached to one thing."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from domain.organizations.models import Organization


class Purpose(StrEnum):
    """What a file is for; `domain/uploads/rules.py` says what each may hold."""

    ORDER_FORM = "ORDER_FORM"
    CONTRACT = "CONTRACT"
    LETTER_OF_AUTHORIZATION = "LETTER_OF_AUTHORIZATION"
    NUMBER_IMPORT = "NUMBER_IMPORT"


class UploadState(StrEnum):
    """Where an upload stands."""

    PENDING = "PENDING"
    STORED = "STORED"
    ATTACHED = "ATTACHED"
    EXPIRED = "EXPIRED"


class FileType(StrEnum):
    """The types of files that are taken, by their media types (RFC 6838)."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    CSV = "text/csv"


class Upload(Model):
    """A file of an organization: as it was announced, and, once it is stored, as it was found to be.

    `storage_key` names its content in the storage; `sha256` is in hex.
    """

    id = fields.UUIDField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "provender.Organization", on_delete=fields.RESTRICT, related_name=False
    )
    scope = fields.TextField()
    purpose = fields.CharEnumField(Purpose, max_length=32)
    state = fields.CharEnumField(UploadState, max_length=16)
    file_name = fields.CharField(max_length=200)
    declared_type = fields.CharField(max_length=100)
    found_type = fields.CharField(max_length=100, null=True)
    size_bytes = fields.IntField()
    sha256 = fields.CharField(max_length=64, null=True)
    storage_key = fields.CharField(max_length=200, null=True)
    created_at = fields.DatetimeField()
    stored_at = fields.DatetimeField(null=True)

    organization_id: UUID

    class Meta:
        table = "uploads"
        indexes = (Index(fields=("scope", "id")), Index(fields=("state", "created_at")))
        constraints = (
            CheckConstraint(check="size_bytes > 0", name="uploads_size"),
            CheckConstraint(
                check="state IN ('PENDING', 'EXPIRED') OR num_nulls(found_type, sha256, storage_key, stored_at) = 0",
                name="uploads_stored",
            ),
        )
