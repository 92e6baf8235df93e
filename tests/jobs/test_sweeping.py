"""What nothing needs any more is dropped, and nothing else."""

import asyncio
from contextvars import Context

from domain.shared import database
from domain.shared.forgetting import BATCH, forget
from jobs.sweeping import sweep_rows
from tests.jobs.bench import Bench

_KEYS = """
INSERT INTO idempotency_keys (id, principal, operation, input_hash, outcome, expires_at)
SELECT gen_random_uuid(), $1, 'op', '', '{}', $2 FROM generate_series(1, $3::int)
"""
_LEFT = "SELECT count(*) FROM idempotency_keys WHERE principal = $1"


async def test_keys_that_count_no_more_are_dropped_however_many(bench: Bench) -> None:
    """More than one batch goes in one sweep; a key that still counts stays."""
    now = bench.shop.now()
    await database.execute(_KEYS, "sweep-old", bench.shop.now().replace(year=2020), BATCH + 1)
    await database.execute(_KEYS, "sweep-new", now.replace(year=now.year + 1), 1)
    await sweep_rows(bench.shop)
    assert [await database.fetch_value(_LEFT, f"sweep-{age}") for age in ("old", "new")] == [0, 1]


async def test_a_row_that_is_held_is_left_for_the_next_sweep(bench: Bench) -> None:
    """A sweep waits for nobody."""
    long_ago = bench.shop.now().replace(year=2020)
    await database.execute(_KEYS, "sweep-held", long_ago, 2)
    async with database.transaction():
        await database.fetch("SELECT id FROM idempotency_keys WHERE principal = 'sweep-held' LIMIT 1 FOR UPDATE")
        # a task of a context of its own is outside this transaction
        condition = "principal = 'sweep-held' AND expires_at < $1"
        sweep = asyncio.create_task(forget("idempotency_keys", condition, bench.shop.now()), context=Context())
        assert await asyncio.wait_for(sweep, 5) == 1
    assert await database.fetch_value(_LEFT, "sweep-held") == 1
