"""The schema that all migrations together make, as one file of SQL: a new database takes it at once."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from asyncpg import Connection
from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector

_DUMP: Final = ("--schema-only", "--no-owner", "--no-privileges")
# What pg_dump writes for psql and for sessions of its own, and what every database has.
_LEFT_OUT: Final = (
    "--",
    "\\",
    "SET ",
    "SELECT pg_catalog.set_config",
    "CREATE SCHEMA public",
    "COMMENT ON SCHEMA public",
)
_IS_NEW: Final = "SELECT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)"


async def load_snapshot(connection: "Connection[Any]", snapshot: str) -> None:
    """Give a database with nothing in it this schema, all or nothing; leave any other as it is."""
    if await connection.fetchval(_IS_NEW):
        await connection.execute(snapshot)


def dump_snapshot(pg_dump: Path, database_url: str, migrations: Sequence[str]) -> str:
    """The schema of a database in which these migrations were applied, as SQL that says so itself."""
    dumped = subprocess.run(  # noqa: S603 - the program of the operator's own choice
        [pg_dump, *_DUMP, database_url], check=True, capture_output=True, text=True
    )
    names = ", ".join(f"'{name}'" for name in migrations)
    applied = (
        "INSERT INTO public.tortoise_migrations (app, name, applied_at)\n"
        f"SELECT 'provender', unnest(ARRAY[{names}]), now();"
    )
    return "\n".join(["-- Written by `make snapshot`.", *_statements(dumped.stdout), "", applied, ""])


def _statements(dumped: str) -> Iterator[str]:
    """The lines that count, with one empty line at most between two."""
    is_empty = True
    for line in dumped.splitlines():
        if line.startswith(_LEFT_OUT) or (is_empty and not line):
            continue
        is_empty = not line
        yield line


async def write_migrations(config: Mapping[str, Any]) -> list[str]:
    """Write the migration that brings the last one's tables to today's models; the paths of what was written."""
    await Tortoise.init(config=dict(config), init_connections=False)
    return await MigrationAutodetector(Tortoise.apps, config["apps"]).write()
