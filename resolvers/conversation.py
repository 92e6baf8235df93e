"""One conversation in graphql-transport-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md.

Queries, mutations and live updates alike go through the one pipeline of `resolvers.operations`. What breaks the
protocol ends the connection with the protocol's close code; what is only wrong with an operation ends the operation.
"""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack, aclosing, suppress
from enum import IntEnum
from typing import Any, Final

import orjson
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected
from uuid_utils.compat import uuid7

from domain.shared.errors import ErrorCode
from resolvers.authentication import authenticate
from resolvers.errors import Unauthenticated
from resolvers.execution import Request
from resolvers.operations import Refused, begin, broken, refusal
from resolvers.sessions import Live, LiveContext, Session
from resolvers.wire import BadRequest, checked, read_json
from schema.context import House

log = structlog.get_logger(__name__)

_GONE: Final = (WebSocketDisconnect, WebSocketDisconnected)
_ID_LENGTH: Final = 128
_REASON_BYTES: Final = 123  # RFC 6455, section 5.5: what a close frame has left


class CloseCode(IntEnum):
    """Why the server ends a connection: RFC 6455, and the protocol's own from 4400."""

    NORMAL = 1000
    TOO_LARGE = 1009
    INTERNAL = 1011
    BAD_MESSAGE = 4400
    NOT_OPENED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    OPENED_TOO_LATE = 4408
    ID_TAKEN = 4409
    TOO_MANY = 4429


class Close(Exception):
    """The connection has to end, for this reason."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_REASON_BYTES].decode(errors="ignore")


class Flow:
    """A leaky bucket of messages: `burst` at once, `per_second` on the long run."""

    def __init__(self, burst: int, per_second: float, at: float) -> None:
        self._burst, self._per_second, self._level, self._at = burst, per_second, 0.0, at

    def count(self, at: float) -> None:
        """One more message; Close 4429 when it is one too many."""
        self._level = max(0.0, self._level - (at - self._at) * self._per_second) + 1
        self._at = at
        if self._level > self._burst:
            raise Close(CloseCode.TOO_MANY, "too many messages")


class Conversation:
    """What is said over one accepted WebSocket."""

    def __init__(self, socket: WebSocket, house: House, live: Live) -> None:
        self._socket = socket
        self._house = house
        self._live = live
        self._loop = asyncio.get_running_loop()
        self._flow = Flow(live.limits.message_burst, live.limits.messages_per_second, self._loop.time())
        self._session: Session | None = None
        self._is_opened = asyncio.Event()
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._held = ExitStack()

    async def run(self) -> None:
        """Talk until either side ends it; then nothing of it runs any more."""
        listening = asyncio.create_task(self._listen())
        guarding = asyncio.create_task(self._guard())
        try:
            done, _ = await asyncio.wait({listening, guarding}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            tasks = (listening, guarding, *self._operations.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._held.close()
        for error in filter(None, (task.exception() for task in done)):
            with suppress(*_GONE):
                await self._end(error)

    async def _end(self, error: BaseException) -> None:
        if isinstance(error, Close):
            await self._socket.close(error.code, error.reason)
        elif not isinstance(error, _GONE):
            log.error("websocket.failed", exc_info=error)
            await self._socket.close(CloseCode.INTERNAL, "something went wrong on our side")

    async def _guard(self) -> None:
        """End what does not open in time, or whose credential is revoked."""
        limits = self._live.limits
        try:
            async with asyncio.timeout(limits.init_seconds):
                await self._is_opened.wait()
        except TimeoutError as error:
            raise Close(CloseCode.OPENED_TOO_LATE, "connection_init did not come in time") from error
        if self._session:
            await self._session.until_revoked(limits.recheck_seconds)
        raise Close(CloseCode.FORBIDDEN, "the credential is not valid any more")

    async def _listen(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            self._flow.count(self._loop.time())
            await self._hear(self._read(message.get("text")))

    def _read(self, text: str | None) -> Mapping[str, Any]:
        """The JSON object of a frame."""
        if text is None:
            raise Close(CloseCode.BAD_MESSAGE, "messages are texts")
        if len(text) > self._live.limits.message_bytes:
            raise Close(CloseCode.TOO_LARGE, f"a message is larger than {self._live.limits.message_bytes} bytes")
        try:
            message = read_json(text)
        except BadRequest as error:
            raise Close(CloseCode.BAD_MESSAGE, error.message) from error
        if not isinstance(message, dict):
            raise Close(CloseCode.BAD_MESSAGE, "messages are JSON objects")
        return message

    async def _hear(self, message: Mapping[str, Any]) -> None:
        kind, payload = str(message.get("type")), message.get("payload")
        if kind in {"connection_init", "ping", "pong"} and payload is not None and not isinstance(payload, dict):
            raise Close(CloseCode.BAD_MESSAGE, f"the payload of {kind} must be an object")
        match kind:
            case "connection_init":
                await self._open(payload or {})
            case "ping":
                await self._say({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})
            case "pong":
                pass
            case "subscribe":
                await self._begin(_id_of(message), payload)
            case "complete":
                task = self._operations.pop(_id_of(message), None)
                if task:
                    task.cancel()
                    await asyncio.wait({task})  # its place is free before the next message is read
            case _:
                raise Close(CloseCode.BAD_MESSAGE, "no such type of message")

    async def _open(self, payload: Mapping[str, Any]) -> None:
        """Acknowledge who says who it is: `authorization` in the payload, else the header of the handshake."""
        if self._session:
            raise Close(CloseCode.TOO_MANY, "too many initialisation requests")
        given = payload.get("authorization", payload.get("Authorization", self._socket.headers.get("authorization")))
        try:
            actor = await authenticate(given, self._house.callers) if isinstance(given, str) else None
        except Unauthenticated as error:
            raise Close(CloseCode.FORBIDDEN, error.message) from error
        if actor is None:
            raise Close(CloseCode.FORBIDDEN, "send authorization, a text, in the payload of connection_init")
        try:
            self._held.enter_context(self._live.connections.taken_by(actor.principal))
        except Refused as error:
            raise Close(CloseCode.TOO_MANY, str(error)) from error
        client = self._socket.client
        self._session = Session(self._house, given, actor, client.host if client else "")
        await self._say({"type": "connection_ack"})
        self._is_opened.set()

    async def _begin(self, name: str, payload: object) -> None:
        if self._session is None:
            raise Close(CloseCode.NOT_OPENED, "send connection_init first")
        if name in self._operations:
            raise Close(CloseCode.ID_TAKEN, f"Subscriber for {name} already exists")
        try:
            request = checked(payload)
        except BadRequest as error:
            raise Close(CloseCode.BAD_MESSAGE, error.message) from error
        seats = self._live.limits.operations_per_connection
        if len(self._operations) >= seats:
            full = refusal(f"no more than {seats} operations at once on one connection", ErrorCode.THROTTLED)
            await self._say({"type": "error", "id": name, "payload": full.errors})
            return
        self._operations[name] = asyncio.create_task(self._operate(name, request, self._session))

    async def _operate(self, name: str, request: Request, session: Session) -> None:
        """Run one operation to its last message."""
        request_id = str(uuid7())
        last: dict[str, Any] = {"type": "complete", "id": name}
        try:
            with self._live.operations.taken_by(session.holder):
                operation = await begin(request, LiveContext(session, request_id))
                async with aclosing(operation.payloads()) as payloads:
                    async for payload in payloads:
                        await self._say({"type": "next", "id": name, "payload": payload})
        except _GONE:
            return
        except Refused as error:
            last = {"type": "error", "id": name, "payload": error.errors}
        except Exception as error:  # noqa: BLE001 - masked, and only this operation ends
            last = {"type": "error", "id": name, "payload": broken(error, request_id).errors}
        # The id is free again before the client hears that it is.
        self._operations.pop(name, None)
        with suppress(*_GONE):
            await self._say(last)

    async def _say(self, message: Mapping[str, Any]) -> None:
        await self._socket.send_text(orjson.dumps(message, default=str).decode())


def _id_of(message: Mapping[str, Any]) -> str:
    name = message.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= _ID_LENGTH:
        raise Close(CloseCode.BAD_MESSAGE, f"id must be a text of 1 to {_ID_LENGTH} characters")
    return name
