"""Inputs of which something cannot be read: refused with all that is wrong with them, not only with what came first."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress

from domain.shared import database
from domain.shared.errors import FieldError, Invalid
from domain.shared.reading import collecting


class _Undone(Exception):
    """Nothing refused it: what was done must not stay."""


async def all_refused(act: Callable[[], Awaitable[object]]) -> Invalid:
    """Do it once more past what cannot be read, in a transaction that is undone: every field that is refused."""
    others: Sequence[FieldError] = ()
    # With ids that name nothing it may stumble anywhere, and over anything: that is no news.
    with collecting() as fields, suppress(Exception):
        try:
            async with database.transaction():
                await act()
                raise _Undone
        except Invalid as error:
            others = error.fields
    told = {field.path for field in fields}
    return Invalid([*fields, *(field for field in others if told.isdisjoint(_at_and_above(field.path)))])


def _at_and_above(path: str) -> Iterator[str]:
    """The path itself and those that it stands below: of what cannot be read no part is missing."""
    while path:
        yield path
        path = path.rpartition(".")[0]
