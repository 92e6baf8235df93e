"""Settling operations by what the provisioner says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from domain.access.inviting import Secret
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.provisioning.actions import Failure
from domain.provisioning.credentials import hand_over
from domain.provisioning.models import Instance, ProvisioningOperation
from domain.provisioning.states import INSTANCE, OPERATION, Action, InstanceState, OperationState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.ids import encode
from domain.shared.leases import Queue

OPERATIONS_QUEUE: Final = Queue("provisioning_operations")

# What an action that is done has made of the instance (None: it stays in its state), and what tells of it.
_DONE: Final[Mapping[Action, tuple[InstanceState | None, EventType]]] = {
    Action.CREATE: (InstanceState.ACTIVE, EventType.INSTANCE_PROVISIONED),
    Action.CHANGE: (None, EventType.INSTANCE_CHANGED),
    Action.SUSPEND: (InstanceState.SUSPENDED, EventType.INSTANCE_SUSPENDED),
    Action.RESUME: (InstanceState.ACTIVE, EventType.INSTANCE_RESUMED),
    Action.DELETE: (InstanceState.DELETED, EventType.INSTANCE_DELETED),
}


@dataclass(frozen=True, slots=True)
class Held:
    """An operation under a lease: who settles it must still hold the token."""

    operation_id: UUID
    lease_token: UUID


async def mark_sent(held: Held, at: datetime) -> bool:
    """Commit that the request may reach the provisioner, before it goes out; False when the lease was lost.

    From then on it is RUNNING, so that RETRY_WAIT says for certain that the last request was not acted on.
    """
    sql = (
        "UPDATE provisioning_operations SET sent_at = coalesce(sent_at, $3), state = 'RUNNING' "
        "WHERE id = $1 AND lease_token = $2"
    )
    return await database.execute(sql, held.operation_id, held.lease_token, at) == 1


async def wait(
    held: Held, state: OperationState, *, due_at: datetime, progress: int | None = None, reason: str | None = None
) -> bool:
    """Look at the operation again at `due_at`; `reason` tells people what was seen last."""
    async with database.transaction():
        rows = ProvisioningOperation.filter(id=held.operation_id, lease_token=held.lease_token)
        row = await rows.select_for_update().get_or_none()
        if row is None:
            return False
        if row.state != state:
            OPERATION.check(row.state, state)
        return await OPERATIONS_QUEUE.settle(
            held.operation_id,
            held.lease_token,
            due_at=due_at,
            state=state.value,
            polls=row.polls + 1,
            progress=progress if progress is not None else row.progress,
            failure_reason=reason,
            has_answers=row.has_answers and state is not OperationState.RUNNING,
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What a provisioner asks for: the JSON Schema of an object, and (path, message) of what it refused before."""

    schema: Mapping[str, Any]
    refused: Sequence[tuple[str, str]]


async def ask(actor: Actor, held: Held, question: Question) -> bool:
    """The provisioner needs more data: the operation rests until it is resumed with answers; False: lease lost.

    Asked once more before it was answered, it is told of once.
    """
    async with database.transaction():
        found = await lock_held(held)
        if found is None:
            return False
        row, instance = found
        is_new = row.state is not OperationState.NEEDS_INPUT
        if is_new:
            OPERATION.check(row.state, OperationState.NEEDS_INPUT)
            await record(actor, event_of(EventType.INSTANCE_INPUT_NEEDED, row, instance))
        refused = [{"path": path, "message": message} for path, message in question.refused]
        return await OPERATIONS_QUEUE.settle(
            held.operation_id,
            held.lease_token,
            due_at=None,
            state=OperationState.NEEDS_INPUT.value,
            input_schema=orjson.dumps(question.schema).decode(),
            input_errors=orjson.dumps(refused).decode(),
            paused_at=actor.at if is_new else row.paused_at,
            has_answers=False,
        )


@dataclass(frozen=True, slots=True)
class Result:
    """What a provisioner made: its own id ("" if it names none), open outputs, and all secret ones sealed, if any.

    `links` has a fresh secret for each of the instance's `credential_recipients`, where there are secret outputs.
    """

    external_id: str
    outputs: Mapping[str, Any]
    outputs_sealed: bytes | None
    links: Sequence[Secret] = ()


async def succeed(actor: Actor, held: Held, result: Result) -> bool:
    """The provisioner has done it: the instance is as it was wished, and its event tells; False: lease lost."""
    async with database.transaction():
        found = await lock_held(held)
        if found is None:
            return False
        row, instance = found
        OPERATION.check(row.state, OperationState.SUCCEEDED)
        state, told = _DONE[row.action]
        if state is not None:
            INSTANCE.check(instance.state, state)
        await _write(instance, state or instance.state, result)
        await _finish(actor, held, OperationState.SUCCEEDED)
        await record(actor, event_of(told, row, instance))
        if result.outputs_sealed is not None:
            await hand_over(actor, instance, row.request, result.links)
        return True


async def fail(actor: Actor, held: Held, failure: Failure) -> bool:
    """The provisioner could not: a new instance is FAILED, any other stays as it was; False: lease lost."""
    async with database.transaction():
        if not await end_as_failed(actor, held, failure, OperationState.FAILED):
            return False
        await _finish(actor, held, OperationState.FAILED, failure)
        return True


async def end_as_failed(actor: Actor, held: Held, failure: Failure, state: OperationState) -> bool:
    """What follows for the instance from an operation that goes to `state` as failed, and the event that tells."""
    found = await lock_held(held)
    if found is None:
        return False
    row, instance = found
    OPERATION.check(row.state, state)
    told = EventType.INSTANCE_CHANGE_FAILED
    if row.action is Action.CREATE:
        told = EventType.INSTANCE_FAILED
        INSTANCE.check(instance.state, InstanceState.FAILED)
        instance.state = InstanceState.FAILED
        await instance.save(update_fields=["state"])
    await record(actor, event_of(told, row, instance, failure))
    return True


async def lock_held(held: Held) -> tuple[ProvisioningOperation, Instance] | None:
    """The operation and its instance, the instance locked first, as by everybody; None when the lease was lost."""
    rows = ProvisioningOperation.filter(id=held.operation_id, lease_token=held.lease_token)
    seen = await rows.get_or_none()
    if seen is None:
        return None
    instance = await Instance.filter(id=seen.instance_id).select_for_update().get()
    row = await rows.select_for_update().get_or_none()
    return None if row is None else (row, instance)


async def _write(instance: Instance, state: InstanceState, result: Result) -> None:
    """What is deleted has no credentials any more; what is changed keeps those that were not replaced."""
    sealed = result.outputs_sealed or instance.outputs_sealed
    await database.execute(
        "UPDATE instances SET state = $2, external_id = coalesce(nullif($3, ''), external_id), "
        "outputs = outputs || $4::jsonb, outputs_sealed = $5 WHERE id = $1",
        instance.id,
        state.value,
        result.external_id[:200],
        orjson.dumps(result.outputs).decode(),
        None if state is InstanceState.DELETED else sealed,
    )


async def _finish(actor: Actor, held: Held, state: OperationState, failure: Failure | None = None) -> None:
    await OPERATIONS_QUEUE.settle(
        held.operation_id,
        held.lease_token,
        due_at=None,
        state=state.value,
        finished_at=actor.at,
        failure_code=failure.code[:64] if failure else None,
        failure_reason=failure.reason[:2000] if failure else None,
    )


def event_of(
    event_type: EventType, row: ProvisioningOperation, instance: Instance, failure: Failure | None = None
) -> NewEvent:
    """What is told of an operation on an instance."""
    data = {
        "instance_id": encode("Instance", instance.id),
        "operation_id": encode("ProvisioningOperation", row.id),
        "subscription_id": encode("Subscription", instance.subscription_id),
        "action": row.action.value,
        "failure": {"code": failure.code[:64], "reason": failure.reason[:2000]} if failure else None,
    }
    return NewEvent(event_type, row.organization_id, row.scope, instance.id, data)
