"""Tells the caller that an operation has moved, in every way that it can go wrong."""

import asyncio
import secrets
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Final

import httpx
import orjson
from standardwebhooks import Webhook

from integrations.provisioners.sandbox.faults import Fault, FaultKind, first
from integrations.provisioners.sandbox.records import Operation, State
from integrations.provisioners.sandbox.store import Store

ATTEMPTS: Final = 3
PAUSE_SECONDS: Final = 0.2
TIMEOUT_SECONDS: Final = 5.0


class Callbacks:
    """Sends signed callbacks over one httpx client."""

    def __init__(self, secret: str, *, store: Store, clock: Callable[[], datetime]) -> None:
        self._secret = secret
        self._store = store
        self._clock = clock
        self._http = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def forge(self, operation: Operation) -> None:
        """Claim success before there is any, signed with a secret that nobody agreed on."""
        stranger = "whsec_" + secrets.token_bytes(32).hex()
        await self._send(operation, state=State.SUCCEEDED, secret=stranger, note="forged")

    async def tell(self, operation: Operation) -> None:
        """Say that the operation has moved, unless it was told not to."""
        faults = operation.faults
        if first(faults, FaultKind.CALLBACK_NEVER) or first(faults, FaultKind.CALLBACK_FORGED):
            return
        await asyncio.sleep(_delay_seconds(first(faults, FaultKind.CALLBACK_LATE)))
        message_id = _new_message_id()
        for _ in range(2 if first(faults, FaultKind.CALLBACK_TWICE) else 1):
            await self._send(operation, state=operation.state, secret=self._secret, message_id=message_id)

    async def _send(
        self, operation: Operation, *, state: State, secret: str, message_id: str | None = None, note: str = ""
    ) -> None:
        if operation.request is None:
            return
        message_id = message_id or _new_message_id()
        for _ in range(ATTEMPTS):
            now = self._clock()
            body = orjson.dumps(
                {
                    "type": "operation.updated",
                    "timestamp": now.isoformat(),
                    "data": {
                        "instance_id": operation.instance_id,
                        "operation_id": operation.operation_id,
                        "state": state.value,
                    },
                }
            )
            headers = {
                "content-type": "application/json",
                "webhook-id": message_id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
            }
            try:
                answer = await self._http.post(operation.request.callback_url, content=body, headers=headers)
                status: int | None = answer.status_code
            except httpx.HTTPError:
                status = None
            self._log(operation, status=status, note=note)
            if note or (status is not None and httpx.codes.is_success(status)):
                return
            await asyncio.sleep(PAUSE_SECONDS)

    def _log(self, operation: Operation, *, status: int | None, note: str) -> None:
        self._store.write_log(
            {
                "at": self._clock().isoformat(),
                "method": "CALLBACK",
                "path": f"/v1/instances/{operation.instance_id}/operations/{operation.operation_id}",
                "status": status,
                "note": note or operation.state.value,
            }
        )


def _new_message_id() -> str:
    return f"msg_{uuid.uuid4().hex}"


def _delay_seconds(late: Fault | None) -> float:
    return late.seconds if late else 0.0
