"""Finding out who acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.access.permissions import GRANTABLE
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind, Permission
from domain.shared.ids import encode
from domain.shared.listing import Listing
from domain.shared.tenancy import Scope

API_TOKENS: Final = Listing("api_tokens")
_LAST_USED_GRAIN: Final = timedelta(minutes=1)

_BY_HASH: Final = """
SELECT t.id, t.permissions, t.expires_at, t.last_used_at, o.id AS organization_id, o.kind, o.scope
FROM api_tokens t JOIN organizations o ON o.id = t.organization_id
WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
"""


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time and ids come from, so that rules never reach for them."""

    now: Callable[[], datetime]
    new_id: Callable[[], UUID]


def token_hash(token: str) -> str:
    """What is kept of a token: the SHA-256 of its 256 random bits needs no salt and no stretching."""
    return sha256(token.encode()).hexdigest()


async def actor_of_token(token: str, clock: Clock) -> Actor | None:
    """The actor a bearer token stands for; None when it is unknown, revoked or expired."""
    at = clock.now()
    record = await database.fetch_row(_BY_HASH, token_hash(token), at)
    if record is None:
        return None
    if record["last_used_at"] is None or record["last_used_at"] < at - _LAST_USED_GRAIN:
        await database.execute("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1", record["id"], at)
    return _actor(record, at, clock)


def _actor(record: Record, at: datetime, clock: Clock) -> Actor:
    kind = OrganizationKind(record["kind"])
    granted = frozenset(Permission(name) for name in record["permissions"])
    return Actor(
        principal=encode("ApiToken", record["id"]),
        organization_id=record["organization_id"],
        organization_kind=kind,
        scope=Scope(record["scope"]),
        permissions=granted & GRANTABLE[kind],
        at=at,
        new_id=clock.new_id,
    )
