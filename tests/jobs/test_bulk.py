"""Bulk operations: a step and its progress are committed together or not at all, whatever happens in between."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from asyncpg import Record

from domain.bulk.actions import NewBulk, Progress, cancel, start
from domain.bulk.rules import MAX_TRIES, BulkKind
from domain.shared import database
from domain.shared.errors import Conflict
from domain.shared.ids import decode
from jobs.bulk import STEPS, step
from jobs.workshop import Workshop
from tests.api.worlds import scope_of
from tests.jobs.bench import Bench

KIND = BulkKind.WEBHOOK_REPLAY


class Work:
    """A kind of work on the numbers below `total`: each step marks the next ten in a table of the database."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.error: Exception | None = None

    async def step(self, shop: Workshop, operation: Record) -> Progress:
        """Mark ten; fail if told to, after having written."""
        first = operation["cursor"] or 0
        numbers = list(range(first, min(first + 10, self.total)))
        sql = (
            "UPDATE bulk_operations SET parameters = jsonb_set(parameters, '{marks}', parameters->'marks' || $2) "
            "WHERE id = $1"
        )
        await database.execute(sql, operation["id"], str(numbers))
        if self.error is not None:
            raise self.error
        return Progress(len(numbers), 0, first + 10, first + 10 >= self.total, total=self.total)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """The work, in the place of a kind of the product."""
    made = Work(25)
    monkeypatch.setitem(STEPS, KIND, made.step)
    return made


async def queued(bench: Bench) -> UUID:
    """An operation of the tree's partner."""
    partner = bench.tree.partner_id
    new = NewBulk(KIND, decode("Organization", partner), (await scope_of(partner)).path, {"marks": []})
    return await start(bench.actor(), new)


async def claimed(bench: Bench) -> Any:
    """The one operation that is due, under a lease."""
    (row,) = await bench.claim("bulk_operations")
    return row


async def now(operation_id: UUID) -> Any:
    """The operation as it is."""
    return await database.fetch_row("SELECT * FROM bulk_operations WHERE id = $1", operation_id)


async def told(operation_id: UUID) -> Sequence[str]:
    """Its events, in order."""
    sql = "SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq"
    return [row["type"] for row in await database.fetch(sql, operation_id)]


async def test_steps_follow_each_other_to_the_end(bench: Bench, work: Work) -> None:
    """Each step begins where the last ended; the last one completes the operation and tells of it."""
    operation_id = await queued(bench)
    seen = []
    for _ in range(3):
        await step(bench.shop, await claimed(bench))
        row = await now(operation_id)
        seen.append((row["state"], row["done"], row["total"]))
    assert seen == [("RUNNING", 10, 25), ("RUNNING", 20, 25), ("COMPLETED", 25, 25)]
    assert row["parameters"]["marks"] == list(range(25))
    assert (row["due_at"], row["lease_token"], row["finished_at"] is not None) == (None, None, True)
    assert await told(operation_id) == ["bulk_operation.created", "bulk_operation.completed"]


async def test_a_killed_step_is_repeated_and_nothing_is_doubled(bench: Bench, work: Work) -> None:
    """What a step wrote before it died is undone; when its lease has run out the same step is done again, once."""
    operation_id = await queued(bench)
    await step(bench.shop, await claimed(bench))
    work.error = RuntimeError("killed")
    with pytest.raises(RuntimeError):
        await step(bench.shop, await claimed(bench))
    assert (await now(operation_id))["parameters"]["marks"] == list(range(10))
    work.error = None
    bench.clock.pass_by(seconds=61)
    for _ in range(2):
        await step(bench.shop, await claimed(bench))
    assert (await now(operation_id))["parameters"]["marks"] == list(range(25))


async def test_of_two_workers_with_one_step_the_late_one_writes_nothing(bench: Bench, work: Work) -> None:
    """A worker that was stopped past its lease finds that somebody else goes on: its step is undone."""
    operation_id = await queued(bench)
    late = await claimed(bench)
    bench.clock.pass_by(seconds=61)
    await step(bench.shop, await claimed(bench))
    await step(bench.shop, late)
    row = await now(operation_id)
    assert (row["parameters"]["marks"], row["done"]) == (list(range(10)), 10)


async def test_a_cancelled_operation_does_no_step_more(bench: Bench, work: Work) -> None:
    """Cancelling during a step undoes that step; what was done before stays; it cannot be cancelled twice."""
    operation_id = await queued(bench)
    await step(bench.shop, await claimed(bench))
    running = await claimed(bench)
    await cancel(bench.actor(), operation_id)
    await step(bench.shop, running)
    row = await now(operation_id)
    assert (row["state"], row["done"], row["parameters"]["marks"]) == ("CANCELLED", 10, list(range(10)))
    bench.clock.pass_by(days=1)
    assert await bench.claim("bulk_operations") == []
    with pytest.raises(Conflict):
        await cancel(bench.actor(), operation_id)


async def test_an_expected_failure_ends_the_operation(bench: Bench, work: Work) -> None:
    """A DomainError of a step is the operation's failure, with its code; the step is undone."""
    operation_id = await queued(bench)
    work.error = Conflict("the thing is gone", current="DELETED")
    await step(bench.shop, await claimed(bench))
    row = await now(operation_id)
    assert (row["state"], row["failure_code"], row["failure_reason"]) == ("FAILED", "CONFLICT", "the thing is gone")
    assert (row["done"], row["parameters"]["marks"]) == (0, [])
    assert (await told(operation_id))[-1] == "bulk_operation.failed"


async def test_a_step_that_never_succeeds_is_given_up(bench: Bench, work: Work) -> None:
    """After five tries of one step the operation fails; a step that succeeds begins the count anew."""
    operation_id = await queued(bench)
    work.error = RuntimeError("a bug")
    for _ in range(MAX_TRIES):
        with pytest.raises(RuntimeError):
            await step(bench.shop, await claimed(bench))
        bench.clock.pass_by(seconds=61)
    await step(bench.shop, await claimed(bench))
    row = await now(operation_id)
    assert (row["state"], row["failure_code"]) == ("FAILED", "INTERNAL")


async def test_operations_take_turns(bench: Bench, work: Work) -> None:
    """After a step an operation waits behind those that have waited longer."""
    first, second = await queued(bench), await queued(bench)
    done = []
    for _ in range(4):
        (row,) = await bench.claim("bulk_operations", limit=1)
        await step(bench.shop, row)
        done.append(row["id"])
    assert done == [first, second, first, second]
