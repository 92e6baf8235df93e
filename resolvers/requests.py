"""What every HTTP request gets: an id, a line in the log, the security headers on its answer."""

import time
from collections.abc import Callable
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

log = structlog.get_logger(__name__)

_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_MAX_ID_LENGTH: Final = 64

# Path, status, seconds.
Observe = Callable[[str, int, float], None]


class RequestLog:
    """Gives every request an id (the caller's, if it is a plain one), puts it on the answer and on every log line."""

    def __init__(self, app: ASGIApp, observe: Observe | None = None) -> None:
        self._app = app
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        is_plain = given.isalnum() and len(given) <= _MAX_ID_LENGTH
        request_id = given.decode() if is_plain else uuid7().hex
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status, started = 500, time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status, headers = message["status"], message["headers"]
                present = {name for name, _ in headers}
                own = [header for header in _HEADERS if header[0] not in present]
                message["headers"] = [*headers, *own, (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            took_seconds = time.perf_counter() - started
            took_ms = round(took_seconds * 1000, 1)
            if self._observe is not None:
                self._observe(scope["path"], status, took_seconds)
            log.info("request", method=scope["method"], path=scope["path"], status=status, took_ms=took_ms)
            structlog.contextvars.clear_contextvars()
