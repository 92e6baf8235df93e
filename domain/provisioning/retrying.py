"""Trying again what did not work: at once instead of at its time, or anew after it was given up."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.events.actions import record
from domain.events.types import EventType
from domain.provisioning.actions import start_operation, wanted_of
from domain.provisioning.callbacks import look_now
from domain.provisioning.models import Instance, ProvisioningOperation
from domain.provisioning.settling import event_of
from domain.provisioning.states import Action, OperationState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, NotFound
from domain.shared.ids import encode

# What waits by itself for its next look.
_WAITING = frozenset(
    {
        OperationState.QUEUED,
        OperationState.RUNNING,
        OperationState.RETRY_WAIT,
        OperationState.UNKNOWN,
        OperationState.ORPHAN_CLEANUP,
    }
)
# What may be wished again as it was; a line that failed is its order's to retry, a change is calculated anew.
_AGAIN = frozenset({Action.SUSPEND, Action.RESUME, Action.DELETE})


async def retry_operation(actor: Actor, operation_id: UUID) -> UUID:
    """Look at an operation now, or wish one anew that has failed; the id of the one to watch.

    Raises Conflict for what has succeeded, waits for an answer, or is to be retried by its order or wished anew.
    """
    async with database.transaction():
        row, instance = await lock_operation(actor, operation_id)
        if row.state in _WAITING:
            await look_now(actor, row.id)
            await record(actor, event_of(EventType.INSTANCE_RETRIED, row, instance))
            return row.id
        if row.state is OperationState.FAILED and row.action in _AGAIN:
            await record(actor, event_of(EventType.INSTANCE_RETRIED, row, instance))
            return await start_operation(actor, instance.id, row.action)
        if row.state is OperationState.FAILED and (numbers := await _only_numbers(row)) is not None:
            await record(actor, event_of(EventType.INSTANCE_RETRIED, row, instance))
            return await start_operation(actor, instance.id, row.action, {"parameters": {"numbers": numbers}})
        raise Conflict(_instead(row.action, row.state), current=row.state, allowed=sorted(_WAITING))


async def _only_numbers(row: ProvisioningOperation) -> list[str] | None:
    """The numbers that a CHANGE was for, and nothing else: they are paid for, so it may be wished again as it was."""
    wanted: list[str] | None = row.request["parameters"].get("numbers")
    if row.action is not Action.CHANGE or wanted is None:
        return None
    confirmed = await wanted_of(row.instance_id)
    is_alike = _without_numbers(confirmed) == _without_numbers(row.request)
    return wanted if is_alike and wanted != confirmed["parameters"].get("numbers") else None


def _without_numbers(request: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**request, "parameters": {**request["parameters"], "numbers": None}}


def _instead(action: Action, state: OperationState) -> str:
    match state:
        case OperationState.NEEDS_INPUT:
            return "the provisioner waits for an answer: give it one"
        case OperationState.FAILED if action is Action.CREATE:
            return "a line that failed is retried by its order"
        case OperationState.FAILED:
            return "a change that failed is calculated anew: wish it again at the subscription"
        case _:
            return "it is done"


async def lock_operation(actor: Actor, operation_id: UUID) -> tuple[ProvisioningOperation, Instance]:
    """An operation of the actor's subtree with its instance, which is locked first; NotFound otherwise."""
    rows = ProvisioningOperation.filter(id=operation_id, scope__gte=actor.scope.lower, scope__lt=actor.scope.upper)
    seen = await rows.get_or_none()
    if seen is None:
        raise NotFound("operation", encode("ProvisioningOperation", operation_id))
    instance = await Instance.filter(id=seen.instance_id).select_for_update().get()
    return await rows.select_for_update().get(), instance
