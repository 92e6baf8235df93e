"""Dropping what was uploaded and never attached: the row says so first, then the file goes, then the row."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from domain.events.actions import record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.uploads.actions import upload_event
from domain.uploads.rules import UNATTACHED_KEPT

_BATCH: Final = 200
_EXPIRE: Final = f"""
UPDATE uploads SET state = 'EXPIRED' WHERE id IN (
  SELECT id FROM uploads WHERE state IN ('PENDING', 'STORED') AND created_at < $1
  ORDER BY created_at LIMIT {_BATCH} FOR UPDATE SKIP LOCKED)
RETURNING *
"""  # noqa: S608 - a constant
_EXPIRED: Final = f"SELECT id FROM uploads WHERE state = 'EXPIRED' ORDER BY created_at LIMIT {_BATCH}"  # noqa: S608 - a constant


async def expire_uploads(actor: Actor) -> Sequence[UUID]:
    """Give up files that nobody attached within a day; up to 200 of all that are given up, to be forgotten next."""
    async with database.transaction():
        rows = await database.fetch(_EXPIRE, actor.at - UNATTACHED_KEPT)
        if rows:
            await record(actor, *(upload_event(EventType.UPLOAD_EXPIRED, row) for row in rows))
    return [row["id"] for row in await database.fetch(_EXPIRED)]


async def forget_uploads(upload_ids: Sequence[UUID]) -> None:
    """Delete the rows of given-up files whose content is gone."""
    await database.execute("DELETE FROM uploads WHERE id = ANY($1) AND state = 'EXPIRED'", list(upload_ids))
