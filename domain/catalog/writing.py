"""Writing rows of the catalog by column."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.writes import Writes


async def insert(table: str, *rows: Mapping[str, Any]) -> None:
    """Insert rows, all in one statement; table and columns are constants of ours, never input."""
    writes = Writes()
    for row in rows:
        writes.insert(table, row)
    if rows:
        await writes.send()


async def update(table: str, row_id: UUID, values: Mapping[str, Any]) -> None:
    """Set these columns of one row."""
    sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 2))
    await database.execute(f"UPDATE {table} SET {sets} WHERE id = $1", row_id, *values.values())  # noqa: S608 - constants and placeholders


async def replace_rows(actor: Actor, table: str, owner: str, owner_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make these the only rows of `table` whose column `owner` holds this id."""
    await database.execute(f"DELETE FROM {table} WHERE {owner} = $1", owner_id)  # noqa: S608 - constants
    await insert(table, *({"id": actor.new_id(), owner: owner_id, **row} for row in rows))
