"""Letting time pass in development: from one due date to the next, so that each is seen as its day comes."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

import bootstrap
from domain.shared.calendar import add_months
from integrations.doorbell import Bell, Doorbell

_STEP: Final = re.compile(r"\+(\d{1,4})(y|mo|w|d|h)")
_MONTHS: Final = {"y": 12, "mo": 1}
_SPANS: Final[Mapping[str, timedelta]] = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
}
_PATIENCE_SECONDS: Final = 10.0
_LOOK_AGAIN_SECONDS: Final = 0.02
_NEXT: Final = "SELECT min(due_at) FROM subscriptions WHERE due_at > $1"
# What is due, and what came of it: leases and deadlines must not run out because the clock goes on.
_BUSY: Final = """
SELECT EXISTS (SELECT FROM subscriptions WHERE due_at <= $1) OR EXISTS (SELECT FROM events WHERE due_at <= $1)
    OR EXISTS (SELECT FROM usage_months WHERE due_at <= $1)
    OR EXISTS (SELECT FROM events WHERE due_at IS NOT NULL AND lease_token IS NOT NULL)
    OR EXISTS (SELECT FROM webhook_deliveries WHERE due_at <= $1 OR due_at IS NOT NULL AND lease_token IS NOT NULL)
    OR EXISTS (SELECT FROM provisioning_operations WHERE due_at <= $1 + interval '2 seconds'
               OR due_at IS NOT NULL AND lease_token IS NOT NULL)
"""
_BELLS: Final = (Bell.RENEWALS, Bell.USAGE, Bell.OUTBOX, Bell.PROVISIONING, Bell.WEBHOOKS)
Say = Callable[[str], None]


class NobodyWorks(RuntimeError):
    """Nothing takes up what is due: no worker runs, or what it does fails."""


def later(at: datetime, step: str) -> datetime:
    """The time after a step like `+1y`, `+3mo`, `+2w`, `+10d` or `+6h`; ValueError for anything else."""
    found = _STEP.fullmatch(step)
    if found is None:
        raise ValueError(f"{step!r} is no step: write it like +1y, +3mo, +2w, +10d or +6h")
    count, unit = int(found[1]), found[2]
    if unit in _MONTHS:
        day = add_months(at.date(), count * _MONTHS[unit])
        return datetime.combine(day, at.timetz())
    return at + count * _SPANS[unit]


async def let_pass(addresses: bootstrap.Addresses, until: datetime, say: Say) -> None:
    """Move the clock to `until`, from one due date to the next; at each of them, wait until workers have done it.

    NobodyWorks where they do not: the clock then stands where it got to.
    """
    connection = await asyncpg.connect(addresses.database_url)
    try:
        async with aclosing(bootstrap.open_doorbell(addresses)) as doorbell:
            await _done(connection, doorbell)
            while (now := bootstrap.utc_now()) < until:
                due = await connection.fetchval(_NEXT, now)
                _move_to(until if due is None else min(due, until))
                say(f"{bootstrap.utc_now():%Y-%m-%d %H:%M} UTC")
                await _done(connection, doorbell)
    finally:
        await connection.close()


def _move_to(at: datetime) -> None:
    bootstrap.MOVABLE.move(bootstrap.MOVABLE.ahead + (at - bootstrap.utc_now()) + timedelta(milliseconds=1))


async def _done(connection: asyncpg.Connection, doorbell: Doorbell) -> None:
    """Wait until nothing is due any more."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while await connection.fetchval(_BUSY, bootstrap.utc_now()):
        if time.monotonic() > end:
            raise NobodyWorks(f"nothing has worked off what is due at {bootstrap.utc_now().astimezone(UTC)}")
        await doorbell.ring(*_BELLS)
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
