"""Reading uploads."""

from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.listing import Listing

UPLOADS: Final = Listing("uploads")


async def upload_at(upload_id: UUID) -> Record | None:
    """An upload for who holds a signed address of it, which is all the leave that it takes; else None."""
    return await database.fetch_row("SELECT * FROM uploads WHERE id = $1", upload_id)
