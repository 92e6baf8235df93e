"""Putting back into stock the numbers whose reservation or quarantine is over."""

import asyncio
from typing import Final

import structlog

from domain.numbers.holding import end_what_is_over
from integrations.doorbell import Bell
from jobs.pump import DATABASE_TROUBLE
from jobs.workshop import Workshop

log = structlog.get_logger(__name__)

_EVERY_SECONDS: Final = 30.0
_BATCH: Final = 500


async def put_numbers_back(shop: Workshop) -> None:
    """Every half minute, whatever is over by then; several workers share it."""
    while True:
        try:
            await put_back_what_is_over(shop)
        except DATABASE_TROUBLE as error:
            log.warning("numbers.database_away", error=type(error).__name__)
        await asyncio.sleep(_EVERY_SECONDS)


async def put_back_what_is_over(shop: Workshop) -> int:
    """All that is over now; how many there were."""
    total = 0
    while ended := await end_what_is_over(shop.actor(), limit=_BATCH):
        total += ended
        shop.wake(Bell.OUTBOX)
    return total
