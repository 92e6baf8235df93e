"""Starting operations at provisioners, and settling them by what the provisioner says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.provisioning.models import Instance, ProvisionerCallback, ProvisioningOperation
from domain.provisioning.rules import DEADLINE
from domain.provisioning.states import INSTANCE, OPERATION, Action, InstanceState, OperationState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.ids import encode
from domain.shared.leases import Queue

OPERATIONS_QUEUE: Final = Queue("provisioning_operations")


@dataclass(frozen=True, slots=True)
class Placement:
    """What to make, for whom, where; `request` is the product, plan, quantity and parameters of the contract."""

    organization_id: UUID
    scope: str
    subscription_id: UUID
    provisioner: str
    request: Mapping[str, Any]


async def start_instance(actor: Actor, placement: Placement) -> None:
    """Record the wish for a new instance: a PENDING row and its CREATE operation, due at once."""
    instance = await Instance.create(
        id=actor.new_id(),
        organization_id=placement.organization_id,
        scope=placement.scope,
        subscription_id=placement.subscription_id,
        provisioner=placement.provisioner,
        state=InstanceState.PENDING,
        generation=1,
        outputs={},
        created_at=actor.at,
    )
    await ProvisioningOperation.create(
        id=actor.new_id(),
        instance_id=instance.id,
        organization_id=placement.organization_id,
        scope=placement.scope,
        action=Action.CREATE,
        generation=instance.generation,
        state=OperationState.QUEUED,
        request=dict(placement.request),
        deadline=actor.at + DEADLINE,
        created_at=actor.at,
        due_at=actor.at,
    )


@dataclass(frozen=True, slots=True)
class Held:
    """An operation under a lease: who settles it must still hold the token."""

    operation_id: UUID
    lease_token: UUID


async def mark_sent(held: Held, at: datetime) -> bool:
    """Commit that the request may reach the provisioner, before it goes out; False when the lease was lost."""
    sql = "UPDATE provisioning_operations SET sent_at = coalesce(sent_at, $3) WHERE id = $1 AND lease_token = $2"
    return await database.execute(sql, held.operation_id, held.lease_token, at) == 1


async def wait(
    held: Held, state: OperationState, *, due_at: datetime, progress: int | None = None, reason: str | None = None
) -> bool:
    """Look at the operation again at `due_at`; `reason` tells people what was seen last."""
    async with database.transaction():
        row = await _held(held)
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
        )


@dataclass(frozen=True, slots=True)
class Result:
    """What a provisioner made: its own id, open outputs, and the secret ones sealed (None when there are none)."""

    external_id: str
    outputs: Mapping[str, Any]
    outputs_sealed: bytes | None


async def succeed(actor: Actor, held: Held, result: Result) -> bool:
    """The provisioner has done it: the instance is ACTIVE and `instance.provisioned` tells; False: lease lost."""
    async with database.transaction():
        row = await _held(held)
        if row is None:
            return False
        OPERATION.check(row.state, OperationState.SUCCEEDED)
        instance = await Instance.filter(id=row.instance_id).select_for_update().get()
        INSTANCE.check(instance.state, InstanceState.ACTIVE)
        await database.execute(
            "UPDATE instances SET state = $2, external_id = $3, outputs = $4, outputs_sealed = $5 WHERE id = $1",
            instance.id,
            InstanceState.ACTIVE.value,
            result.external_id[:200],
            orjson.dumps(result.outputs).decode(),
            result.outputs_sealed,
        )
        await _finish(actor, held, OperationState.SUCCEEDED)
        await record(actor, _event(EventType.INSTANCE_PROVISIONED, row, instance))
        return True


@dataclass(frozen=True, slots=True)
class Failure:
    """Why it could not be done: a code for machines, a reason for people."""

    code: str
    reason: str


async def fail(actor: Actor, held: Held, failure: Failure) -> bool:
    """The provisioner could not: the instance is FAILED and `instance.failed` tells why; False: lease lost."""
    async with database.transaction():
        row = await _held(held)
        if row is None:
            return False
        OPERATION.check(row.state, OperationState.FAILED)
        instance = await Instance.filter(id=row.instance_id).select_for_update().get()
        INSTANCE.check(instance.state, InstanceState.FAILED)
        instance.state = InstanceState.FAILED
        await instance.save(update_fields=["state"])
        await _finish(actor, held, OperationState.FAILED, failure)
        await record(actor, _event(EventType.INSTANCE_FAILED, row, instance, failure))
        return True


async def receive_callback(actor: Actor, operation_id: UUID, message_id: str) -> bool:
    """A provisioner says there is news: look now. The GET decides, so a forged or doubled callback does no harm.

    False when this message was received before, or the operation is unknown.
    """
    async with database.transaction():
        new = await database.execute(
            "INSERT INTO provisioner_callbacks (id, message_id, operation_id, received_at) "
            "SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT 1 FROM provisioning_operations WHERE id = $3) "
            "ON CONFLICT (message_id) DO NOTHING",
            actor.new_id(),
            message_id[:200],
            operation_id,
            actor.at,
        )
        if new:
            await database.execute(
                "UPDATE provisioning_operations SET due_at = $2, lease_token = NULL "
                "WHERE id = $1 AND finished_at IS NULL",
                operation_id,
                actor.at,
            )
        return new == 1


async def forget_callbacks(before: datetime) -> int:
    """Drop message ids received before a time (they are unique for 7 days, provisioning.md)."""
    return await ProvisionerCallback.filter(received_at__lt=before).delete()


async def _held(held: Held) -> ProvisioningOperation | None:
    rows = ProvisioningOperation.filter(id=held.operation_id, lease_token=held.lease_token)
    return await rows.select_for_update().get_or_none()


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


def _event(
    event_type: EventType, row: ProvisioningOperation, instance: Instance, failure: Failure | None = None
) -> NewEvent:
    data = {
        "instance_id": encode("Instance", instance.id),
        "operation_id": encode("ProvisioningOperation", row.id),
        "subscription_id": encode("Subscription", instance.subscription_id),
        "action": row.action.value,
        "failure": {"code": failure.code[:64], "reason": failure.reason[:2000]} if failure else None,
    }
    return NewEvent(event_type, row.organization_id, row.scope, instance.id, data)
