"""A process's line to Redis for what may be lost: bounded in time, silent for a second after a failure."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final, TypeVar

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

T = TypeVar("T")
_CONNECTIONS: Final = 16
_SULK_SECONDS: Final = 1.0


class RedisLine:
    """Calls to Redis that take at most `patience_seconds`, and none for a second after one that failed."""

    def __init__(self, url: str, *, patience_seconds: float = 0.1) -> None:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=patience_seconds,
            socket_timeout=patience_seconds,
            socket_connect_timeout=patience_seconds,
        )
        self.redis = Redis(connection_pool=pool)
        self._patience_seconds = patience_seconds
        self._quiet_until = 0.0

    def script(self, text: str) -> AsyncScript:
        """A Lua script, sent once and called by its hash."""
        return self.redis.register_script(text)

    async def call(self, work: Callable[[], Awaitable[T]]) -> T | None:
        """What Redis answers; None when it is away, or was a moment ago."""
        if monotonic() < self._quiet_until:
            return None
        try:
            async with asyncio.timeout(self._patience_seconds):  # the sockets' own limits are for each answer alone
                return await work()
        except (RedisError, OSError, TimeoutError) as error:
            self._quiet_until = monotonic() + _SULK_SECONDS
            log.warning("redis.silent", error=type(error).__name__)
            return None

    async def aclose(self) -> None:
        """Hang up."""
        await self.redis.aclose(close_connection_pool=True)
