"""Reads a provisioner's answers: status and body in, one outcome out, by the published contract."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import httpx
import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from domain.provisioning.states import Action
from integrations.http.client import Answer
from integrations.provisioners.base import (
    Accepted,
    Failed,
    InProgress,
    InstanceGone,
    Missing,
    NeedsInput,
    Outcome,
    OutcomeUnknown,
    ParameterError,
    ProvisionerUnavailable,
    Succeeded,
    Unanswerable,
    Unavailable,
    UsageReading,
)
from integrations.provisioners.inquiry import check_schema
from integrations.webhooks.sender import RETRY_AFTER_LIMIT_SECONDS, read_retry_after

WORKING: Final = frozenset({"in_progress", "creating", "deleting"})
DONE: Final = frozenset({"succeeded", "active", "suspended"})
GONE: Final = frozenset({404, 410})
# Refused before anything was done, for a reason that passes or that an operator mends: a wrong secret or base URL must
# not fail the orders of customers.
REFUSED_FOR_NOW: Final = frozenset({401, 403, 404, 408, 410, 425, 429})
UNREADABLE: Final = frozenset({405, 501})  # a GET that the system does not have
MESSAGE_LENGTH: Final = 500
USERS_MAX: Final = 10_000_000

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Answered(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _FieldError(_Answered):
    path: str
    message: str


class _Body(_Answered):
    """Every field that any answer of the contract has; which ones count depends on status and state."""

    state: str = ""
    operation: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,128}$")] | None = None
    generation: int | None = None
    external_id: Annotated[str, Field(max_length=255)] | None = None
    outputs: dict[str, JsonValue] | None = None
    progress: Annotated[float, Field(ge=0, le=100)] | None = None
    retry_after: Seconds | None = None
    code: Annotated[str, Field(max_length=64)] | None = None
    message: str | None = None
    retryable: bool = False
    instance_usable: bool | None = None
    needs_input: dict[str, JsonValue] | None = None
    field_errors: list[_FieldError] | None = None


class _Reading(_Answered):
    at: AwareDatetime
    users: Annotated[int, Field(ge=0, le=USERS_MAX)]


_READINGS: Final = TypeAdapter(list[_Reading])


class ContractBroken(Exception):
    """The answer isn't what the contract says; the message names fields, never values (they may be secret)."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns answers into outcomes; `now` (time-zone aware) dates a Retry-After that names a day."""

    now: datetime

    def applied(self, answer: Answer, *, action: Action, operation_id: str) -> Outcome:
        """Read the answer to a PUT."""
        if answer.status in GONE and action is not Action.CREATE:
            return Missing()
        return self._written(answer, operation_id)

    def deleted(self, answer: Answer, *, operation_id: str) -> Outcome:
        """Read the answer to a DELETE: gone already is a success."""
        if answer.status in GONE or answer.status in {200, 204}:
            return Succeeded("")
        return self._written(answer, operation_id)

    def read(self, answer: Answer) -> Outcome:
        """Read the answer to a GET of an instance or an operation. A GET changes nothing, so no outcome is unknown."""
        if answer.status in GONE:
            return Missing()
        if answer.status in UNREADABLE:
            return Unanswerable()
        if answer.status != httpx.codes.OK:
            return Unavailable(_reason(answer), self._header_seconds(answer))
        try:
            return self._by_state(_body(answer), answer)
        except ContractBroken as broken:
            return Unavailable(str(broken))

    def usage(self, answer: Answer) -> list[UsageReading]:
        """Read the answer to a GET of usage. Raises ProvisionerUnavailable, InstanceGone where there is none."""
        if answer.status in GONE:
            raise InstanceGone(_reason(answer))
        if answer.status != httpx.codes.OK:
            raise ProvisionerUnavailable(_reason(answer), self._header_seconds(answer))
        try:
            readings = _READINGS.validate_json(answer.body)
        except ValidationError as error:
            raise ProvisionerUnavailable(_explain(error)) from None
        return sorted((UsageReading(r.at, r.users) for r in readings), key=lambda reading: reading.at)

    def _written(self, answer: Answer, operation_id: str) -> Outcome:
        try:
            return self._by_status(answer, operation_id)
        except ContractBroken as broken:
            return OutcomeUnknown(str(broken))

    def _by_status(self, answer: Answer, operation_id: str) -> Outcome:
        status = answer.status
        if status in {200, 201}:
            return self._by_state(_body(answer), answer)
        if status == httpx.codes.ACCEPTED:
            body = _body(answer)
            return Accepted(body.operation or operation_id, self._seconds(body, answer))
        if status in REFUSED_FOR_NOW or (status == httpx.codes.SERVICE_UNAVAILABLE and "retry-after" in answer.headers):
            return Unavailable(_reason(answer), self._header_seconds(answer))
        if 400 <= status < 500:  # noqa: PLR2004 - the class of refusals in HTTP
            return self._refused(answer)
        return OutcomeUnknown(_reason(answer))

    def _refused(self, answer: Answer) -> Outcome:
        """Read a 4xx: nothing was begun, and an instance that was refused a change lives on as it was."""
        try:
            body = _body(answer)
            if body.needs_input is not None:
                return _needs_input(body)
        except ContractBroken as broken:
            body = _Body(message=str(broken))
        if answer.status == httpx.codes.CONFLICT and body.code in {None, "operation_in_progress"}:
            return Unavailable("another operation runs on the instance", self._seconds(body, answer))
        return _failed(body, code=f"http_{answer.status}", instance_usable=True)

    def _by_state(self, body: _Body, answer: Answer) -> Outcome:
        if body.state in DONE:
            return _succeeded(body)
        if body.state in WORKING:
            return InProgress(_percent(body.progress), self._seconds(body, answer))
        if body.state == "needs_input":
            return _needs_input(body)
        if body.state == "failed":
            return _failed(body, code="failed", instance_usable=False)
        raise ContractBroken(f"answered against the contract: no state {body.state[:40]!r}")

    def _seconds(self, body: _Body, answer: Answer) -> float | None:
        if body.retry_after is None:
            return self._header_seconds(answer)
        return min(body.retry_after, RETRY_AFTER_LIMIT_SECONDS)

    def _header_seconds(self, answer: Answer) -> float | None:
        return read_retry_after(answer.headers.get("retry-after", ""), now=int(self.now.timestamp()))


def _body(answer: Answer) -> _Body:
    if answer.truncated:
        raise ContractBroken("answered against the contract: the body is too long")
    if b"\\u0000" in answer.body:
        # PostgreSQL keeps no NUL, neither in text nor in jsonb.
        raise ContractBroken("answered against the contract: a NUL character")
    try:
        return _Body.model_validate_json(answer.body)
    except ValidationError as error:
        raise ContractBroken(_explain(error)) from None


def _reason(answer: Answer) -> str:
    try:
        message = _body(answer).message
    except ContractBroken:
        message = None
    return f"answered {answer.status}: {message[:MESSAGE_LENGTH]}" if message else f"answered {answer.status}"


def _percent(progress: float | None) -> int | None:
    return None if progress is None else int(progress)


def _explain(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    path = ".".join(str(part) for part in first["loc"]) or "body"
    return f"answered against the contract: {path}: {first['type']}"


def _succeeded(body: _Body) -> Succeeded:
    shown: dict[str, object] = {}
    secrets: dict[str, str] = {}
    for name, output in (body.outputs or {}).items():
        if isinstance(output, dict | list):
            secrets[name] = _secret_value(output)
        else:
            shown[name] = output
    return Succeeded(body.external_id or "", shown, secrets, body.generation)


def _secret_value(output: JsonValue) -> str:
    """Only scalars are shown: an object that isn't plainly marked is kept secret whole, as its JSON."""
    match output:
        case {"secret": True, "value": str(value)}:
            return value
        case _:
            return orjson.dumps(output).decode()


def _needs_input(body: _Body) -> NeedsInput:
    errors = tuple(ParameterError(e.path, e.message[:MESSAGE_LENGTH]) for e in body.field_errors or ())
    schema = body.needs_input or {}
    if problem := check_schema(schema):
        raise ContractBroken(f"answered against the contract: needs_input: {problem}")
    return NeedsInput(schema, errors)


def _failed(body: _Body, *, code: str, instance_usable: bool) -> Failed:
    refused_fields = "; ".join(f"{error.path}: {error.message}" for error in body.field_errors or ())
    return Failed(
        code=body.code or code,
        message=(body.message or refused_fields or "the provisioner gave no reason")[:MESSAGE_LENGTH],
        retryable=body.retryable,
        instance_usable=instance_usable if body.instance_usable is None else body.instance_usable,
    )
