"""Claiming work: every row is somebody's once, only the holder settles it, and what is not settled comes due again."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain.shared import database
from domain.shared.leases import LEASE, Queue

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOW + LEASE


@pytest.fixture
async def queue(app: object) -> AsyncIterator[Queue]:
    """A queue of its own, empty."""
    name = f"queue_{uuid4().hex}"
    await _run(
        f"CREATE TABLE {name} (id uuid PRIMARY KEY, due_at timestamptz, lease_token uuid, "
        "attempts int NOT NULL DEFAULT 0, note text)"
    )
    yield Queue(name)
    await _run(f"DROP TABLE {name}")


async def _run(sql: str) -> None:
    async with database.transaction():
        await database.fetch(sql)


async def fill(queue: Queue, *dues: datetime | None) -> list[UUID]:
    """Put a row into the queue for each of these times."""
    ids = [uuid4() for _ in dues]
    await database.execute_many(
        f"INSERT INTO {queue.table} (id, due_at) VALUES ($1, $2)",  # noqa: S608 - our own name
        list(zip(ids, dues, strict=True)),
    )
    return ids


async def row(queue: Queue, row_id: UUID) -> tuple[datetime | None, UUID | None, int]:
    """Due time, lease token and attempts of a row."""
    found = await database.fetch_row(f"SELECT * FROM {queue.table} WHERE id = $1", row_id)  # noqa: S608 - our own name
    assert found is not None
    return found["due_at"], found["lease_token"], found["attempts"]


async def claim_one(queue: Queue, at: datetime = NOW) -> tuple[UUID, UUID]:
    """Claim the one row that is due: its id and the lease's token."""
    token = uuid4()
    (claimed,) = await queue.claim(at=at, token=token, limit=10)
    return claimed["id"], token


async def test_of_many_claimers_at_once_each_row_has_one(queue: Queue) -> None:
    """20 claimers, 20 times each, over 450 rows: every row is claimed, none twice."""
    ids = await fill(queue, *[NOW] * 450)

    async def claimer() -> list[UUID]:
        claimed: list[UUID] = []
        for _ in range(20):
            claimed += [row["id"] for row in await queue.claim(at=NOW, token=uuid4(), limit=3)]
        return claimed

    claimed = Counter(row_id for batch in await asyncio.gather(*(claimer() for _ in range(20))) for row_id in batch)
    assert set(claimed) == set(ids)
    assert set(claimed.values()) == {1}


async def test_the_oldest_due_rows_come_first_and_others_not_at_all(queue: Queue) -> None:
    """A limit takes what has waited longest; what is due later, or done, is left alone."""
    minute = timedelta(minutes=1)
    ids = await fill(queue, NOW - minute, NOW + minute, NOW - 3 * minute, None, NOW - 2 * minute)
    assert {r["id"] for r in await queue.claim(at=NOW, token=uuid4(), limit=2)} == {ids[2], ids[4]}
    assert {r["id"] for r in await queue.claim(at=NOW, token=uuid4(), limit=9)} == {ids[0]}
    assert await queue.claim(at=NOW, token=uuid4(), limit=9) == []


async def test_a_claim_leases_for_60_seconds_and_counts_the_attempt(queue: Queue) -> None:
    """The attempt is counted when it is claimed, so that one that kills its worker counts too."""
    await fill(queue, NOW - timedelta(hours=1))
    row_id, token = await claim_one(queue)
    assert await row(queue, row_id) == (NOW + timedelta(seconds=60), token, 1)


async def test_an_expired_lease_is_due_again_and_its_holder_is_locked_out(queue: Queue) -> None:
    """After the lease another may claim; the old token then settles, extends and releases nothing."""
    await fill(queue, NOW)
    row_id, old = await claim_one(queue)
    assert await queue.claim(at=LATER - timedelta(seconds=1), token=uuid4(), limit=9) == []
    again, new = await claim_one(queue, LATER)
    assert again == row_id
    assert not await queue.settle(row_id, old, due_at=None)
    assert await queue.settle_all([row_id], old) == 0
    assert await queue.extend([row_id], old, at=LATER) == 0
    assert await queue.release([row_id], old, at=LATER) == 0
    assert await row(queue, row_id) == (LATER + LEASE, new, 2)
    assert await queue.settle(row_id, new, due_at=None)


async def test_a_late_holder_still_settles_what_nobody_else_took(queue: Queue) -> None:
    """An expired lease alone takes nothing away: only a new claim does."""
    await fill(queue, NOW)
    row_id, token = await claim_one(queue)
    assert await queue.settle(row_id, token, due_at=None, note="done")
    assert await row(queue, row_id) == (None, None, 1)


async def test_settling_ends_the_work_or_puts_it_off(queue: Queue) -> None:
    """No time ends it, a time schedules it; either way the lease is given back and cannot settle twice."""
    await fill(queue, NOW)
    row_id, token = await claim_one(queue)
    assert await queue.settle(row_id, token, due_at=LATER, note="again")
    assert await row(queue, row_id) == (LATER, None, 1)
    assert not await queue.settle(row_id, token, due_at=None)
    _, token = await claim_one(queue, LATER)
    assert await queue.settle_all([row_id], token) == 1
    assert await row(queue, row_id) == (None, None, 2)


async def test_a_heartbeat_moves_the_leases_end(queue: Queue) -> None:
    """An extended lease keeps others off for another 60 s from the beat."""
    await fill(queue, NOW)
    row_id, token = await claim_one(queue)
    beat = NOW + timedelta(seconds=20)
    assert await queue.extend([row_id], token, at=beat) == 1
    assert await queue.claim(at=LATER, token=uuid4(), limit=9) == []
    assert await row(queue, row_id) == (beat + LEASE, token, 1)


async def test_released_work_is_due_at_once_and_was_never_attempted(queue: Queue) -> None:
    """What a stopping worker gives back is the next one's, with its attempt uncounted."""
    await fill(queue, NOW)
    row_id, token = await claim_one(queue)
    assert await queue.release([row_id], token, at=NOW) == 1
    assert await row(queue, row_id) == (NOW, None, 0)
    assert (await claim_one(queue))[0] == row_id


async def test_of_many_settlers_with_one_token_one_wins(queue: Queue) -> None:
    """The fence holds under concurrency: a row is settled once."""
    await fill(queue, NOW)
    row_id, token = await claim_one(queue)
    outcomes = await asyncio.gather(*(queue.settle(row_id, token, due_at=None) for _ in range(20)))
    assert outcomes.count(True) == 1
