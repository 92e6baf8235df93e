"""The contract's client: signs each request, sends it once, and reads the answer as an outcome."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final
from urllib.parse import quote, urlencode

import httpx
import orjson

from domain.provisioning.states import Action
from domain.shared.traces import TRACEPARENT
from integrations.http.client import Answer, FetchFailed, HttpClient
from integrations.provisioners.answers import Reader
from integrations.provisioners.base import (
    InstanceRequest,
    Outcome,
    OutcomeUnknown,
    ProvisionerUnavailable,
    Unavailable,
    UsageReading,
)
from integrations.webhooks.signing import headers as signature_headers

CALL_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 2.0
ANSWER_BYTES_MAX: Final = 256 * 1024


class HttpProvisioner:
    """Speaks docs/provisioner.openapi.yaml to one base URL.

    `secrets` are `whsec_…`, the newest first; each of them signs, so that a rotation has an overlap. `http` is to be
    built with a connect timeout of CONNECT_SECONDS. A subclass says in `carries` which parameters its kind of
    provisioner has, by our name and the provisioner's; others travel under their own name, among them the answers to
    an inquiry.
    """

    carries: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        *,
        key: str,
        base_url: str,
        secrets: Sequence[str],
        http: HttpClient,
        clock: Callable[[], datetime],
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        self.key = key
        self._instances_url = f"{base_url.rstrip('/')}/v1/instances"
        self._secrets = tuple(secrets)
        self._http = http
        self._clock = clock
        self._call_seconds = call_seconds

    async def apply(self, request: InstanceRequest) -> Outcome:
        """Ask for the operation; a DELETE goes the way of `delete`. Safe to repeat with the same operation id."""
        if request.action is Action.DELETE:
            return await self.delete(request.instance_id, request.operation_id)
        try:
            answer = await self._call(
                "PUT",
                request.instance_id,
                operation_id=request.operation_id,
                body=orjson.dumps(self._body(request)),
            )
        except FetchFailed as failure:
            return _failed_write(failure)
        return self._reader().applied(answer, action=request.action, operation_id=request.operation_id)

    async def poll(self, instance_id: str, operation_id: str) -> Outcome:
        """Where an operation stands; `operation_id` is ours or what `Accepted` named. Missing if it was lost."""
        return await self._read(instance_id, f"/operations/{quote(operation_id, safe='')}")

    async def find(self, instance_id: str) -> Outcome:
        """Whether the instance exists: Succeeded, InProgress, Failed or Missing."""
        return await self._read(instance_id)

    async def delete(self, instance_id: str, operation_id: str) -> Outcome:
        """Remove the instance; one that is already gone is a success."""
        try:
            answer = await self._call("DELETE", instance_id, operation_id=operation_id)
        except FetchFailed as failure:
            return _failed_write(failure)
        return self._reader().deleted(answer, operation_id=operation_id)

    async def usage(self, instance_id: str, since: datetime) -> list[UsageReading]:
        """User counts from `since` (time-zone aware) on, oldest first. Raises ProvisionerUnavailable."""
        try:
            answer = await self._call("GET", instance_id, f"/usage?{urlencode({'since': since.isoformat()})}")
        except FetchFailed as failure:
            raise ProvisionerUnavailable(str(failure)) from failure
        return self._reader().usage(answer)

    async def _read(self, instance_id: str, path: str = "") -> Outcome:
        try:
            answer = await self._call("GET", instance_id, path)
        except FetchFailed as failure:
            return Unavailable(str(failure))
        return self._reader().read(answer)

    async def _call(
        self,
        method: str,
        instance_id: str,
        path: str = "",
        *,
        operation_id: str | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Send one signed request.

        Standard Webhooks sign neither method nor path. The message id names both method and instance, so a request
        that was overheard can't be replayed as a DELETE or against another instance.
        """
        headers = signature_headers(
            self._secrets,
            body,
            message_id=f"{method.lower()}_{instance_id}_{uuid.uuid4().hex}",
            timestamp=int(self._clock().timestamp()),
        )
        if operation_id is not None:
            headers["idempotency-key"] = operation_id
        if body:
            headers["content-type"] = "application/json"
        if traceparent := TRACEPARENT.get():
            headers["traceparent"] = traceparent
        request = httpx.Request(
            method,
            f"{self._instances_url}/{quote(instance_id, safe='')}{path}",
            headers=headers,
            content=body,
        )
        return await self._http.fetch(request, deadline_seconds=self._call_seconds, read_limit_bytes=ANSWER_BYTES_MAX)

    def _body(self, request: InstanceRequest) -> dict[str, object]:
        return {
            "operation_id": request.operation_id,
            "action": request.action.value,
            "product": request.product,
            "plan": request.plan,
            "quantity": request.quantity,
            "parameters": {self.carries.get(name, name): value for name, value in request.parameters.items()},
            "generation": request.generation,
            "callback_url": request.callback_url,
            "deadline": request.deadline.isoformat(),
            **({"add_ons": [dict(one) for one in request.add_ons]} if request.add_ons else {}),
            **({"components": [dict(one) for one in request.components]} if request.components else {}),
        }

    def _reader(self) -> Reader:
        return Reader(now=self._clock())


def _failed_write(failure: FetchFailed) -> Outcome:
    """Tell a request that never left, and so was not acted on, from one that only `find` can tell about."""
    return Unavailable(str(failure)) if failure.before_sent else OutcomeUnknown(str(failure))
