"""Old rows that nothing needs any more are dropped in batches, so that no statement locks many or runs long."""

from datetime import datetime
from typing import Final
from uuid import UUID

from domain.shared import database

BATCH: Final = 5_000


async def forget(table: str, condition: str, bound: datetime | UUID) -> int:
    """Drop every row of a table that fulfils `condition`, in which $1 is `bound`; answers how many.

    `table` and `condition` are constants of the code. A row that somebody holds is left for the next time.
    """
    sql = (
        f"DELETE FROM {table} WHERE ctid = ANY(ARRAY("  # noqa: S608 - constants
        f"SELECT ctid FROM {table} WHERE {condition} LIMIT {BATCH} FOR UPDATE SKIP LOCKED))"
    )
    dropped = 0
    while batch := await database.execute(sql, bound):
        dropped += batch
    return dropped
