"""What the contract demands of a provisioner, decided request by request."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue
from starlette.responses import JSONResponse, Response

from integrations.provisioners.sandbox.chain import check_order
from integrations.provisioners.sandbox.faults import OPERATION_FAULTS, Fault, FaultKind, first
from integrations.provisioners.sandbox.misbehaviour import Misbehaviour
from integrations.provisioners.sandbox.records import InstanceState, Operation, OperationRequest, State
from integrations.provisioners.sandbox.store import Store
from integrations.provisioners.sandbox.wire import (
    Refusal,
    instance_body,
    needs_input,
    operation_body,
    remaining_seconds,
)
from integrations.provisioners.sandbox.work import Workshop, unanswered


class Contract:
    """Answers authentic requests. Every method decides and writes without awaiting, so requests can't interleave.

    Raises Refusal for what is answered 4xx.
    """

    def __init__(
        self, store: Store, *, workshop: Workshop, misbehaviour: Misbehaviour, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._workshop = workshop
        self._misbehaviour = misbehaviour
        self._clock = clock

    def apply(self, instance_id: str, request: OperationRequest, *, required: Sequence[str]) -> Response:
        """Answer a PUT; `required` are the parameters that the product can't be made without."""
        known = self._store.operation(request.operation_id)
        if known is not None:
            return self._answer(self._repeat(known, instance_id, request))
        self._check_deadline(request)
        self._check_fits(instance_id, request)
        if missing := [name for name in required if name not in request.parameters]:
            raise needs_input(missing)
        faults = self._draw("PUT", instance_id, request.parameters)
        if asked := first(faults, FaultKind.REFUSE_INPUT):
            raise needs_input([asked.field])
        return self._answer(self._workshop.begin(instance_id, request, faults))

    def instance(self, instance_id: str) -> Response:
        """Answer a GET of an instance."""
        instance = self._store.instance(instance_id)
        if instance is None or instance.state is InstanceState.DELETED:
            raise _missing("instance")
        return JSONResponse(instance_body(instance))

    def operation(self, instance_id: str, operation_id: str) -> Response:
        """Answer a GET of an operation; one that was told to get lost is denied."""
        operation = self._store.operation(operation_id)
        if (
            operation is None
            or operation.instance_id != instance_id
            or first(operation.faults, FaultKind.LOSE_OPERATION)
        ):
            raise _missing("operation")
        return JSONResponse(operation_body(operation, now=self._clock()))

    def delete(self, instance_id: str, operation_id: str) -> Response:
        """Answer a DELETE."""
        known = self._store.operation(operation_id)
        if known is not None and (known.instance_id != instance_id or known.request is not None):
            raise Refusal(409, "idempotency_mismatch", "the operation id was used for something else")
        if known is not None and not _may_run_again(known):
            return self._deletion(known)
        instance = self._store.instance(instance_id)
        if instance is None:
            raise _missing("instance")
        if instance.state is InstanceState.DELETED:
            raise Refusal(410, "deleted", "the instance was deleted")
        if instance.state is InstanceState.DELETING:
            return self._deletion(self._store.open_operations(instance_id)[0])
        faults = self._draw("DELETE", instance_id, instance.parameters)
        return self._deletion(self._workshop.begin_deletion(instance, operation_id, faults))

    def usage(self, instance_id: str, since: datetime) -> Response:
        """Answer a GET of usage."""
        instance = self._store.instance(instance_id)
        if instance is None or instance.state is InstanceState.DELETED:
            raise _missing("instance")
        return JSONResponse([r.model_dump(mode="json") for r in instance.usage if r.at >= since])

    def _repeat(self, known: Operation, instance_id: str, request: OperationRequest) -> Operation:
        """Take a repetition: only one that brings what was asked for, or follows a failure that may pass, acts."""
        if known.instance_id != instance_id or known.request is None:
            raise Refusal(409, "idempotency_mismatch", "the operation id was used for something else")
        if known.state is State.NEEDS_INPUT:
            if any(name not in request.parameters for name in known.asked):
                return known
            self._check_deadline(request)
            return self._workshop.begin(instance_id, request, unanswered(known.faults, request.parameters))
        if known.request.fingerprint != request.fingerprint:
            raise Refusal(409, "idempotency_mismatch", "the operation was asked for with other values")
        if _may_run_again(known):
            self._check_deadline(request)
            self._check_fits(instance_id, request)
            return self._workshop.begin(instance_id, request, self._draw("PUT", instance_id, request.parameters))
        return known

    def _check_deadline(self, request: OperationRequest) -> None:
        if request.deadline <= self._clock():
            raise Refusal(409, "deadline_passed", f"the deadline was {request.deadline.isoformat()}")

    def _check_fits(self, instance_id: str, request: OperationRequest) -> None:
        instance = self._store.instance(instance_id)
        if running := self._store.open_operations(instance_id):
            raise Refusal(409, "operation_in_progress", f"{running[0].operation_id} runs on the instance")
        if instance is None or not instance.exists:
            if request.action != "CREATE":
                raise _missing("instance")
        elif request.action == "CREATE":
            raise Refusal(409, "already_exists", "the instance exists")
        elif request.generation < instance.generation:
            raise Refusal(409, "stale_generation", f"the instance has reached generation {instance.generation}")
        check_order(instance, request)

    def _draw(self, method: str, instance_id: str, parameters: Mapping[str, JsonValue]) -> list[Fault]:
        return self._misbehaviour.draw(OPERATION_FAULTS, method=method, instance_id=instance_id, parameters=parameters)

    def _answer(self, operation: Operation) -> Response:
        if operation.state is State.IN_PROGRESS:
            return self._accepted(operation)
        made_at_once = operation.request is not None and operation.request.action == "CREATE"
        succeeded = operation.state is State.SUCCEEDED
        return JSONResponse(operation_body(operation, now=self._clock()), 201 if made_at_once and succeeded else 200)

    def _deletion(self, operation: Operation) -> Response:
        return Response(status_code=204) if operation.state is State.SUCCEEDED else self._accepted(operation)

    def _accepted(self, operation: Operation) -> Response:
        remaining = remaining_seconds(operation, now=self._clock())
        return JSONResponse({"operation": operation.operation_id, "retry_after": remaining}, 202)


def _may_run_again(operation: Operation) -> bool:
    return operation.state is State.FAILED and operation.retryable


def _missing(what: str) -> Refusal:
    return Refusal(404, "not_found", f"there is no such {what}")
