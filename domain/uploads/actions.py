"""Announcing a file, storing its content, and attaching it to what it is for."""

from collections.abc import Mapping, Sequence
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
_LOOK: Final = "SELECT * FROM uploads WHERE id = ANY($1) AND scope >= $2 AND scope < $3"
_CLAIM: Final = "UPDATE uploads SET state = 'ATTACHED' WHERE id = ANY($1) AND state = 'STORED' RETURNING id"
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
    problem = _refused(upload_id, row, purpose, owner_id, path)
    if row is None or problem is not None:
        raise Invalid([problem] if problem else [])
    await database.execute(_MOVE, upload_id, UploadState.ATTACHED.value)
    return row


def _refused(upload_id: UUID, row: Record | None, purpose: Purpose, owner_id: UUID, path: str) -> FieldError | None:
    """Why a file (None: nobody of the subtree has it) cannot be attached."""
    if row is None or row["organization_id"] != owner_id:
        return FieldError(path, FieldCode.NOT_FOUND, f"upload {encode('Upload', upload_id)} was not found")
    if row["purpose"] != purpose:
        return FieldError(path, FieldCode.NOT_ALLOWED, f"was uploaded as {row['purpose']}, not as {purpose}")
    if not UPLOADS.allows(UploadState(row["state"]), UploadState.ATTACHED):
        return FieldError(path, *_NOT_TO_BE_HAD[UploadState(row["state"])])
    return None


async def look_at(
    actor: Actor, upload_ids: Sequence[UUID], purpose: Purpose, *, owner_id: UUID, path: str
) -> list[Record]:
    """The files that `claim_with` shall attach, in order; refused as by `claim_upload`, at `path` with their place."""
    rows = await database.fetch(_LOOK, list(upload_ids), actor.scope.lower, actor.scope.upper)
    found = {row["id"]: row for row in rows}
    problems = [
        problem
        for place, upload_id in enumerate(upload_ids)
        if (problem := _refused(upload_id, found.get(upload_id), purpose, owner_id, f"{path}.{place}"))
    ]
    if len(set(upload_ids)) < len(upload_ids):
        problems.append(FieldError(path, FieldCode.NOT_ALLOWED, "a file is attached once"))
    if problems:
        raise Invalid(problems)
    return [found[upload_id] for upload_id in upload_ids]


def claim_with(writes: Writes, upload_ids: Sequence[UUID]) -> str:
    """Attach files with the writes of what they are for: the name under which those read the ids that were had."""
    return writes.add(_CLAIM, list(upload_ids))


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
