"""The outbox: carries each committed event to our own reactions, to webhook deliveries and to live readers."""

from collections.abc import Sequence
from typing import Final

import structlog
from asyncpg import Record

from domain.events.actions import OUTBOX
from domain.events.types import EventType
from domain.shared import database
from domain.webhooks.sending import fan_out
from integrations.doorbell import Bell, News
from integrations.spans import Kind
from jobs.pump import DATABASE_TROUBLE, Pump
from jobs.subscribers import REACTIONS
from jobs.workshop import Workshop

log = structlog.get_logger(__name__)

BATCH: Final = 50


def outbox_pump(shop: Workshop, poll_seconds: float) -> Pump:
    """The pump of the outbox: batches, because what an event causes is mostly one statement for many."""
    return Pump(shop, OUTBOX, Bell.OUTBOX, carry, poll_seconds, slots=4, batch=BATCH)


async def carry(shop: Workshop, events: Sequence[Record]) -> None:
    """React to each event, make the deliveries of all and settle them in one transaction, tell live readers."""
    carried = [event for event in events if await _react(shop, event)]
    if not carried:
        return
    actor = shop.actor()
    async with database.transaction():
        deliveries = await fan_out(actor, carried)
        await OUTBOX.settle_all([event["id"] for event in carried], carried[0]["lease_token"])
    if deliveries:
        shop.wake(Bell.WEBHOOKS)
    await shop.doorbell.announce(News(str(event["aggregate_id"]), event["scope"]) for event in carried)


async def _react(shop: Workshop, event: Record) -> bool:
    with shop.spans.span(f"event {event['type']}", Kind.CONSUMER, event["traceparent"]) as span:
        is_done = await _do(shop, event)
        if not is_done:
            span.fail("the reaction failed")
    return is_done


async def _do(shop: Workshop, event: Record) -> bool:
    bells: tuple[Bell, ...] = ()
    try:
        # A type that this version does not know yet, in a rolling upgrade, waits for a worker that does.
        reaction = REACTIONS.get(EventType(event["type"]))
        if reaction is not None:
            act, bells = reaction
            await act(shop.actor(), event)
    except DATABASE_TROUBLE:
        raise  # nothing is wrong with the event: the pump gives the whole batch back, to react again at once
    except Exception:
        # Only this event waits, for its lease to run out; the others of the batch go on.
        log.exception("outbox.reaction_failed", event_id=str(event["id"]), type=event["type"])
        return False
    shop.wake(*bells)
    return True
