"""Migrations: up from nothing, down to nothing; and the database has what the models declare."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from random import SystemRandom
from textwrap import dedent
from typing import Any

import asyncpg
import pytest
from tortoise.models import Model

import bootstrap
from domain.models import __models__ as models
from household import ROOT, database_at
from integrations.embedded.postgres import find_program
from integrations.snapshot import dump_snapshot, load_snapshot

MODELS: tuple[type[Model], ...] = tuple(models)
OWN_TABLES = {str(model._meta.db_table) for model in MODELS}  # noqa: SLF001 - Tortoise's own name for it
OWN_TABLES |= {"search_words"}  # an index rather than a model: its key is all of it

# Each runs in a process of its own: Tortoise keeps one global configuration, which is the test process's.
MOVE = """
    import asyncio, gc, sys
    import bootstrap
    from tortoise import Tortoise
    from tortoise import models
    from tortoise.migrations.api import migrate

    # Tortoise makes each model anew for each operation, and its filters are half of that: migrations never query.
    models.get_filters_for_field = lambda **_: {}
    models.MetaInfo._generate_filters = lambda _: None
    gc.disable()

    async def main():
        config = bootstrap.tortoise_config(sys.argv[1], 2)
        await migrate(config=config, target=sys.argv[2], direction=sys.argv[3])
        await Tortoise.close_connections()

    asyncio.run(main())
"""
PENDING = """
    import asyncio, sys
    import bootstrap
    from tortoise import Tortoise
    from tortoise.migrations.autodetector import MigrationAutodetector
    from tortoise.migrations.operations import AlterModelOptions

    async def main():
        config = bootstrap.tortoise_config(sys.argv[1], 2)
        await Tortoise.init(config=config, init_connections=False)
        changes = await MigrationAutodetector(Tortoise.apps, config["apps"]).changes()
        print([
            (type(one).__name__, vars(one))
            for writer in changes
            for one in writer.operations
            # A reworded docstring is a table's description, which is none of the database's business.
            if not isinstance(one, AlterModelOptions)
        ])

    asyncio.run(main())
"""


async def run(script: str, *arguments: str) -> str:
    """Run a script in the root of the repository; what it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        dedent(script),
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return said.decode().strip()


@pytest.fixture
async def empty(servers: bootstrap.Addresses) -> AsyncIterator[str]:
    """The URL of a database without anything in it."""
    name = f"migrations_{SystemRandom().getrandbits(48)}"
    connection = await asyncpg.connect(servers.database_url)
    await connection.execute(f"CREATE DATABASE {name}")
    yield database_at(servers.database_url, name)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture
async def connection(addresses: bootstrap.Addresses) -> AsyncIterator[asyncpg.Connection]:
    """A database that was migrated up from nothing."""
    opened = await asyncpg.connect(addresses.database_url)
    yield opened
    await opened.close()


async def shape(url: str) -> set[tuple[Any, ...]]:
    """Every column, constraint, index, sequence, function and type of a database but those of Tortoise's own books."""
    connection = await asyncpg.connect(url)
    sql = """
        SELECT 'column', table_name::text, column_name::text, data_type::text, is_nullable::text, collation_name::text
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'index', tablename::text, indexname::text, indexdef, '', '' FROM pg_indexes
        WHERE schemaname = 'public'
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), '', ''
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'sequence', sequencename::text, '', '', '', '' FROM pg_sequences WHERE schemaname = 'public'
        UNION ALL SELECT 'function', proname::text, prosrc, '', '', '' FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname::text, '', '', '' FROM pg_trigger
        WHERE NOT tgisinternal
        UNION ALL SELECT 'type', typname::text, '', '', '', '' FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
    """
    rows = await connection.fetch(sql)
    await connection.close()
    return {
        tuple(plain(part) if part else part for part in row)
        for row in rows
        if not str(row[1]).startswith(("tortoise_", "aerich"))
    }


def plain(definition: str) -> str:
    """A definition without the casts of a list of words, which PostgreSQL prints otherwise once it was restored."""
    definition = definition.replace("'::character varying", "'")
    definition = re.sub(r"\(('[^']*')\)::text", r"\1", definition)
    return re.sub(r"\((ARRAY\[[^]]*\])\)::text\[\]", r"\1", definition)


async def test_up_and_down_again(empty: str, addresses: bootstrap.Addresses) -> None:
    """All migrations make what is in the snapshot, and can be undone until nothing is left for a next one to meet."""
    await run(MOVE, empty, "provender", "forward")
    up = await shape(empty)
    assert {row[1] for row in up if row[0] == "column"} == OWN_TABLES
    assert await shape(addresses.database_url) == up, "make snapshot"
    await run(MOVE, empty, "provender.__first__", "backward")
    assert await shape(empty) == set()


async def test_the_snapshot_says_which_migrations_are_in_it(connection: asyncpg.Connection) -> None:
    """Where one was added without `make snapshot`, new databases would apply it by themselves: slowly, and unseen."""
    assert [f"'{name}'" in bootstrap.SNAPSHOT.read_text() for name in bootstrap.migration_names()].count(False) == 0
    applied = [row["name"] for row in await connection.fetch("SELECT name FROM tortoise_migrations ORDER BY name")]
    assert applied == bootstrap.migration_names()


async def test_what_is_written_as_a_snapshot_makes_the_same_again(empty: str, addresses: bootstrap.Addresses) -> None:
    """As `make snapshot` writes it: taken by a database with nothing in it, and by no other."""
    text = dump_snapshot(find_program("pg_dump"), addresses.database_url, bootstrap.migration_names())
    opened = await asyncpg.connect(empty)
    for _ in range(2):
        await load_snapshot(opened, text)
    assert await opened.fetchval("SELECT count(*) FROM tortoise_migrations") == len(bootstrap.migration_names())
    await opened.close()
    assert await shape(empty) == await shape(addresses.database_url)


async def test_no_model_has_changed_since_the_last_migration() -> None:
    """What the migrations make is what the models say: nothing is left to be written."""
    assert await run(PENDING, "postgres://") == "[]"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
async def test_every_constraint_of_a_model_is_in_the_database(
    model: type[Model], connection: asyncpg.Connection
) -> None:
    """A declared constraint that the database does not have guards nothing."""
    meta = model._meta  # noqa: SLF001 - Tortoise's own name for it
    sql = """
        SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass
        UNION SELECT indexname FROM pg_indexes WHERE tablename = $2
    """
    present = {row[0] for row in await connection.fetch(sql, meta.db_table, meta.db_table)}
    assert {constraint.name for constraint in meta.constraints} <= present


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
async def test_every_index_of_a_model_is_in_the_database(model: type[Model], connection: asyncpg.Connection) -> None:
    """A declared index, or a unique column, that the database does not have makes a list slow or a row double."""
    meta = model._meta  # noqa: SLF001 - Tortoise's own name for it
    sql = """
        SELECT i.indisunique, array_agg(a.attname::text ORDER BY k.place) AS columns
        FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(number, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
        WHERE i.indrelid = $1::regclass GROUP BY i.indexrelid, i.indisunique
    """
    rows = await connection.fetch(sql, meta.db_table)
    indexed = [list(row["columns"]) for row in rows]
    for index in meta.indexes:
        fields = index if isinstance(index, tuple) else index.fields
        assert [_column(model, name) for name in fields] in indexed
    unique = [list(row["columns"]) for row in rows if row["indisunique"]]
    for name, field in meta.fields_map.items():
        if getattr(field, "unique", False) and name in meta.fields_db_projection:
            assert [meta.fields_db_projection[name]] in unique


def _column(model: type[Model], name: str) -> str:
    return str(model._meta.fields_db_projection.get(name, name))  # noqa: SLF001 - Tortoise's own name for it


async def test_every_place_in_the_tree_is_compared_byte_by_byte(connection: asyncpg.Connection) -> None:
    """A subtree is a range of `scope` only under the collation "C"."""
    sql = """
        SELECT table_name::text, collation_name::text FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'scope'
    """
    found = dict(await connection.fetch(sql))
    scoped = {str(m._meta.db_table) for m in MODELS if "scope" in m._meta.fields_map}  # noqa: SLF001 - as above
    assert set(found) == scoped
    assert set(found.values()) == {"C"}


@pytest.mark.parametrize(
    "table", ["events", "provisioning_operations", "webhook_deliveries", "outgoing_mails", "bulk_operations"]
)
async def test_every_queue_has_an_index_of_what_is_due(table: str, connection: asyncpg.Connection) -> None:
    """Claiming never walks what is done."""
    sql = "SELECT indexdef FROM pg_indexes WHERE tablename = $1 AND indexname = $1 || '_due'"
    definition = await connection.fetchval(sql, table)
    assert definition is not None
    assert "(due_at)" in definition
    assert "due_at IS NOT NULL" in definition


async def test_an_instance_has_one_live_operation_at_most(connection: asyncpg.Connection) -> None:
    """The partial unique index counts only operations that have not ended."""
    sql = "SELECT indexdef FROM pg_indexes WHERE indexname = 'operations_one_live'"
    definition = await connection.fetchval(sql)
    assert definition is not None
    assert "UNIQUE" in definition
    assert "finished_at IS NULL" in definition
