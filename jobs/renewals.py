"""Renewals, and all else that falls due in the lives of subscriptions: batch after batch until nothing is due."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from domain.subscriptions.turning import Worked, postpone_first, work_batch
from integrations.doorbell import Bell
from jobs.pump import DATABASE_TROUBLE
from jobs.workshop import Workshop

log = structlog.get_logger(__name__)

BATCH: Final = 250  # as many as take a fraction of a second: their rows are locked meanwhile
_DATABASE_AWAY_SECONDS: Final = 1.0
_PUT_OFF: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Renewals:
    """A batch is one transaction: whoever works on it, and dies in it, each of its steps happens once."""

    shop: Workshop
    poll_seconds: float

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`; the batch in hand ends."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self.shop.wakes[Bell.RENEWALS].clear()
                if not await self._round():
                    await self._sleep(stopping)
        finally:
            stopping.cancel()

    async def _sleep(self, stopping: asyncio.Task[bool]) -> None:
        waking = asyncio.create_task(self.shop.wakes[Bell.RENEWALS].wait())
        timeout = self.poll_seconds * self.shop.jitter_permille() / 1000
        await asyncio.wait({waking, stopping}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        waking.cancel()

    async def _round(self) -> bool:
        try:
            return await run_due(self.shop) > 0
        except DATABASE_TROUBLE as error:
            log.warning("renewals.database_away", error=type(error).__name__)
            await asyncio.sleep(_DATABASE_AWAY_SECONDS)
            return True


async def run_due(shop: Workshop) -> int:
    """One batch; answers how many subscriptions it had.

    Where it cannot be done, its subscriptions are tried one by one, and those that it fails for are put off.
    """
    try:
        worked = await work_batch(shop.actor(), limit=BATCH)
    except DATABASE_TROUBLE:
        raise
    except Exception:
        log.exception("renewals.batch_failed")
        worked = await _one_by_one(shop)
    if worked.subscriptions:
        _show(shop, worked)
        shop.wake(Bell.OUTBOX, Bell.PROVISIONING, Bell.MAIL)
    return worked.subscriptions


def _show(shop: Workshop, worked: Worked) -> None:
    """Progress, for operators: what is left is the queue `subscriptions` of the metrics."""
    told = {kind.value.partition(".")[2]: count for kind, count in worked.told.items()}
    shop.metrics.count_renewals(told)
    log.info("renewals.worked", subscriptions=worked.subscriptions, **told)


async def _one_by_one(shop: Workshop) -> Worked:
    done = Worked(0, Counter())
    for _ in range(BATCH):
        try:
            one = await work_batch(shop.actor(), limit=1)
            if not one.subscriptions:
                return done
            done = Worked(done.subscriptions + one.subscriptions, done.told + one.told)
        except DATABASE_TROUBLE:
            raise
        except Exception:
            # A programmer's error in one must not stop the others.
            put_off = await postpone_first(shop.actor(), until=shop.now() + _PUT_OFF)
            log.exception("renewals.failed", subscription_id=str(put_off))
    return done
