"""Takes each request of the contract from the wire to its answer, and writes it down."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from pydantic import AwareDatetime, JsonValue, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from integrations.provisioners.sandbox.contract import Contract
from integrations.provisioners.sandbox.faults import REQUEST_FAULTS, Fault
from integrations.provisioners.sandbox.misbehaviour import Misbehaviour, misbehave
from integrations.provisioners.sandbox.records import OperationRequest
from integrations.provisioners.sandbox.store import Store
from integrations.provisioners.sandbox.wire import Dropped, Refusal, malformed, read_signed, refused

_TIME: Final[TypeAdapter[datetime]] = TypeAdapter(AwareDatetime)


class Desk:
    """Reads, authenticates, misbehaves where told to, and logs one line a request."""

    def __init__(
        self,
        secret: str,
        *,
        store: Store,
        contract: Contract,
        misbehaviour: Misbehaviour,
        required: Mapping[str, tuple[str, ...]],
        clock: Callable[[], datetime],
    ) -> None:
        self._secret = secret
        self._store = store
        self._contract = contract
        self._misbehaviour = misbehaviour
        self._required = required
        self._clock = clock

    async def answer(self, request: Request) -> Response:
        """Answer any request of the contract."""
        faults: list[Fault] = []
        try:
            body = await read_signed(request, self._secret)
            asked = _read_put(request, body) if request.method == "PUT" else None
            faults = self._draw(request, asked)
            answer = await misbehave(faults, partial(self._act, request, asked))
        except ValidationError as error:
            answer = refused(malformed(error))
        except Refusal as refusal:
            answer = refused(refusal)
        self._log(request, answer, faults)
        return answer

    def _act(self, request: Request, asked: OperationRequest | None) -> Response:
        path = request.path_params
        instance_id = path["instance_id"]
        if asked is not None:
            return self._contract.apply(instance_id, asked, required=self._required.get(path.get("kind", ""), ()))
        if request.method == "DELETE":
            return self._contract.delete(instance_id, _idempotency_key(request))
        if "operation_id" in path:
            return self._contract.operation(instance_id, path["operation_id"])
        if request.url.path.endswith("/usage"):
            return self._contract.usage(instance_id, _TIME.validate_python(request.query_params.get("since")))
        return self._contract.instance(instance_id)

    def _draw(self, request: Request, asked: OperationRequest | None) -> list[Fault]:
        instance_id = request.path_params["instance_id"]
        parameters: Mapping[str, JsonValue] = {}
        if asked is not None:
            parameters = asked.parameters
        elif instance := self._store.instance(instance_id):
            parameters = instance.parameters
        return self._misbehaviour.draw(
            REQUEST_FAULTS, method=request.method, instance_id=instance_id, parameters=parameters
        )

    def _log(self, request: Request, answer: Response, faults: list[Fault]) -> None:
        self._store.write_log(
            {
                "at": self._clock().isoformat(),
                "method": request.method,
                "path": request.url.path,
                "status": None if isinstance(answer, Dropped) else answer.status_code,
                "note": ", ".join(fault.fault.value for fault in faults),
            }
        )


def _read_put(request: Request, body: bytes) -> OperationRequest:
    asked = OperationRequest.model_validate_json(body)
    if _idempotency_key(request) != asked.operation_id:
        raise Refusal(400, "malformed", "Idempotency-Key and operation_id differ")
    return asked


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("idempotency-key")
    if not key:
        raise Refusal(400, "malformed", "the header Idempotency-Key is missing")
    return key
