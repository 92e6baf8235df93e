"""Sealing stored secrets anew, so that keys they were sealed with before can go: outside any tenancy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.shared import database

# Every column that holds what is encrypted; a test compares them with the database.
SEALED: Final = (
    ("webhook_endpoints", "secret_sealed"),
    ("webhook_endpoints", "previous_secret_sealed"),
    ("webhook_endpoints", "signing_key_sealed"),
    ("webhook_endpoints", "previous_signing_key_sealed"),
    ("instances", "outputs_sealed"),
    ("tickets", "outputs_sealed"),
    ("outgoing_mails", "token_sealed"),
    ("ports", "pin_sealed"),
)
_BATCH: Final = 500
_FIRST: Final = UUID(int=0)


class Unreadable(Exception):
    """No key that is configured opens it."""


@dataclass(slots=True)
class Resealed:
    """What became of the secrets of one column: sealed anew, sealed with the newest key before, or lost."""

    column: str
    resealed: int = 0
    current: int = 0
    unreadable: int = 0


async def reseal_all(seal_anew: Callable[[bytes], bytes | None]) -> list[Resealed]:
    """Seal all of them with the newest key; `seal_anew` answers None where one is already, or raises Unreadable.

    What somebody replaces meanwhile is left alone. Run again, it goes on with what is left.
    """
    return [await _reseal(table, column, seal_anew) for table, column in SEALED]


async def _reseal(table: str, column: str, seal_anew: Callable[[bytes], bytes | None]) -> Resealed:
    done, after = Resealed(f"{table}.{column}"), _FIRST
    page = f"SELECT id, {column} AS sealed FROM {table} WHERE id > $1 AND {column} IS NOT NULL ORDER BY id LIMIT $2"  # noqa: S608 - constants
    replace = (
        f"UPDATE {table} t SET {column} = n.new FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS n(id, old, new) "  # noqa: S608 - constants
        f"WHERE t.id = n.id AND t.{column} = n.old"
    )
    while rows := await database.fetch(page, after, _BATCH):
        anew: list[tuple[UUID, bytes, bytes]] = []
        for row in rows:
            try:
                sealed = seal_anew(row["sealed"])
            except Unreadable:
                done.unreadable += 1
                continue
            if sealed is None:
                done.current += 1
            else:
                anew.append((row["id"], row["sealed"], sealed))
        if anew:
            done.resealed += await database.execute(replace, *map(list, zip(*anew, strict=True)))
        after = rows[-1]["id"]
    return done
