"""Reading tickets."""

from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing

TICKETS: Final = Listing(
    "tickets",
    filters={
        "state": "state",
        "kind": "kind",
        "number": "number",
        "customer_id": "customer_id",
        "operation_id": "operation_id",
        "created_at": "created_at",
    },
    sorts={"CREATED_AT": ("created_at", ColumnType.INSTANT)},
)


async def ticket_about(about_id: UUID) -> Record | None:
    """The last ticket about something, for the product's own workers, outside any tenancy."""
    return await database.fetch_row("SELECT * FROM tickets WHERE about_id = $1 ORDER BY id DESC LIMIT 1", about_id)
