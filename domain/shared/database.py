"""Transactions and statements on the one pool: joined transactions for actions, plain records for reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from asyncpg import Record
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction


def _client() -> AsyncpgDBClient:
    client = get_connection("default")
    if not isinstance(client, AsyncpgDBClient):
        raise TypeError("Provender runs on PostgreSQL through asyncpg")
    return client


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """One action, one transaction: an action called inside another's transaction joins it."""
    if isinstance(_client(), TransactionWrapper):
        yield
    else:
        async with in_transaction():
            yield


async def fetch(sql: str, *values: Any) -> list[Record]:
    """All records of a statement, in the current transaction if there is one."""
    async with _client().acquire_connection() as connection:
        records: list[Record] = await connection.fetch(sql, *values)
        return records


async def fetch_row(sql: str, *values: Any) -> Record | None:
    """The first record of a statement, or None."""
    async with _client().acquire_connection() as connection:
        return await connection.fetchrow(sql, *values)


async def fetch_value(sql: str, *values: Any) -> Any:
    """The first column of the first record, or None."""
    async with _client().acquire_connection() as connection:
        return await connection.fetchval(sql, *values)


async def execute(sql: str, *values: Any) -> int:
    """Run a writing statement; answers how many rows it touched."""
    async with _client().acquire_connection() as connection:
        status = await connection.execute(sql, *values)
        return int(status.rsplit(" ", 1)[-1])


async def execute_many(sql: str, rows: list[tuple[Any, ...]]) -> None:
    """Run a writing statement once a row, in one round trip."""
    async with _client().acquire_connection() as connection:
        await connection.executemany(sql, rows)


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
