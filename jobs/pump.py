"""A pump: claims due rows of one queue, works on many at once, and sleeps until it is woken or a poll is due."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog
from asyncpg import Record
from asyncpg.exceptions import (
    InsufficientResourcesError,
    InterfaceError,
    InternalClientError,
    OperatorInterventionError,
    PostgresConnectionError,
    TransactionRollbackError,
)
from tortoise.exceptions import DBConnectionError

from domain.shared.leases import LEASE, Queue
from integrations.doorbell import Bell
from jobs.workshop import Workshop

log = structlog.get_logger(__name__)

_GIVE_BACK_SECONDS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
_STOP_SECONDS: Final = 6.0
_HEARTBEAT_SECONDS: Final = LEASE.total_seconds() / 3
_DATABASE_AWAY_SECONDS: Final = 1.0
# What passes by itself: the server away, shutting down, out of room, or two transactions in each other's way. asyncpg
# calls it an internal error where a statement meets a connection whose server has just said goodbye.
# Any other error of the database is a bug of ours and is logged as one.
DATABASE_TROUBLE: Final = (
    PostgresConnectionError,
    OperatorInterventionError,
    InsufficientResourcesError,
    TransactionRollbackError,
    InterfaceError,
    InternalClientError,
    DBConnectionError,
    OSError,
)


@dataclass(slots=True)
class Pump:
    """`act(shop, rows)` works off a batch of at most `batch` leased rows and settles them; `slots` at once."""

    shop: Workshop
    queue: Queue
    bell: Bell
    act: Callable[[Workshop, Sequence[Record]], Awaitable[None]]
    poll_seconds: float
    slots: int = 50
    batch: int = 1
    _running: dict[asyncio.Task[None], Sequence[Record]] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Pump until `stop`; then what is in hand may end, for up to 6 s, and the leases of the rest are given back."""
        stopping = asyncio.create_task(stop.wait())
        beating = asyncio.create_task(self._heartbeat())
        try:
            while not stop.is_set():
                if not await self._round():
                    await self._sleep(stopping)
            if self._running:
                await asyncio.wait(self._running, timeout=_STOP_SECONDS)
        finally:
            stopping.cancel()
            beating.cancel()
            await self._let_go()

    async def claim(self, limit: int) -> Sequence[Record]:
        """Lease up to `limit` due rows."""
        return await self.queue.claim(at=self.shop.now(), token=self.shop.new_id(), limit=limit)

    async def _round(self) -> bool:
        """Claim for the free slots and set to work; False when nothing was due."""
        free = self.slots - len(self._running)
        if not free:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return True
        self.shop.wakes[self.bell].clear()
        try:
            rows = await self.claim(free * self.batch)
        except DATABASE_TROUBLE as error:
            log.warning("pump.database_away", pump=self.bell, error=type(error).__name__)
            await asyncio.sleep(_DATABASE_AWAY_SECONDS)
            return True
        for start in range(0, len(rows), self.batch):
            batch = rows[start : start + self.batch]
            task = asyncio.create_task(self._guarded(batch))
            self._running[task] = batch
            task.add_done_callback(lambda done: self._running.pop(done, None))
        return bool(rows)

    async def _guarded(self, rows: Sequence[Record]) -> None:
        try:
            await self.act(self.shop, rows)
        except DATABASE_TROUBLE as error:
            log.warning("pump.database_away", pump=self.bell, error=type(error).__name__)
            await self._give_back(rows)
        except Exception:
            # A programmer's error in one row must not stop the others: its lease runs out and it is tried again.
            log.exception("pump.failed", pump=self.bell, ids=[str(row["id"]) for row in rows])

    async def _give_back(self, rows: Sequence[Record]) -> None:
        """What could not be settled is due as soon as the database answers again, not when its lease ends."""
        for pause_seconds in _GIVE_BACK_SECONDS:
            await asyncio.sleep(pause_seconds)
            try:
                await self.queue.release([row["id"] for row in rows], rows[0]["lease_token"], at=self.shop.now())
            except DATABASE_TROUBLE:
                continue
            self.shop.wake(self.bell)
            return

    async def _sleep(self, stopping: asyncio.Task[bool]) -> None:
        waking = asyncio.create_task(self.shop.wakes[self.bell].wait())
        timeout = self.poll_seconds * self.shop.jitter_permille() / 1000
        await asyncio.wait({waking, stopping}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        waking.cancel()

    async def _heartbeat(self) -> None:
        """Keep the leases of what is in hand: a slow provisioner must not make its operation due for others."""
        while True:
            await asyncio.sleep(_HEARTBEAT_SECONDS)
            for token, ids in self._leases().items():
                try:
                    await self.queue.extend(ids, token, at=self.shop.now())
                except DATABASE_TROUBLE as error:
                    log.warning("pump.database_away", pump=self.bell, error=type(error).__name__)

    def _leases(self) -> dict[UUID, list[UUID]]:
        """The rows in hand, by the token that they were claimed under."""
        leases: dict[UUID, list[UUID]] = {}
        for batch in self._running.values():
            leases.setdefault(batch[0]["lease_token"], []).extend(row["id"] for row in batch)
        return leases

    async def _let_go(self) -> None:
        """Stop what did not end in time and make it due at once, for another worker."""
        unfinished, leases = list(self._running), self._leases()
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        for token, ids in leases.items():
            try:
                await self.queue.release(ids, token, at=self.shop.now())
            except DATABASE_TROUBLE as error:
                log.warning("pump.database_away", pump=self.bell, error=type(error).__name__)
