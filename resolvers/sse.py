"""GraphQL over server-sent events, distinct connections mode: one operation a request, its payloads as events."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

import orjson
from starlette.types import Message, Receive, Scope, Send

from domain.shared.errors import ErrorCode
from resolvers.negotiation import EVENT_STREAM
from resolvers.operations import Payload, Refused, broken, refusal
from resolvers.sessions import Live, Session

_COMMENT: Final = b":\n\n"
_COMPLETE: Final = b"event: complete\ndata: \n\n"
_HEADERS: Final = (
    (b"content-type", f"{EVENT_STREAM}; charset=utf-8".encode()),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep events back
)

_REVOKED: Final = refusal("the credential is not valid any more", ErrorCode.UNAUTHENTICATED)


def _event(payload: Payload) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(payload, default=str) + b"\n\n"


class EventStream:
    """An answer that lasts until its operation is done, the client leaves, its credential is revoked, or we stop."""

    def __init__(self, payloads: AsyncGenerator[Payload, None], session: Session, live: Live, request_id: str) -> None:
        self._payloads = payloads
        self._session = session
        self._live = live
        self._request_id = request_id

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; whichever end comes first stops the operation at once."""
        await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        await send(_body(_COMMENT))  # some browsers wait for a first byte before they say that the stream is open
        end = await self._talk(receive, send)
        if end is not None:
            await send({"type": "http.response.body", "body": end, "more_body": False})

    async def _talk(self, receive: Receive, send: Send) -> bytes | None:
        """Send events and heartbeats; answers what is to be said last, None when nobody is left to hear it."""
        talking = asyncio.create_task(self._send_events(send))
        leaving = asyncio.create_task(_until_gone(receive))
        revoked = asyncio.create_task(self._session.until_revoked(self._live.limits.recheck_seconds))
        stopping = asyncio.create_task(self._live.stopping.wait())
        beating = asyncio.create_task(self._beat(send))
        ends = (talking, leaving, revoked, stopping)
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*ends, beating):
                task.cancel()
            await asyncio.gather(*ends, beating, return_exceptions=True)
        if not leaving.cancelled() or (not talking.cancelled() and talking.exception()):
            return None
        if not revoked.cancelled():
            return _event(_REVOKED.payload) + _COMPLETE
        # Cut off without `complete`, a client comes back by itself, to another process.
        return b"" if talking.cancelled() else _COMPLETE

    async def _send_events(self, send: Send) -> None:
        async with aclosing(self._events()) as events:
            async for event in events:
                await send(_body(event))

    async def _events(self) -> AsyncGenerator[bytes, None]:
        """The operation's payloads; whatever ends it early is the last of them."""
        try:
            async with aclosing(self._payloads) as payloads:
                async for payload in payloads:
                    yield _event(payload)
        except Refused as error:
            yield _event(error.payload)
        except Exception as error:  # noqa: BLE001 - masked: the stream has begun, there is no status any more
            yield _event(broken(error, self._request_id).payload)

    async def _beat(self, send: Send) -> None:
        while True:
            await asyncio.sleep(self._live.limits.heartbeat_seconds)
            await send(_body(_COMMENT))


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _body(content: bytes) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": True}
