"""Mutations that count once: the same key and input answer the same for 24 hours, stored with the work itself."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record, UniqueViolationError

from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, DomainError, ErrorCode, FieldCode, FieldError, Invalid
from domain.shared.forgetting import forget
from domain.shared.writes import Outdated, Writes

KEPT: Final = timedelta(hours=24)
MAX_KEY_LENGTH: Final = 255
_CLAIMED: Final = "idempotency_keys_pkey"

_LOOK: Final = """
SELECT pg_try_advisory_xact_lock($2) AS locked, k.input_hash, k.outcome
FROM (SELECT 1) AS one LEFT JOIN idempotency_keys k ON k.id = $1 AND k.expires_at > $3
"""
_ANSWERED: Final = "SELECT input_hash, outcome FROM idempotency_keys WHERE id = $1 AND expires_at > $2"
_STORE: Final = """
INSERT INTO idempotency_keys (id, principal, operation, input_hash, outcome, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET input_hash = $4, outcome = $5, expires_at = $6 WHERE idempotency_keys.expires_at <= $7
"""
_CLAIM: Final = """
INSERT INTO idempotency_keys (id, principal, operation, input_hash, outcome, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_FREE: Final = "DELETE FROM idempotency_keys WHERE id = $1 AND expires_at <= $2"


@dataclass(frozen=True, slots=True)
class Request:
    """One keyed request: the mutation's name, the client's key, and the SHA-256 (hex) of its canonical input."""

    operation: str
    key: str
    input_hash: str


def _in_progress() -> Conflict:
    message = "a request with this idempotencyKey is still running; send it again in a moment"
    return Conflict(message, ErrorCode.IDEMPOTENCY_IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a request's answer is kept, and the lock that says it is being worked on."""

    key_id: UUID
    lock: int


async def forget_keys(before: datetime) -> int:
    """Drop keys that stopped counting before a time; answers how many."""
    return await forget("idempotency_keys", "expires_at < $1", before)


def _place(actor: Actor, request: Request) -> _Place:
    if not 1 <= len(request.key) <= MAX_KEY_LENGTH:
        message = f"must have 1 to {MAX_KEY_LENGTH} characters"
        raise Invalid([FieldError("idempotencyKey", FieldCode.OUT_OF_RANGE, message)])
    digest = sha256(f"{actor.principal}\n{request.operation}\n{request.key}".encode()).digest()
    return _Place(UUID(bytes=digest[:16]), int.from_bytes(digest[16:24], signed=True))


async def once(actor: Actor, request: Request, act: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Run `act` in one transaction unless this request was answered already; `act` answers what to repeat (JSON).

    Another input under the same key is a Conflict (IDEMPOTENCY_MISMATCH), one that still runs IDEMPOTENCY_IN_PROGRESS.
    A refused request stores nothing: it did no work, and may be sent again corrected under the same key.
    """
    place = _place(actor, request)
    try:
        async with database.transaction():
            found = await database.fetch_row(_LOOK, place.key_id, place.lock, actor.at)
            if found is None or not found["locked"]:
                raise _in_progress()
            if found["input_hash"] is not None:
                return _answer_again(found, request)
            outcome = await act()
            if await database.execute(_STORE, *_kept(actor, request, place, outcome), actor.at) != 1:
                # another one committed between our look and our lock: its work stands, ours is undone
                raise _in_progress()
            return outcome
    except DomainError:
        # Another one may have committed between our look and our lock: its answer stands, not our refusal.
        found = await database.fetch_row(_ANSWERED, place.key_id, actor.at)
        if found is None:
            raise
        return _answer_again(found, request)


async def write_once(
    actor: Actor, request: Request, prepare: Callable[[Writes], Awaitable[dict[str, Any]]]
) -> tuple[UUID, dict[str, Any] | None]:
    """As `once` for a row that is made by one statement: `prepare` answers it. Here (id, row), or (id, None) if it was.

    Nothing is locked or looked up before: who comes second waits for the first one's statement, and finds its answer.
    """
    place = _place(actor, request)
    while True:
        try:
            writes = Writes()
            row = await prepare(writes)
            writes.add(_CLAIM, *_kept(actor, request, place, {"id": str(row["id"])}))
            await writes.send()
        except Outdated:
            continue
        except (DomainError, UniqueViolationError) as error:
            is_claimed = getattr(error, "constraint_name", None) == _CLAIMED
            found = await database.fetch_row(_ANSWERED, place.key_id, actor.at)
            if found is not None:
                return UUID(_answer_again(found, request)["id"]), None
            if not is_claimed or not await database.execute(_FREE, place.key_id, actor.at):
                raise
        else:
            return row["id"], row


def _answer_again(found: Mapping[str, Any] | Record, request: Request) -> dict[str, Any]:
    if found["input_hash"] != request.input_hash:
        message = "this idempotencyKey was used before with another input"
        raise Conflict(message, ErrorCode.IDEMPOTENCY_MISMATCH)
    return dict(found["outcome"])


def _kept(actor: Actor, request: Request, place: _Place, outcome: dict[str, Any]) -> tuple[Any, ...]:
    answer = orjson.dumps(outcome).decode()
    return place.key_id, actor.principal, request.operation, request.input_hash, answer, actor.at + KEPT
