"""One HTTP/1.1 connection: writes a request, waits for its answer, says whether it can serve another."""

import asyncio
from collections.abc import Callable
from typing import cast

from integrations.http.answer import AnswerParser, MalformedAnswer, RawAnswer
from integrations.http.failures import FailureKind, FetchFailed


class Connection(asyncio.Protocol):
    """Serves one exchange at a time; bytes that nobody asked for close it."""

    def __init__(self, on_lost: Callable[["Connection"], None]) -> None:
        self.idle_since = 0.0
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._parser: AnswerParser | None = None
        self._done: asyncio.Future[None] | None = None

    @property
    def is_reusable(self) -> bool:
        """The last answer was whole, the request was wholly written, and nobody hung up."""
        return (
            self._transport is not None
            and not self._transport.is_closing()
            and (self._parser is None or self._parser.is_reusable)
            and self._transport.get_write_buffer_size() == 0
        )

    async def exchange(self, request: bytes, *, read_limit_bytes: int) -> RawAnswer:
        """Send the bytes of one request and return its answer; FetchFailed (RESET, PROTOCOL) otherwise.

        Whoever cancels this aborts the connection: an answer may still be under way.
        """
        if self._transport is None:
            raise FetchFailed(FailureKind.RESET, "the connection was closed", before_sent=True)
        parser = self._parser = AnswerParser(read_limit_bytes=read_limit_bytes)
        self._done = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            await self._done
        finally:
            self._done = None
        return parser.answer()

    def abort(self) -> None:
        """Close at once: no waiting for a peer that may never answer."""
        if self._transport is not None:
            self._transport.abort()

    # Callbacks of the event loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Feed the answer; what comes unasked makes the connection unfit."""
        if self._parser is None or self._done is None:
            self.abort()
            return
        try:
            self._parser.feed(data)
        except MalformedAnswer as error:
            self._fail(FailureKind.PROTOCOL, str(error))
            self.abort()
            return
        if self._parser.is_complete:
            self._succeed()

    def connection_lost(self, exc: Exception | None) -> None:
        """Settle the exchange under way: some answers end with their connection."""
        self._transport = None
        self._on_lost(self)
        if self._parser is None or exc is not None:
            self._fail(FailureKind.RESET, "the connection was reset")
            return
        try:
            self._parser.end()
        except MalformedAnswer as error:
            self._fail(FailureKind.RESET, str(error))
        else:
            self._succeed()

    def _succeed(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    def _fail(self, kind: FailureKind, message: str) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(FetchFailed(kind, message, before_sent=False))
