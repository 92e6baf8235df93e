"""Wishing for operations at provisioners: to make an instance, and to change, suspend, resume or delete one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from domain.desk.actions import withdraw_tickets
from domain.provisioning.models import Instance, ProvisioningOperation
from domain.provisioning.rules import DEADLINE_HOURS, DELETION_DEADLINE, changed
from domain.provisioning.states import INSTANCE, OPERATION, Action, InstanceState, OperationState, require_possible
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, ErrorCode, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.json_schema import faults
from domain.shared.traces import TRACEPARENT

# Longer than any call to a provisioner takes (30 s): what may still be on its way has arrived by then.
_IN_FLIGHT: Final = timedelta(seconds=40)
_WANTED: Final = """
SELECT request FROM provisioning_operations WHERE instance_id = $1 AND action IN ('CREATE', 'CHANGE')
AND (state = 'SUCCEEDED' OR action = 'CREATE') ORDER BY (state = 'SUCCEEDED') DESC, generation DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Placement:
    """What to make, for whom, where; `request` is the product, plan, quantity and parameters of the contract.

    `desk_id` is the seller whose product it is, `credential_recipients` are mailed links to what opens it.
    """

    organization_id: UUID
    scope: str
    subscription_id: UUID
    provisioner: str
    request: Mapping[str, Any]
    deadline_hours: int = DEADLINE_HOURS
    desk_id: UUID | None = None
    credential_recipients: Sequence[str] = ()

    def with_parameters(self, parameters: Mapping[str, Any]) -> "Placement":
        """The same with these parameters, too."""
        return replace(self, request=changed(self.request, {"parameters": parameters}))


@dataclass(frozen=True, slots=True)
class Failure:
    """Why it could not be done: a code for machines, a reason for people."""

    code: str
    reason: str


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
        deadline_hours=placement.deadline_hours,
        desk_id=placement.desk_id,
        credential_recipients=list(placement.credential_recipients),
        created_at=actor.at,
    )
    await _queue(actor, instance, Action.CREATE, placement.request, due_at=actor.at)


async def start_operation(
    actor: Actor, instance_id: UUID, action: Action, request: Mapping[str, Any] | None = None
) -> UUID:
    """Record the wish to change, suspend, resume or delete an instance, or to make again what failed; its id.

    `request` says what becomes different of product, plan, quantity and, by name, parameters; the rest stays as it was
    confirmed last. How it ends is told by an event of the instance. Raises Conflict OPERATION_IN_PROGRESS while another
    operation has no end (docs/decisions/0014), IllegalTransition where the instance's state does not allow it. Only a
    DELETE takes the place of what is under way: that one ends FAILED with code SUPERSEDED and tells nothing more.
    """
    async with database.transaction():
        instance = await _lock(actor, instance_id)
        require_possible(action, instance.state)
        due_at = actor.at
        if live := await ProvisioningOperation.get_or_none(instance_id=instance.id, finished_at=None):
            due_at = await _supersede(actor, live.id, action)
        if action is Action.CREATE:
            INSTANCE.check(instance.state, InstanceState.PENDING)
            instance.state = InstanceState.PENDING
        instance.generation += 1
        await instance.save(update_fields=["generation", "state"])
        wanted = changed(await wanted_of(instance.id), request or {})
        return await _queue(actor, instance, action, wanted, due_at=due_at)


async def wanted_of(instance_id: UUID) -> dict[str, Any]:
    """The request that an instance was last confirmed to be as wished by, or that of its creation."""
    found: dict[str, Any] = await database.fetch_value(_WANTED, instance_id)
    return found


async def resume(actor: Actor, instance_id: UUID, answers: Mapping[str, Any]) -> None:
    """Let the operation that asks for data go on with it; the time that it waited is added to its deadline.

    Raises Invalid at `answers.…` where they do not keep the schema, Conflict where nothing is asked.
    """
    async with database.transaction():
        instance = await _lock(actor, instance_id)
        rows = ProvisioningOperation.filter(instance_id=instance.id, state=OperationState.NEEDS_INPUT)
        row = await rows.select_for_update().get_or_none()
        if row is None or row.paused_at is None:
            raise Conflict("nothing is asked for the instance", current=instance.state)
        if problems := faults(orjson.dumps(row.input_schema).decode(), answers, "answers"):
            raise Invalid(problems)
        OPERATION.check(row.state, OperationState.RUNNING)
        row.state, row.request = OperationState.RUNNING, changed(row.request, {"parameters": answers})
        row.input_schema, row.input_errors, row.has_answers = None, None, True
        row.deadline += actor.at - row.paused_at
        row.paused_at, row.due_at, row.polls = None, actor.at, 0
        await row.save()


async def _lock(actor: Actor, instance_id: UUID) -> Instance:
    rows = Instance.filter(id=instance_id, scope__gte=actor.scope.lower, scope__lt=actor.scope.upper)
    instance = await rows.select_for_update().get_or_none()
    if instance is None:
        raise NotFound("instance", encode("Instance", instance_id))
    return instance


async def _supersede(actor: Actor, operation_id: UUID, action: Action) -> datetime:
    """End what is under way for a DELETE; answers from when on nothing of it can reach the provisioner any more."""
    live = await ProvisioningOperation.filter(id=operation_id).select_for_update().get()
    if action is not Action.DELETE or live.action is Action.DELETE:
        message = f"{live.action} is under way on the instance: wait for its end"
        raise Conflict(message, ErrorCode.OPERATION_IN_PROGRESS, current=live.state)
    OPERATION.check(live.state, OperationState.FAILED)
    live.state, live.finished_at = OperationState.FAILED, actor.at
    live.failure_code, live.failure_reason = "SUPERSEDED", "the instance is deleted instead"
    live.due_at = live.lease_token = None
    await live.save()
    await withdraw_tickets(actor, live.id, reason=live.failure_reason)
    return actor.at if live.sent_at is None else actor.at + _IN_FLIGHT


async def _queue(
    actor: Actor, instance: Instance, action: Action, request: Mapping[str, Any], *, due_at: datetime
) -> UUID:
    given = DELETION_DEADLINE if action is Action.DELETE else timedelta(hours=instance.deadline_hours)
    operation = await ProvisioningOperation.create(
        id=actor.new_id(),
        instance_id=instance.id,
        organization_id=instance.organization_id,
        scope=instance.scope,
        action=action,
        generation=instance.generation,
        state=OperationState.QUEUED,
        request=dict(request),
        deadline=actor.at + given,
        created_at=actor.at,
        due_at=due_at,
        traceparent=TRACEPARENT.get(),
    )
    return operation.id
