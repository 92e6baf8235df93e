"""A pump: claims due rows of one queue, works on many at once, and sleeps until it is woken or a poll is due."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from asyncpg import PostgresError, Record
from asyncpg.exceptions import InterfaceError
from tortoise.exceptions import BaseORMException

log = structlog.get_logger(__name__)

_STOP_SECONDS: Final = 10.0
_DATABASE_AWAY_SECONDS: Final = 1.0
DATABASE_TROUBLE: Final = (PostgresError, InterfaceError, BaseORMException, OSError)


@dataclass(slots=True)
class Pump:
    """`claim(limit)` leases rows, `act(rows)` works one batch of `batch` rows off and settles it."""

    name: str
    claim: Callable[[int], Awaitable[Sequence[Record]]]
    act: Callable[[Sequence[Record]], Awaitable[None]]
    wake: asyncio.Event
    poll_seconds: Callable[[], float]
    slots: int = 50
    batch: int = 1
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, stop: asyncio.Event) -> None:
        """Pump until `stop`; then what is in hand may end, for up to 10 s: whatever does not comes due again."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                if not await self._round():
                    await self._sleep(stopping)
        finally:
            stopping.cancel()
            if self._running:
                await asyncio.wait(self._running, timeout=_STOP_SECONDS)
            for task in self._running:
                task.cancel()

    async def _round(self) -> bool:
        """Claim for the free slots and set to work; False when there was nothing, or no slot."""
        free = self.slots - len(self._running)
        if not free:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return True
        self.wake.clear()
        try:
            rows = await self.claim(free * self.batch)
        except DATABASE_TROUBLE as error:
            log.warning("pump.database_away", pump=self.name, error=type(error).__name__)
            await asyncio.sleep(_DATABASE_AWAY_SECONDS)
            return True
        for start in range(0, len(rows), self.batch):
            task = asyncio.create_task(self._guarded(rows[start : start + self.batch]))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return bool(rows)

    async def _guarded(self, rows: Sequence[Record]) -> None:
        try:
            await self.act(rows)
        except DATABASE_TROUBLE as error:
            log.warning("pump.database_away", pump=self.name, error=type(error).__name__)
        except Exception:
            # A programmer's error in one row must not stop the others: its lease runs out and it is tried again.
            log.exception("pump.failed", pump=self.name, ids=[str(row["id"]) for row in rows])

    async def _sleep(self, stopping: asyncio.Task[bool]) -> None:
        waking = asyncio.create_task(self.wake.wait())
        await asyncio.wait({waking, stopping}, timeout=self.poll_seconds(), return_when=asyncio.FIRST_COMPLETED)
        waking.cancel()
