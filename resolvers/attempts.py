"""Trying secrets: counted by whom and from where, so that nobody can try many."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256

from domain.shared.errors import Invalid, Throttled
from domain.shared.reading import is_collecting
from schema.context import Info


@asynccontextmanager
async def attempt(info: Info, subject: str) -> AsyncIterator[None]:
    """Count one attempt on `subject` from the client's address; one that succeeds is given back.

    Throttled, before anything is compared, when there were too many of either.
    """
    await count(info, subject)
    yield
    info.context.house.attempts.give_back(_digest(info, subject), info.context.address)


async def count(info: Info, subject: str) -> None:
    """Count one attempt that is never given back; Throttled when there were too many."""
    if is_collecting():
        raise Invalid([])  # a count cannot be undone, and no secret is tried beside what cannot be read
    attempts = info.context.house.attempts
    wait_seconds = await attempts.take_of_address(info.context.address)
    wait_seconds = wait_seconds or await attempts.take_of_subject(_digest(info, subject))
    if wait_seconds:
        message = f"too many attempts: come back in {wait_seconds:.0f} s"
        raise Throttled(message, timedelta(seconds=wait_seconds))


def _digest(info: Info, subject: str) -> str:
    """Subjects are addresses and tokens: what counts them need not know them."""
    return sha256(f"{info.field_name}\n{subject.casefold()}".encode()).hexdigest()
