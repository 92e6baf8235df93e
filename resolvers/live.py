"""Live updates: PostgreSQL is read, Redis only says when; without it, every two seconds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final
from uuid import UUID

from integrations.doorbell import Doorbell

_LOOK_ANYWAY_SECONDS: Final = 2.0


class LiveNews:
    """One process's ear on the news, shared by all its subscribers."""

    def __init__(self, doorbell: Doorbell) -> None:
        self._doorbell = doorbell
        self._watchers: dict[asyncio.Event, Callable[[UUID, str], bool]] = {}

    async def run(self) -> None:
        """Wake the watchers whom a piece of news concerns, for ever."""
        async for news in self._doorbell.news():
            aggregate_id = UUID(news.aggregate_id)
            for wake, interests in self._watchers.items():
                if interests(aggregate_id, news.scope):
                    wake.set()

    async def watch(self, interests: Callable[[UUID, str], bool]) -> AsyncIterator[None]:
        """One None at once, then one whenever an aggregate (id, scope) of interest has news, at least every 2 s."""
        wake = asyncio.Event()
        self._watchers[wake] = interests
        try:
            while True:
                wake.clear()
                yield
                try:
                    async with asyncio.timeout(_LOOK_ANYWAY_SECONDS):
                        await wake.wait()
                except TimeoutError:
                    continue
        finally:
            del self._watchers[wake]
