"""Bulk operations: claimed, advanced by one bounded step, given back; a kill resumes at the last step's end."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import structlog
from asyncpg import Record

from domain.bulk.actions import BULK_QUEUE, LeaseLost, Progress, advance, fail
from domain.bulk.rules import MAX_TRIES, BulkKind
from domain.invoices.issuing import issue_step
from domain.numbers.importing import import_step
from domain.shared import database
from domain.shared.errors import DomainError
from domain.webhooks.replaying import replay_step
from integrations.doorbell import Bell, News
from jobs.pump import Pump
from jobs.workshop import Workshop

log = structlog.get_logger(__name__)

_SLOTS: Final = 2

# One step: what takes a few seconds at most, in the transaction that also advances the cursor; no network in it but
# where the file lies that it reads.
# A DomainError ends the operation; things that fail one by one are counted and told of in the progress.
Step = Callable[[Workshop, Record], Awaitable[Progress]]


async def _replay(shop: Workshop, operation: Record) -> Progress:
    return await replay_step(shop.actor(), operation)


async def _invoice(shop: Workshop, operation: Record) -> Progress:
    return await issue_step(shop.actor(), operation)


async def _import(shop: Workshop, operation: Record) -> Progress:
    return await import_step(shop.actor(), operation, shop.storage)


STEPS: Final[Mapping[BulkKind, Step]] = {
    BulkKind.WEBHOOK_REPLAY: _replay,
    BulkKind.NUMBER_IMPORT: _import,
    BulkKind.INVOICES: _invoice,
}
# Whom to wake after a step.
_WAKES: Final[Mapping[BulkKind, Bell]] = {BulkKind.WEBHOOK_REPLAY: Bell.WEBHOOKS, BulkKind.INVOICES: Bell.MAIL}


def bulk_pump(shop: Workshop, poll_seconds: float) -> Pump:
    """The pump of bulk operations: a step of each in turn, those that have waited longest first."""
    return Pump(shop, BULK_QUEUE, Bell.BULK, step_all, poll_seconds, slots=_SLOTS)


async def step_all(shop: Workshop, operations: Sequence[Record]) -> None:
    """One step of each."""
    for operation in operations:
        await step(shop, operation)


async def step(shop: Workshop, operation: Record) -> None:
    """Do one step and commit it with its progress, or neither; tell who watches."""
    kind = BulkKind(operation["kind"])
    if operation["attempts"] > MAX_TRIES:
        await fail(shop.actor(), operation, code="INTERNAL", reason=f"a step did not succeed in {MAX_TRIES} tries")
    else:
        try:
            async with database.transaction():
                progress = await STEPS[kind](shop, operation)
                await advance(shop.actor(), operation, progress)
            shop.metrics.count_bulk(kind.value, done=progress.done, failed=progress.failed)
        except DomainError as error:
            await fail(shop.actor(), operation, code=error.code.value, reason=error.message)
        except LeaseLost:
            log.info("bulk.lease_lost", operation_id=str(operation["id"]))
            return
    shop.wake(Bell.OUTBOX, *([_WAKES[kind]] if kind in _WAKES else []))
    await shop.doorbell.announce([News(str(operation["id"]), operation["scope"])])
