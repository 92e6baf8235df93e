"""A receiver that only answers: it counts requests, keeps the last one, and knows when bytes began to come."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, cast

_ANSWER: Final = b"HTTP/1.1 204 No Content\r\n\r\n"
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length: "


def request_size(received: bytes) -> int:
    """How many bytes the first request takes, head and body; 0 while it is not whole."""
    end = received.find(_HEAD_END)
    if end < 0:
        return 0
    start = received.index(_LENGTH) + len(_LENGTH)
    size = end + len(_HEAD_END) + int(received[start : received.index(b"\r", start)])
    return size if len(received) >= size else 0


class Receiver:
    """Listens on a port of 127.0.0.1, in the benchmark's own event loop."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.count = 0
        self.last_request = b""
        self._first_byte: asyncio.Future[float] | None = None

    @property
    def url(self) -> str:
        """Where webhooks go."""
        return f"http://127.0.0.1:{self.port}/webhooks"

    def next_first_byte(self) -> asyncio.Future[float]:
        """Resolves with the time (`time.perf_counter`) of the first byte of the next request."""
        self._first_byte = asyncio.get_running_loop().create_future()
        return self._first_byte

    def begins(self) -> None:
        """A request has begun to arrive."""
        if self._first_byte is not None and not self._first_byte.done():
            self._first_byte.set_result(time.perf_counter())

    def took(self, request: bytes) -> None:
        """A request has arrived whole."""
        self.count += 1
        self.last_request = request


class _Protocol(asyncio.Protocol):
    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        if not self._received:
            self._receiver.begins()
        self._received += data
        while size := request_size(self._received):
            self._receiver.took(self._received[:size])
            self._received = self._received[size:]
            if self._transport is not None:
                self._transport.write(_ANSWER)


@asynccontextmanager
async def receiving(port: int) -> AsyncIterator[Receiver]:
    """A receiver, for as long as the block runs."""
    receiver = Receiver(port)
    server = await asyncio.get_running_loop().create_server(lambda: _Protocol(receiver), "127.0.0.1", port)
    try:
        yield receiver
    finally:
        server.close()
