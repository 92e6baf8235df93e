"""Keeps idle connections for the next request to the same origin: few of each, not many in all, not for long."""

import asyncio
from collections import OrderedDict

from integrations.http.connection import Connection
from integrations.http.guard import Target

IDLE_LIMIT = 512
# More than go to one webhook endpoint at once by default: between two batches all of them are idle.
IDLE_LIMIT_PER_ORIGIN = 64
# Shorter than the 5 s after which many servers hang up (Node, uvicorn): a request must not cross their goodbye.
IDLE_SECONDS = 3.0

Origin = tuple[str, str, int]


def origin_of(target: Target) -> Origin:
    """Name what a connection can be shared for: scheme, host name and port."""
    return (target.scheme, target.host, target.port)


class IdlePool:
    """A connection is in here while nobody uses it; connections in use belong to their users."""

    def __init__(self, *, idle_seconds: float = IDLE_SECONDS, limit: int = IDLE_LIMIT) -> None:
        self._idle_seconds = idle_seconds
        self._limit = limit
        self._idle: OrderedDict[Connection, Origin] = OrderedDict()
        self._by_origin: dict[Origin, list[Connection]] = {}
        self._sweep: asyncio.TimerHandle | None = None

    def take(self, target: Target) -> Connection | None:
        """Return the connection to this origin that was used last, or None."""
        same = self._by_origin.get(origin_of(target))
        if not same:
            return None
        connection = same[-1]
        self.discard(connection)
        return connection if connection.is_reusable else None

    def put(self, connection: Connection, target: Target) -> None:
        """Keep a connection for later; close it if it can't serve again or there are enough for its origin."""
        origin = origin_of(target)
        same = self._by_origin.get(origin, ())
        if not connection.is_reusable or len(same) >= IDLE_LIMIT_PER_ORIGIN:
            connection.abort()
            return
        if len(self._idle) >= self._limit:
            self._close(next(iter(self._idle)))
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        self._idle[connection] = origin
        self._by_origin.setdefault(origin, []).append(connection)
        if self._sweep is None:
            self._sweep = loop.call_later(self._idle_seconds, self._close_expired)

    def discard(self, connection: Connection) -> None:
        """Forget a connection, if it is here."""
        origin = self._idle.pop(connection, None)
        if origin is None:
            return
        same = self._by_origin[origin]
        same.remove(connection)
        if not same:
            del self._by_origin[origin]

    def close(self) -> None:
        """Close every idle connection."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        for connection in list(self._idle):
            self._close(connection)

    def _close(self, connection: Connection) -> None:
        self.discard(connection)
        connection.abort()

    def _close_expired(self) -> None:
        """Close what has been idle too long; they stand in the order in which they came."""
        loop = asyncio.get_running_loop()
        while self._idle:
            oldest = next(iter(self._idle))
            expires_at = oldest.idle_since + self._idle_seconds
            if expires_at > loop.time():
                self._sweep = loop.call_at(expires_at, self._close_expired)
                return
            self._close(oldest)
        self._sweep = None
