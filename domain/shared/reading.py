"""What an input says that cannot be read: refused at once, or gone past to say with it all else that is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from domain.shared.errors import FieldError, Invalid

_collected: Final[ContextVar[list[FieldError] | None]] = ContextVar("collected", default=None)


class Unreadable(Invalid):
    """Something in the input stands for nothing: a malformed id, provisioning information that is no object."""


def unreadable(field: FieldError) -> None:
    """Raise Unreadable; within `collecting` note it, and the caller goes on with what names nothing."""
    collected = _collected.get()
    if collected is None:
        raise Unreadable([field])
    collected.append(field)


@contextmanager
def collecting() -> Iterator[list[FieldError]]:
    """Go past what cannot be read while the block lasts; its fields come into the list.

    Whatever the block does is done with ids that name nothing: nothing that it writes may stay.
    """
    collected: list[FieldError] = []
    before = _collected.set(collected)
    try:
        yield collected
    finally:
        _collected.reset(before)


def is_collecting() -> bool:
    """Whether what is done now will be undone: what cannot be undone must not be done."""
    return _collected.get() is not None
