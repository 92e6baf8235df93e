"""Transactions and statements on the one pool: joined transactions for actions, plain records for reads."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar
from uuid import UUID

from asyncpg import Record
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from domain.shared.pool import Client, Connection

T = TypeVar("T")

# The connection of the transaction that is under way here, if one is.
_joined: Final[ContextVar[Connection | None]] = ContextVar("joined", default=None)


# What is open, the last one first: to look it up through Tortoise's contexts takes longer than to lend a connection.
_open: Final[list[Client]] = []


@contextmanager
def opened() -> Iterator[None]:
    """Run statements on Tortoise's default connection while the block lasts."""
    client = get_connection("default")
    if not isinstance(client, Client):
        raise TypeError("Provender runs on PostgreSQL through asyncpg")
    _open.append(client)
    try:
        yield
    finally:
        _open.remove(client)


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """One action, one transaction: an action called inside another's transaction joins it."""
    if _joined.get() is not None:
        yield
        return
    async with in_transaction() as client:
        before = _joined.set(client._connection)  # noqa: SLF001 - Tortoise has no public name for it
        try:
            yield
        finally:
            _joined.reset(before)


async def _run(statement: Callable[[Connection], Awaitable[T]]) -> T:
    """Run a statement on the transaction's connection, or else on one of its own."""
    joined = _joined.get()
    if joined is not None:
        return await statement(joined)
    pool = _open[-1].lending or await _open[-1].lend()
    connection = await pool.acquire()
    try:
        answer = await statement(connection)
    except BaseException:
        await pool.discard(connection)
        raise
    await pool.release(connection)
    return answer


async def fetch(sql: str, *values: Any) -> list[Record]:
    """All records of a statement, in the current transaction if there is one."""
    return await _run(lambda connection: connection.fetch(sql, *values))


async def fetch_row(sql: str, *values: Any) -> Record | None:
    """The first record of a statement, or None."""
    return await _run(lambda connection: connection.fetchrow(sql, *values))


async def fetch_value(sql: str, *values: Any) -> Any:
    """The first column of the first record, or None."""
    return await _run(lambda connection: connection.fetchval(sql, *values))


async def execute(sql: str, *values: Any) -> int:
    """Run a writing statement; answers how many rows it touched."""
    status = await _run(lambda connection: connection.execute(sql, *values))
    return int(status.rsplit(" ", 1)[-1])


async def execute_many(sql: str, rows: list[tuple[Any, ...]]) -> None:
    """Run a writing statement once a row, in one round trip."""
    await _run(lambda connection: connection.executemany(sql, rows))


async def copy(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Copy rows into a table, the fastest way there is; table and column names are constants of ours, never input."""
    await _run(lambda connection: connection.copy_records_to_table(table, columns=columns, records=rows))


async def upsert(table: str, *, key: dict[str, Any], values: dict[str, Any], on_create: dict[str, Any]) -> UUID:
    """Insert a row, or update `values` of the one that has this unique `key`; answers its id.

    Table and column names are constants of ours, never input.
    """
    row = {**on_create, **key, **values}
    places = ", ".join(f"${position}" for position in range(1, len(row) + 1))
    sets = ", ".join(f"{name} = excluded.{name}" for name in values)
    sql = (
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places}) "  # noqa: S608 - constants and placeholders
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sets} RETURNING id"
    )
    found: UUID = await fetch_value(sql, *row.values())
    return found
