"""What people come in by: how passwords are compared, and where fresh secrets come from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.access.queries import Clock
from domain.shared.actor import Actor


class Passwords(Protocol):
    """Slow, salted hashes; both calls take the same time whatever comes out."""

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        ...

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; None, of nobody, takes as long to find wrong."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """One request's way in, for those who do not act yet; `address` is the client's."""

    clock: Clock
    passwords: Passwords
    new_access_token: Callable[[], str]
    new_refresh_token: Callable[[], str]
    address: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in as which member, with the secrets of the new session: shown once, kept as hashes."""

    actor: Actor
    member_id: UUID
    session_id: UUID
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
