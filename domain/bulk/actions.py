"""Starting bulk operations, advancing them step by step, and ending them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from domain.bulk.queries import BULK_OPERATIONS
from domain.bulk.rules import MAX_ERRORS, REQUIRES, BulkKind
from domain.bulk.states import BULK, BulkState
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import NotFound
from domain.shared.ids import encode
from domain.shared.leases import Queue
from domain.shared.tenancy import Scope

BULK_QUEUE: Final = Queue("bulk_operations")


class LeaseLost(Exception):
    """Somebody else works on it, or it was cancelled: what the step wrote must not be committed."""


@dataclass(frozen=True, slots=True)
class NewBulk:
    """Work of one organization; `parameters` (JSON) are what its steps need to know."""

    kind: BulkKind
    organization_id: UUID
    scope: str
    parameters: Mapping[str, Any]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ItemError:
    """Why one thing failed; `item` names it as whoever started the operation knows it."""

    item: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step did: how many things came to a good end and how many failed, and where the next begins (JSON)."""

    done: int
    failed: int
    cursor: Any
    finished: bool
    total: int | None = None
    errors: Sequence[ItemError] = ()


async def start(actor: Actor, new: NewBulk) -> UUID:
    """Queue an operation, in the caller's transaction if there is one; the caller has checked the permission."""
    operation_id = actor.new_id()
    row = {
        "id": operation_id,
        "scope": new.scope,
        "organization_id": new.organization_id,
        "kind": new.kind.value,
        "total": new.total,
        "done": 0,
        "failed": 0,
    }
    async with database.transaction():
        await database.execute(
            "INSERT INTO bulk_operations (id, scope, organization_id, kind, total, done, failed, state, parameters, "
            "errors, created_by, created_at, due_at, attempts) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '[]', $10, $11, $11, 0)",
            *row.values(),
            BulkState.QUEUED.value,
            orjson.dumps(new.parameters).decode(),
            actor.principal,
            actor.at,
        )
        await record(actor, _event(EventType.BULK_OPERATION_CREATED, row))
    return operation_id


def on_behalf(actor: Actor, operation: Record) -> Actor:
    """The worker as the one who started the operation, within its organization's subtree, with every permission."""
    scope = Scope(operation["scope"])
    return replace(actor, principal=operation["created_by"], organization_id=operation["organization_id"], scope=scope)


async def advance(actor: Actor, operation: Record, progress: Progress) -> None:
    """Commit a step's progress with what the step wrote: called in its transaction. LeaseLost undoes both."""
    errors = [*operation["errors"], *map(asdict, progress.errors)][:MAX_ERRORS]
    changed = {
        "total": operation["total"] if progress.total is None else progress.total,
        "done": operation["done"] + progress.done,
        "failed": operation["failed"] + progress.failed,
    }
    held = await BULK_QUEUE.settle(
        operation["id"],
        operation["lease_token"],
        due_at=None if progress.finished else actor.at,
        state=(BulkState.COMPLETED if progress.finished else BulkState.RUNNING).value,
        started_at=operation["started_at"] or actor.at,
        finished_at=actor.at if progress.finished else None,
        cursor=orjson.dumps(progress.cursor).decode(),
        errors=orjson.dumps(errors).decode(),
        attempts=0,
        **changed,
    )
    if not held:
        raise LeaseLost
    if progress.finished:
        await record(actor, _event(EventType.BULK_OPERATION_COMPLETED, {**operation, **changed}))


async def fail(actor: Actor, operation: Record, *, code: str, reason: str) -> None:
    """End an operation that cannot go on; what its steps have done stays done. Without the lease it does nothing."""
    async with database.transaction():
        held = await BULK_QUEUE.settle(
            operation["id"],
            operation["lease_token"],
            due_at=None,
            state=BulkState.FAILED.value,
            finished_at=actor.at,
            failure_code=code,
            failure_reason=reason,
        )
        if held:
            failure = {"code": code, "reason": reason}
            await record(actor, _event(EventType.BULK_OPERATION_FAILED, operation, failure))


async def cancel(actor: Actor, operation_id: UUID) -> UUID:
    """Stop an operation between two steps: what is done stays done, a step under way is undone."""
    async with database.transaction():
        if not await BULK_OPERATIONS.by_ids(actor, [operation_id], ()):
            raise NotFound("bulk operation", encode("BulkOperation", operation_id))
        row = await database.fetch_row("SELECT * FROM bulk_operations WHERE id = $1 FOR UPDATE", operation_id)
        if row is None:
            raise NotFound("bulk operation", encode("BulkOperation", operation_id))
        actor.require_to_change(REQUIRES[BulkKind(row["kind"])])
        BULK.check(BulkState(row["state"]), BulkState.CANCELLED)
        await database.execute(
            "UPDATE bulk_operations SET state = $2, due_at = NULL, lease_token = NULL, finished_at = $3 WHERE id = $1",
            operation_id,
            BulkState.CANCELLED.value,
            actor.at,
        )
        await record(actor, _event(EventType.BULK_OPERATION_CANCELLED, row))
        return operation_id


def _event(
    event_type: EventType, row: Mapping[str, Any] | Record, failure: Mapping[str, str] | None = None
) -> NewEvent:
    data = {
        "operation_id": encode("BulkOperation", row["id"]),
        "kind": row["kind"],
        "total": row["total"],
        "done": row["done"],
        "failed": row["failed"],
        "failure": failure,
    }
    return NewEvent(event_type, row["organization_id"], row["scope"], row["id"], data)
