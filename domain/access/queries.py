"""Finding out who acts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.access.permissions import GRANTABLE, Role, permissions_of
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
_BY_ACCESS_HASH: Final = f"""
SELECT s.id AS session_id, s.access_expires_at, s.last_used_at, m.id AS member_id, m.role,
       o.id AS organization_id, o.kind, o.scope, {HALTED} AS halted
FROM sessions s JOIN members m ON m.id = s.member_id JOIN organizations o ON o.id = m.organization_id
WHERE s.access_hash = $1 AND s.ended_at IS NULL AND s.access_expires_at > $2 AND m.removed_at IS NULL
"""  # noqa: S608 - a constant
_OF_IDENTITY: Final = f"""
SELECT o.id AS organization_id, o.kind, o.scope, {HALTED} AS halted FROM organizations o WHERE o.id = $1
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time and ids come from, so that rules never reach for them.

    `signed` is the time that signatures of others are held against, where `now` may be another.
    """

    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    signed: Callable[[], datetime] | None = None

    def signed_at(self) -> datetime:
        """The time to hold a signature against."""
        return (self.signed or self.now)()


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
    session_id: UUID | None = None
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
            self.session_id,
            self.halted,
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom an issuer of the operator's vouches for: `principal` is ours for it, by issuer and subject."""

    principal: str
    organization_id: UUID
    role: Role
    expires_at: datetime


Identify = Callable[[str], Awaitable[Identity | None]]


async def nobody(_token: str) -> None:
    """Take no issuer's word."""


class Callers:
    """Who bearer tokens stand for; a process that just looked a token up believes it for a second.

    So a token that another process revokes may do here what it could for that second (decision 0008).
    """

    def __init__(self, clock: Clock, identify: Identify = nobody) -> None:
        self._clock = clock
        self._identify = identify
        self._seen: dict[str, Credential] = {}
        self._forgotten = 0

    async def actor_of_token(self, token: str) -> Actor | None:
        """The actor a machine token stands for; None when it is unknown, revoked or expired."""
        return await self._actor(token, _look_up)

    async def actor_of_session(self, token: str) -> Actor | None:
        """The actor an access token stands for; None when it is unknown or expired, or its session has ended."""
        return await self._actor(token, _look_up_session)

    async def actor_of_identity(self, token: str) -> Actor | None:
        """The actor an external issuer's token stands for; None when we do not take its word."""
        identity = await self._identify(token)

        async def look_up(_key: str, at: datetime) -> Credential | None:
            return await _credential_of(identity, at) if identity else None

        return await self._actor(token, look_up)

    async def _actor(self, token: str, look_up: "LookUp") -> Actor | None:
        at, key = self._clock.now(), token_hash(token)
        credential = self._seen.get(key)
        if credential is None or not credential.is_fresh(at):
            self._seen.pop(key, None)
            forgotten = self._forgotten
            credential = await look_up(key, at)
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


LookUp = Callable[[str, datetime], Awaitable[Credential | None]]


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


def member_credential(place: Mapping[str, Any] | Record, at: datetime, expires_at: datetime | None) -> Credential:
    """What a membership stands for: `place` has member, role, and its organization's id, kind, scope and halt."""
    kind = OrganizationKind(place["kind"])
    return Credential(
        principal=encode("Member", place["member_id"]),
        organization_id=place["organization_id"],
        organization_kind=kind,
        scope=Scope(place["scope"]),
        permissions=permissions_of(Role(place["role"]), kind),
        expires_at=expires_at,
        seen_at=at,
        halted=place["halted"] or "",
    )


async def _look_up_session(key: str, at: datetime) -> Credential | None:
    record = await database.fetch_row(_BY_ACCESS_HASH, key, at)
    if record is None:
        return None
    if record["last_used_at"] < at - _LAST_USED_GRAIN:
        await database.execute("UPDATE sessions SET last_used_at = $2 WHERE id = $1", record["session_id"], at)
    credential = member_credential(record, at, record["access_expires_at"])
    return replace(credential, session_id=record["session_id"])


async def _credential_of(identity: Identity, at: datetime) -> Credential | None:
    record = await database.fetch_row(_OF_IDENTITY, identity.organization_id)
    if record is None:
        return None
    kind = OrganizationKind(record["kind"])
    return Credential(
        principal=identity.principal,
        organization_id=record["organization_id"],
        organization_kind=kind,
        scope=Scope(record["scope"]),
        permissions=permissions_of(identity.role, kind),
        expires_at=identity.expires_at,
        seen_at=at,
    )
