"""An empty database with today's schema, made once for each state of the migrations and copied for who needs one."""

import asyncio
import os
import sys
from hashlib import sha256
from typing import Final

import asyncpg

import bootstrap
from household import ROOT, database_at

_PREFIX: Final = "provender_blank_"


async def copy_of_blank(database_url: str, name: str) -> str:
    """Make the database `name` beside the one at the URL; answers its own. To migrate one takes many times as long."""
    connection = await asyncpg.connect(database_url)
    try:
        blank = await _blank(connection, database_url)
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {blank}')
    finally:
        await connection.close()
    return database_at(database_url, name)


async def _blank(connection: asyncpg.Connection, database_url: str) -> str:
    """The name of the database to copy; whoever comes first makes it, and removes those of other migrations."""
    files = sorted(bootstrap.MIGRATIONS.glob("[0-9]*.py"))
    blank = _PREFIX + sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()[:16]
    await connection.execute("SELECT pg_advisory_lock(hashtext('provender.blank'))")
    try:
        made = {
            row[0]
            for row in await connection.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", _PREFIX)
        }
        if blank not in made:
            for other in made:
                await connection.execute(f"DROP DATABASE {other} WITH (FORCE)")
            unfinished = f"{_PREFIX}unfinished"
            await connection.execute(f"CREATE DATABASE {unfinished}")
            await _migrate(database_at(database_url, unfinished))
            await connection.execute(f"ALTER DATABASE {unfinished} RENAME TO {blank}")
    finally:
        await connection.execute("SELECT pg_advisory_unlock(hashtext('provender.blank'))")
    return blank


async def _migrate(database_url: str) -> None:
    """In a process of its own: Tortoise has one configuration, which this process may be using."""
    environment = {**os.environ, "PROVENDER_DATABASE_URL": database_url}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "cli", "migrate", cwd=ROOT, env=environment)
    assert await process.wait() == 0
