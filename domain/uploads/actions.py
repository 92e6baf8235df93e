"""Announcing a file, storing its content, and attaching it to what it is for."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.events.actions import NewEvent, record, record_with
from domain.events.types import EventType
from domain.organizations.queries import get_organization
from domain.organizations.rules import require_active
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.ids import encode
from domain.shared.writes import Writes
from domain.uploads.models import Purpose, UploadState
from domain.uploads.rules import Content, UploadDraft, check_upload
from domain.uploads.states import UPLOADS

_LOCK: Final = "SELECT * FROM uploads WHERE id = $1 AND scope >= $2 AND scope < $3 FOR UPDATE"
_STORE: Final = """
UPDATE uploads SET state = 'STORED', found_type = $2, sha256 = $3, storage_key = $4, stored_at = $5
WHERE id = $1 AND state = 'PENDING' RETURNING *
"""
_MOVE: Final = "UPDATE uploads SET state = $2 WHERE id = $1"


async def create_upload(actor: Actor, organization_id: UUID, draft: UploadDraft) -> UUID:
    """Announce a file of an organization of the subtree; its content is awaited."""
    organization = await get_organization(actor, organization_id)
    require_active([organization])
    if problems := check_upload(draft, OrganizationKind(organization["kind"])):
        raise Invalid(problems)
    row = {
        "id": actor.new_id(),
        "organization_id": organization_id,
        "scope": organization["scope"],
        "purpose": draft.purpose.value,
        "state": UploadState.PENDING.value,
        "file_name": draft.file_name.strip(),
        "declared_type": draft.content_type,
        "size_bytes": draft.size_bytes,
        "created_at": actor.at,
    }
    writes = Writes()
    writes.insert("uploads", row)
    record_with(writes, actor, upload_event(EventType.UPLOAD_CREATED, row))
    await writes.send()
    upload_id: UUID = row["id"]
    return upload_id


async def store_upload(actor: Actor, upload_id: UUID, *, key: str, content: Content) -> bool:
    """Note that the content of an announced file lies under `key`; False when another one was quicker."""
    async with database.transaction():
        row = await database.fetch_row(_STORE, upload_id, content.type.value, content.sha256, key, actor.at)
        if row is not None:
            await record(actor, upload_event(EventType.UPLOAD_STORED, row))
        return row is not None


async def claim_upload(actor: Actor, upload_id: UUID, purpose: Purpose, *, owner_id: UUID, path: str) -> Record:
    """Attach a stored file of `owner_id` to what it is for, in the caller's transaction; its row as it was.

    Invalid at `path` when it is none of the subtree and of this organization, not stored yet, for another purpose,
    or attached already: a file is attached once.
    """
    row = await database.fetch_row(_LOCK, upload_id, actor.scope.lower, actor.scope.upper)
    if row is None or row["organization_id"] != owner_id:
        message = f"upload {encode('Upload', upload_id)} was not found"
        raise Invalid([FieldError(path, FieldCode.NOT_FOUND, message)])
    if row["purpose"] != purpose:
        message = f"was uploaded as {row['purpose']}, not as {purpose}"
        raise Invalid([FieldError(path, FieldCode.NOT_ALLOWED, message)])
    if not UPLOADS.allows(UploadState(row["state"]), UploadState.ATTACHED):
        raise Invalid([FieldError(path, *_NOT_TO_BE_HAD[UploadState(row["state"])])])
    await database.execute(_MOVE, upload_id, UploadState.ATTACHED.value)
    return row


async def release_upload(upload_id: UUID) -> None:
    """Let go of a file that was attached, in the transaction of who took another one: the next sweep deletes it."""
    await database.execute(_MOVE, upload_id, UploadState.EXPIRED.value)


_NOT_TO_BE_HAD: Final[Mapping[UploadState, tuple[FieldCode, str]]] = {
    UploadState.PENDING: (FieldCode.REQUIRED, "its content has not been uploaded yet"),
    UploadState.ATTACHED: (FieldCode.NOT_ALLOWED, "is attached already"),
    UploadState.EXPIRED: (FieldCode.EXPIRED, "was not attached in time"),
}


def upload_event(event_type: EventType, row: Mapping[str, Any] | Record) -> NewEvent:
    """What is told of an upload."""
    data = {
        "upload_id": encode("Upload", row["id"]),
        "organization_id": encode("Organization", row["organization_id"]),
        "purpose": row["purpose"],
        "file_name": row["file_name"],
        "content_type": row.get("found_type") or row["declared_type"],
        "size_bytes": row["size_bytes"],
    }
    return NewEvent(event_type, row["organization_id"], row["scope"], row["id"], data)
