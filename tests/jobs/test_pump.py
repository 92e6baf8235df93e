"""Pumps: they keep going through errors of jobs and of the database, and stop in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from asyncpg import InternalClientError, PostgresError, Record

from domain.shared import database
from domain.shared.leases import Queue
from integrations.doorbell import Bell
from jobs.pump import Pump
from jobs.workshop import Workshop
from tests.jobs.bench import Bench

Act = Callable[[Workshop, Sequence[Record]], Awaitable[None]]


@pytest.fixture
async def queue(bench: Bench) -> AsyncIterator[Queue]:
    """A queue of its own, empty."""
    name = f"queue_{uuid4().hex}"
    async with database.transaction():
        await database.fetch(
            f"CREATE TABLE {name} (id uuid PRIMARY KEY, due_at timestamptz, lease_token uuid, "
            "attempts int NOT NULL DEFAULT 0)"
        )
    yield Queue(name)
    async with database.transaction():
        await database.fetch(f"DROP TABLE {name}")


async def put(queue: Queue, *, count: int) -> list[UUID]:
    """Rows that are due."""
    ids = [uuid4() for _ in range(count)]
    sql = f"INSERT INTO {queue.table} (id, due_at) VALUES ($1, now())"  # noqa: S608 - our own name
    await database.execute_many(sql, [(row_id,) for row_id in ids])
    return ids


async def held(queue: Queue) -> set[UUID]:
    """The rows under a lease."""
    sql = f"SELECT id FROM {queue.table} WHERE lease_token IS NOT NULL"  # noqa: S608 - our own name
    return {row["id"] for row in await database.fetch(sql)}


async def left(queue: Queue) -> set[UUID]:
    """The rows whose work is not done."""
    sql = f"SELECT id FROM {queue.table} WHERE due_at IS NOT NULL"  # noqa: S608 - our own name
    return {row["id"] for row in await database.fetch(sql)}


@asynccontextmanager
async def pumping(bench: Bench, queue: Queue, act: Act, *, slots: int = 5) -> AsyncIterator[Pump]:
    """Run a pump that polls so rarely that within a test only its bell wakes it; then stop it."""
    pump = Pump(bench.shop, queue, Bell.OUTBOX, act, poll_seconds=60, slots=slots)
    stop = asyncio.Event()
    running = asyncio.create_task(pump.run(stop))
    try:
        yield pump
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await running


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again until it is so, 5 s at most."""
    async with asyncio.timeout(5):
        while not await look():  # noqa: ASYNC110 - what is awaited happens in the database
            await asyncio.sleep(0.01)


async def done(queue: Queue, rows: Sequence[Record]) -> None:
    """Settle these rows for good."""
    await queue.settle_all([row["id"] for row in rows], rows[0]["lease_token"])


@pytest.mark.parametrize("error", [RuntimeError("a bug"), PostgresError("gone"), KeyError("a bug")])
async def test_a_row_that_raises_stops_no_other(bench: Bench, queue: Queue, error: Exception) -> None:
    """The pump goes on with the others; the row that raised keeps its lease until it runs out."""
    ids = await put(queue, count=20)

    async def act(_shop: Workshop, rows: Sequence[Record]) -> None:
        if rows[0]["id"] == ids[7]:
            raise error
        await done(queue, rows)

    async with pumping(bench, queue, act):

        async def all_but_one() -> bool:
            return await left(queue) == {ids[7]}

        await until(all_but_one)
        assert await held(queue) == {ids[7]}


async def test_what_met_a_database_that_was_away_is_due_again_at_once(bench: Bench, queue: Queue) -> None:
    """Its lease is given back as soon as the database answers, and it is worked on again, before that would end."""
    (row_id,) = await put(queue, count=1)
    tried = 0

    async def act(_shop: Workshop, rows: Sequence[Record]) -> None:
        nonlocal tried
        tried += 1
        if tried == 1:
            raise OSError("gone")
        await done(queue, rows)

    async with pumping(bench, queue, act):

        async def is_done() -> bool:
            return not await left(queue)

        await until(is_done)
    assert tried == 2
    sql = f"SELECT attempts FROM {queue.table} WHERE id = $1"  # noqa: S608 - our own name
    assert await database.fetch_value(sql, row_id) == 1


@dataclass(slots=True)
class _Stumbling(Pump):
    """Its first claim meets a connection that is being closed."""

    stumbled: bool = False

    async def claim(self, limit: int) -> Sequence[Record]:
        """Fail once, then claim."""
        if not self.stumbled:
            self.stumbled = True
            raise InternalClientError("cannot switch to state 12; another operation (2) is in progress")
        # Not super(): a dataclass with slots is another class than the one that is written here.
        return await Pump.claim(self, limit)


async def test_a_connection_that_is_being_closed_ends_no_pump(bench: Bench, queue: Queue) -> None:
    """A statement may meet it between the server's goodbye and the end of its socket: the next one works."""
    await put(queue, count=1)
    stop = asyncio.Event()

    async def act(_shop: Workshop, rows: Sequence[Record]) -> None:
        await done(queue, rows)
        stop.set()

    async with asyncio.timeout(5):
        await _Stumbling(bench.shop, queue, Bell.OUTBOX, act, poll_seconds=60).run(stop)
    assert await left(queue) == set()


async def test_a_bell_wakes_it_long_before_its_poll(bench: Bench, queue: Queue) -> None:
    """What comes in after the last look is worked off when the bell rings."""

    async def act(_shop: Workshop, rows: Sequence[Record]) -> None:
        await done(queue, rows)

    async def empty() -> bool:
        return not await left(queue)

    async with pumping(bench, queue, act):
        for _ in range(3):
            await put(queue, count=2)
            bench.shop.wake(Bell.OUTBOX)
            await until(empty)


async def test_it_works_on_no_more_than_its_slots_at_once(bench: Bench, queue: Queue) -> None:
    """Rows beyond the free slots are not even claimed: another worker may have them."""
    await put(queue, count=10)
    release, busy = asyncio.Event(), 0

    async def act(_shop: Workshop, rows: Sequence[Record]) -> None:
        nonlocal busy
        busy += 1
        await release.wait()
        await done(queue, rows)

    async def full() -> bool:
        return busy == 3

    async def empty() -> bool:
        return not await left(queue)

    async with pumping(bench, queue, act, slots=3):
        await until(full)
        assert len(await held(queue)) == 3
        release.set()
        await until(empty)


async def test_stopping_waits_for_what_is_in_hand(bench: Bench, queue: Queue) -> None:
    """A job that ends soon after the stop has its outcome kept; nothing more is begun."""
    await put(queue, count=2)
    begun = asyncio.Event()

    async def act(_shop: Workshop, rows: Sequence[Record]) -> None:
        begun.set()
        await asyncio.sleep(0.1)
        await done(queue, rows)

    async with pumping(bench, queue, act, slots=1):
        await begun.wait()
    assert len(await left(queue)) == 1
    assert await held(queue) == set()
