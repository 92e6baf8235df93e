"""Does what was asked, some time after it was asked, also across a restart."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from integrations.provisioners.sandbox.callbacks import Callbacks
from integrations.provisioners.sandbox.chain import step_of, taken
from integrations.provisioners.sandbox.faults import INPUT_FAULTS, Fault, FaultKind, first
from integrations.provisioners.sandbox.records import (
    Instance,
    InstanceState,
    Operation,
    OperationRequest,
    Reading,
    State,
)
from integrations.provisioners.sandbox.store import Store


class Workshop:
    """Begins operations and finishes each `work_seconds` later."""

    def __init__(
        self, store: Store, *, callbacks: Callbacks, work_seconds: float, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._callbacks = callbacks
        self._work_seconds = work_seconds
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def take_up(self) -> None:
        """Go on with what an earlier process left open."""
        for operation in self._store.open_operations():
            if operation.state is State.IN_PROGRESS:
                self._spawn(self._work(operation))

    async def aclose(self) -> None:
        """Stop; what isn't finished is taken up by the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def begin(self, instance_id: str, request: OperationRequest, faults: list[Fault]) -> Operation:
        """Begin an operation, again where it ended retryable or waited for input; a CREATE makes the instance here."""
        operation = self._new_operation(request.operation_id, instance_id, request=request, faults=faults)
        instance = self._store.instance(instance_id)
        if instance is None or not instance.exists:
            instance = Instance(
                instance_id=instance_id,
                external_id=instance.external_id if instance else self._store.next_external_id(),
                product=request.product,
                plan=request.plan,
                quantity=request.quantity,
                parameters=request.parameters,
                creations=instance.creations if instance else 0,
            )
        self._store.save(instance, operation)
        if first(faults, FaultKind.CALLBACK_FORGED):
            self._spawn(self._callbacks.forge(operation))
        return self._start(operation)

    def begin_deletion(self, instance: Instance, operation_id: str, faults: list[Fault]) -> Operation:
        """Begin to remove the instance; whatever runs on it is abandoned."""
        abandoned = [
            other.model_copy(update={"state": State.FAILED, "code": "deleted", "message": "the instance was deleted"})
            for other in self._store.open_operations(instance.instance_id)
        ]
        operation = self._new_operation(operation_id, instance.instance_id, request=None, faults=faults)
        instance = instance.model_copy(update={"state": InstanceState.DELETING})
        self._store.save(instance, operation, *abandoned)
        return self._start(operation)

    def _new_operation(
        self, operation_id: str, instance_id: str, *, request: OperationRequest | None, faults: list[Fault]
    ) -> Operation:
        now = self._clock()
        slow = first(faults, FaultKind.SLOW_WORK)
        return Operation(
            operation_id=operation_id,
            instance_id=instance_id,
            request=request,
            faults=faults,
            begun_at=now,
            ready_at=now + timedelta(seconds=slow.seconds if slow else self._work_seconds),
        )

    def _start(self, operation: Operation) -> Operation:
        if first(operation.faults, FaultKind.AT_ONCE):
            return self._finish(operation)
        self._spawn(self._work(operation))
        return operation

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, operation: Operation) -> None:
        await asyncio.sleep(max((operation.ready_at - self._clock()).total_seconds(), 0.0))
        current = self._store.operation(operation.operation_id)
        if current is not None and current.state is State.IN_PROGRESS:
            await self._callbacks.tell(self._finish(current))

    def _finish(self, operation: Operation) -> Operation:
        """Give the operation its end, and the instance what follows from it, in one transaction."""
        instance = self._store.instance(operation.instance_id)
        if instance is None:
            raise LookupError(operation.instance_id)
        if asked := first(operation.faults, FaultKind.ASK_INPUT):
            operation = operation.model_copy(update={"state": State.NEEDS_INPUT, "asked": [asked.field]})
        elif failure := first(operation.faults, FaultKind.FAIL):
            instance, operation = _failed(instance, operation, failure)
        else:
            was, instance = instance.state, _changed(instance, operation, at=self._clock())
            is_made = (was, instance.state) == (InstanceState.CREATING, InstanceState.ACTIVE)
            operation = operation.model_copy(
                update={
                    "state": State.SUCCEEDED,
                    "external_id": instance.external_id,
                    "outputs": instance.outputs if is_made else {},
                }
            )
        self._store.save(instance, operation)
        return operation


def unanswered(faults: Sequence[Fault], parameters: Mapping[str, JsonValue]) -> list[Fault]:
    """Leave out the input faults whose field has been answered."""
    return [fault for fault in faults if not (fault.fault in INPUT_FAULTS and fault.field in parameters)]


def _is_creation(operation: Operation) -> bool:
    return operation.request is not None and operation.request.action == "CREATE"


def _failed(instance: Instance, operation: Operation, failure: Fault) -> tuple[Instance, Operation]:
    """Fail the operation; a creation that failed leaves a remnant, which it is the caller's to remove."""
    if _is_creation(operation):
        state = InstanceState.ACTIVE if failure.instance_usable else InstanceState.FAILED
        instance = instance.model_copy(update={"state": state})
    elif operation.request is None:
        instance = instance.model_copy(update={"state": InstanceState.ACTIVE})
    said = failure.model_dump(include={"code", "message", "retryable"})
    usable = failure.instance_usable or not _is_creation(operation)
    return instance, operation.model_copy(update={"state": State.FAILED, "instance_usable": usable, **said})


def _changed(instance: Instance, operation: Operation, *, at: datetime) -> Instance:
    request = operation.request
    if request is None:
        return instance.model_copy(update={"state": InstanceState.DELETED})
    changes: dict[str, object] = {"generation": request.generation}
    match request.action:
        case "SUSPEND":
            changes["state"] = InstanceState.SUSPENDED
        case "RESUME":
            changes["state"] = InstanceState.ACTIVE
        case "CREATE" | "CHANGE":
            changes |= request.model_dump(include={"plan", "quantity", "parameters"}) | {
                "add_ons": request.add_ons,
                "components": request.components,
            }
            changes["usage"] = [*instance.usage, Reading(at=at, users=request.quantity)]
    if request.action == "CREATE":
        changes |= {
            "state": InstanceState.ACTIVE,
            "outputs": _outputs(instance, request),
            "creations": instance.creations + 1,
        }
    if step := step_of(request):
        made = instance.model_copy(update=changes | {"state": instance.state, "outputs": instance.outputs})
        changes |= taken(made, step)
    return instance.model_copy(update=changes)


def _outputs(instance: Instance, request: OperationRequest) -> dict[str, JsonValue]:
    """Make the credentials of a new instance: what opens it is marked secret."""
    return {
        "tenant": instance.external_id,
        "admin_username": {"secret": True, "value": str(request.parameters.get("admin_username", "admin"))},
        "admin_password": {"secret": True, "value": secrets.token_urlsafe(18)},
        "login_url": {
            "secret": True,
            "value": f"https://{instance.external_id}.sandbox.example/login?once={secrets.token_urlsafe(18)}",
        },
    }
