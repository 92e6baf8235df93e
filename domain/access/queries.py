"""Finding out who acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from domain.access.permissions import GRANTABLE
from domain.organizations.queries import HALTED
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind, Permission
from domain.shared.ids import encode
from domain.shared.listing import Listing
from domain.shared.tenancy import Scope

API_TOKENS: Final = Listing("api_tokens")
_LAST_USED_GRAIN: Final = timedelta(minutes=1)
_KEPT_CREDENTIALS: Final = 10_000
BELIEVED: Final = timedelta(seconds=1)

_BY_HASH: Final = f"""
SELECT t.id, t.permissions, t.expires_at, t.last_used_at, o.id AS organization_id, o.kind, o.scope, {HALTED} AS halted
FROM api_tokens t JOIN organizations o ON o.id = t.organization_id
WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time and ids come from, so that rules never reach for them."""

    now: Callable[[], datetime]
    new_id: Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Credential:
    """What a token stands for until it expires, as the database had it at `seen_at`."""

    principal: str
    organization_id: UUID
    organization_kind: OrganizationKind
    scope: Scope
    permissions: frozenset[Permission]
    expires_at: datetime | None
    seen_at: datetime
    halted: str = ""

    def is_fresh(self, at: datetime) -> bool:
        """Whether it may be believed without another look."""
        is_valid = self.expires_at is None or self.expires_at > at
        return is_valid and timedelta(0) <= at - self.seen_at < BELIEVED

    def actor(self, at: datetime, new_id: Callable[[], UUID]) -> Actor:
        """Who acts by it, at this moment."""
        return Actor(
            self.principal,
            self.organization_id,
            self.organization_kind,
            self.scope,
            self.permissions,
            at,
            new_id,
            self.halted,
        )


class Callers:
    """Who bearer tokens stand for; a process that just looked a token up believes it for a second.

    So a token that another process revokes may do here what it could for that second (decision 0008).
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, Credential] = {}
        self._forgotten = 0

    async def actor_of_token(self, token: str) -> Actor | None:
        """The actor a bearer token stands for; None when it is unknown, revoked or expired."""
        at, key = self._clock.now(), token_hash(token)
        credential = self._seen.get(key)
        if credential is None or not credential.is_fresh(at):
            self._seen.pop(key, None)
            forgotten = self._forgotten
            credential = await _look_up(key, at)
            if credential is None:
                return None
            if len(self._seen) >= _KEPT_CREDENTIALS:
                self._seen.clear()
            if forgotten == self._forgotten:  # else it may have changed since it was read
                self._seen[key] = credential
        return credential.actor(at, self._clock.new_id)

    def forget(self) -> None:
        """Look everything up again: credentials, or what they may do, have changed."""
        self._seen.clear()
        self._forgotten += 1


def token_hash(token: str) -> str:
    """What is kept of a token: the SHA-256 of its 256 random bits needs no salt and no stretching."""
    return sha256(token.encode()).hexdigest()


async def _look_up(key: str, at: datetime) -> Credential | None:
    record = await database.fetch_row(_BY_HASH, key, at)
    if record is None:
        return None
    if record["last_used_at"] is None or record["last_used_at"] < at - _LAST_USED_GRAIN:
        await database.execute("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1", record["id"], at)
    kind = OrganizationKind(record["kind"])
    granted = frozenset(Permission(name) for name in record["permissions"])
    return Credential(
        principal=encode("ApiToken", record["id"]),
        organization_id=record["organization_id"],
        organization_kind=kind,
        scope=Scope(record["scope"]),
        permissions=granted & GRANTABLE[kind],
        expires_at=record["expires_at"],
        seen_at=at,
        halted=record["halted"] or "",
    )
