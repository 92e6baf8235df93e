"""Several writing statements as one."""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from asyncpg import IntegrityConstraintViolationError

from domain.shared import database
from domain.shared.errors import DomainError

_PLACEHOLDER: Final = re.compile(r"\$(\d+)")


class Outdated(Exception):
    """What the writes were prepared from has changed meanwhile: nothing is written, they may be prepared again."""


class Writes:
    """Statements that are sent as one: all of them happen or none, in one round trip and without BEGIN and COMMIT.

    Each sees the database as it was before all of them; foreign keys are checked after the last.
    """

    def __init__(self) -> None:
        self._statements: list[tuple[str, int]] = []
        self._values: list[Any] = []
        self._held: set[str] = set()
        self._refusals: dict[str, Callable[[], Awaitable[DomainError]]] = {}

    def add(self, sql: str, *values: Any) -> str:
        """One INSERT, UPDATE or DELETE, placeholders from `$1` on; later ones read what it returns by this name."""
        self._statements.append((sql, len(self._values)))
        self._values += values
        return f"w{len(self._statements) - 1}"

    def refuse(self, constraint: str, error: Callable[[], Awaitable[DomainError]]) -> None:
        """Say what it means to a client that this CHECK constraint refuses the writes."""
        self._refusals[constraint] = error

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """One row by column; names are constants of ours, never input."""
        self.add(_insert(table, tuple(row)), *row.values())

    def holds(self, constraint: str) -> None:
        """What was read keeps this constraint: if it is broken when they are sent, somebody else came in between."""
        self._held.add(constraint)

    async def send(self) -> None:
        """Run them; a DomainError where a constraint has one, Outdated where one is broken that was held."""
        try:
            await database.execute(_as_one(tuple(self._statements)), *self._values)
        except IntegrityConstraintViolationError as error:
            if error.constraint_name in self._held:
                raise Outdated from error
            refusal = self._refusals.get(error.constraint_name or "")
            if refusal is None:
                raise
            raise await refusal() from error


@lru_cache(maxsize=256)
def _insert(table: str, columns: tuple[str, ...]) -> str:
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - constants and placeholders


@lru_cache(maxsize=256)
def _as_one(statements: tuple[tuple[str, int], ...]) -> str:
    """The statements as common table expressions of one, their placeholders counted on."""
    parts = [f"w{place} AS ({_counted_on(sql, offset)})" for place, (sql, offset) in enumerate(statements)]
    return f"WITH {', '.join(parts)} SELECT"


def _counted_on(sql: str, offset: int) -> str:
    return _PLACEHOLDER.sub(lambda found: f"${int(found[1]) + offset}", sql)
