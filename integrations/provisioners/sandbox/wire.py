"""The sandbox's side of the wire: who may speak, what may be said, and how refusals and answers look."""

import math
from datetime import datetime
from typing import Final

from pydantic import JsonValue, ValidationError
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from integrations.provisioners.sandbox.faults import input_schema
from integrations.provisioners.sandbox.records import Instance, Operation, State

BODY_BYTES_MAX: Final = 256 * 1024


class Refusal(Exception):
    """An answer of 4xx: nothing was done. `extra` joins the body."""

    def __init__(self, status: int, code: str, message: str, **extra: JsonValue) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, JsonValue] = {"code": code, "message": message, **extra}


async def read_signed(request: Request, secret: str) -> bytes:
    """Return the raw body of a request that the holder of the secret made for this method and instance.

    Verified by the reference library of Standard Webhooks, as a stranger's system would. Raises Refusal.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise Refusal(413, "too_large", f"a body has at most {BODY_BYTES_MAX} bytes")
    bound = f"{request.method.lower()}_{request.path_params['instance_id']}_"
    if not request.headers.get("webhook-id", "").startswith(bound):
        raise Refusal(401, "bad_signature", "the webhook-id names another method or instance")
    try:
        Webhook(secret).verify(body, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, ValueError) as error:
        raise Refusal(401, "bad_signature", str(error) or "the signature is malformed") from error
    return body


def malformed(error: ValidationError) -> Refusal:
    """Say where a body is not what the contract has."""
    first = error.errors(include_input=False, include_url=False)[0]
    path = ".".join(str(part) for part in first["loc"])
    return Refusal(400, "malformed", f"{path}: {first['msg']}")


def needs_input(names: list[str]) -> Refusal:
    """Ask for parameters."""
    return Refusal(
        422,
        "invalid_parameters",
        "some parameters are missing",
        needs_input=input_schema(names),
        field_errors=[{"path": name, "message": "is required"} for name in names],
    )


def operation_body(operation: Operation, *, now: datetime) -> dict[str, JsonValue]:
    """Show an operation as the contract has it."""
    body: dict[str, JsonValue] = {"operation_id": operation.operation_id, "state": operation.state.value}
    match operation.state:
        case State.IN_PROGRESS:
            whole = (operation.ready_at - operation.begun_at).total_seconds()
            done = (now - operation.begun_at).total_seconds()
            body |= {
                "progress": min(int(100 * done / whole), 99) if whole else 99,
                "retry_after": remaining_seconds(operation, now=now),
            }
        case State.NEEDS_INPUT:
            body |= {"needs_input": input_schema(operation.asked), "field_errors": []}
        case State.SUCCEEDED:
            body |= {"external_id": operation.external_id, "outputs": operation.outputs}
        case State.FAILED:
            body |= operation.model_dump(include={"code", "message", "retryable", "instance_usable"})
    return body


def instance_body(instance: Instance) -> dict[str, JsonValue]:
    """Show an instance as the contract has it."""
    return instance.model_dump(mode="json", include={"instance_id", "state", "generation", "external_id", "outputs"})


def remaining_seconds(operation: Operation, *, now: datetime) -> float:
    """Tell how long the operation still takes, in tenths of a second."""
    return math.ceil(max((operation.ready_at - now).total_seconds(), 0.1) * 10) / 10


def refused(refusal: Refusal) -> Response:
    """Answer a refusal; one that passes says when."""
    headers = {"retry-after": "1"} if refusal.body["code"] == "operation_in_progress" else None
    return JSONResponse(refusal.body, refusal.status, headers)


class Dropped(Response):
    """No answer: the connection ends before one is complete.

    A server that is told of a longer body than it gets closes the connection, which is all an ASGI application can do.
    """

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Begin an answer and leave it."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1024")]})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
