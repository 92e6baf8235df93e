"""How much work waits in the queues: for operators, outside any tenancy."""

from datetime import datetime, timedelta
from typing import Final

from asyncpg import Record

from domain.shared import database

QUEUES: Final = (
    "events",
    "provisioning_operations",
    "webhook_deliveries",
    "outgoing_mails",
    "bulk_operations",
    "usage_months",
    "subscriptions",
)
OVERDUE: Final = timedelta(minutes=1)
_BACKLOG: Final = " UNION ALL ".join(
    f"SELECT '{queue}' AS queue, count(*) AS due, min(due_at) AS oldest, "  # noqa: S608 - constants
    f"count(*) FILTER (WHERE due_at <= $2) AS overdue FROM {queue} WHERE due_at <= $1"
    for queue in QUEUES
)


async def backlog(at: datetime) -> list[Record]:
    """One record a queue: how many rows are due, since when the oldest is, how many have been for a minute."""
    return await database.fetch(_BACKLOG, at, at - OVERDUE)


async def unfinished_operations() -> list[Record]:
    """(state, count) of the operations at provisioners that have not ended."""
    return await database.fetch(
        "SELECT state, count(*) FROM provisioning_operations WHERE finished_at IS NULL GROUP BY state"
    )


async def unfinished_bulk() -> list[Record]:
    """(kind, state, count) of the bulk operations that have not ended."""
    return await database.fetch(
        "SELECT kind, state, count(*) FROM bulk_operations WHERE due_at IS NOT NULL GROUP BY kind, state"
    )
