"""What a statement leaves behind that was cut off: nothing that others would have to wait for."""

import asyncio
from typing import Final

import asyncpg
import pytest

import bootstrap
from domain.shared import database
from domain.shared.pool import Connection
from seeding import Planted

_LOCKED: Final = """
SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE c.relname = 'terms_documents' AND l.pid <> pg_backend_pid() AND l.database = (
  SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def test_a_statement_cancelled_between_its_parse_and_its_run_keeps_no_lock(
    tree: Planted, addresses: bootstrap.Addresses
) -> None:
    """Its connection goes back to the pool: whoever changes the table would wait for it until somebody uses it."""

    async def cut_off(connection: Connection) -> None:
        await connection.prepare("SELECT * FROM terms_documents WHERE id = $1")
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await database._run(cut_off)  # noqa: SLF001 - where every statement passes
    beside = await asyncpg.connect(addresses.database_url)
    assert await beside.fetchval(_LOCKED) == 0
    await beside.close()


async def test_a_statement_that_hangs_is_ended_with_its_task(tree: Planted) -> None:
    """The server stops, and the connection serves the next."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await database.fetch("SELECT pg_sleep(60)")
    asleep = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'"
    assert await database.fetch_value(asleep) == 0
