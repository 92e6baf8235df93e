"""Claiming work from PostgreSQL: claim with a lease, act without a transaction, settle only under that lease.

A queue is any table with `id`, `due_at`, `lease_token` and `attempts`. A row is due once `due_at` has passed; claiming
pushes `due_at` to the lease's end, so an expired lease is simply due again, and NULL means nothing is left to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database

LEASE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Queue:
    """A table whose rows are claimed; `table` is a constant of ours, never input."""

    table: str

    async def claim(self, *, at: datetime, token: UUID, limit: int) -> list[Record]:
        """Lease up to `limit` due rows, oldest first; two claimers never get the same row. Counts the attempt."""
        sql = (
            f"UPDATE {self.table} SET due_at = $1 + $4::interval, lease_token = $2, attempts = attempts + 1 "  # noqa: S608 - constant
            f"WHERE id IN (SELECT id FROM {self.table} WHERE due_at <= $1 "
            f"ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING *"
        )
        return await database.fetch(sql, at, token, limit, LEASE)

    async def settle(self, row_id: UUID, token: UUID, *, due_at: datetime | None, **columns: Any) -> bool:
        """Write the outcome and give the lease back; False when the lease was lost to somebody else.

        `due_at` None ends the work, a time schedules the next attempt. `columns` are further columns to set.
        """
        names = list(columns)
        sets = "".join(f", {name} = ${position}" for position, name in enumerate(names, start=4))
        sql = (
            f"UPDATE {self.table} SET due_at = $3, lease_token = NULL{sets} "  # noqa: S608 - constant names
            f"WHERE id = $1 AND lease_token = $2"
        )
        return await database.execute(sql, row_id, token, due_at, *columns.values()) == 1

    async def settle_all(self, row_ids: Sequence[UUID], token: UUID) -> int:
        """End the work on many rows at once; answers how many were still held."""
        sql = f"UPDATE {self.table} SET due_at = NULL, lease_token = NULL WHERE id = ANY($1) AND lease_token = $2"  # noqa: S608 - constant
        return await database.execute(sql, list(row_ids), token)

    async def extend(self, row_ids: Sequence[UUID], token: UUID, *, at: datetime) -> int:
        """Heartbeat: move the end of the leases still held; answers how many are."""
        sql = f"UPDATE {self.table} SET due_at = $1::timestamptz + $4::interval WHERE id = ANY($2) AND lease_token = $3"  # noqa: S608 - constant
        return await database.execute(sql, at, list(row_ids), token, LEASE)

    async def release(self, row_ids: Sequence[UUID], token: UUID, *, at: datetime) -> int:
        """Give leases back untouched, due at once: what a worker does with what it holds when it is told to stop."""
        sql = (
            f"UPDATE {self.table} SET due_at = $1, lease_token = NULL, attempts = attempts - 1 "  # noqa: S608 - constant
            f"WHERE id = ANY($2) AND lease_token = $3"
        )
        return await database.execute(sql, at, list(row_ids), token)
