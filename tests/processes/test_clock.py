"""`provender clock`: time passes for all processes of a data folder, from one due date to the next."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

import bootstrap
from domain.shared.ids import decode
from household import ROOT, Household
from seeding import Planted
from tests.processes.conftest import copy_of_story
from tests.processes.redises import MovableRedis

_RUNNING = """
INSERT INTO subscriptions (id, organization_id, scope, product_id, plan_id, quantity, state, sales_model,
                           cycle_multiplier, currency, tier_unit_minor, auto_renew, term_start, term_end, billed_until,
                           anchor_day, due_at, created_at)
SELECT gen_random_uuid(), o.id, o.scope, p.product_id, p.id, 10, 'ACTIVE', 'MONTHLY', 1, 'USD', '{800, 900}', r.renews,
       d.ends - 31, d.ends, d.ends, 1, now(), now()
FROM organizations o, plans p, (VALUES (true), (false)) AS r(renews), (SELECT current_date + 12 AS ends) AS d
WHERE o.id = $1 AND p.id = $2
"""
_TOLD = """
SELECT e.type FROM events e JOIN subscriptions s ON s.id = e.aggregate_id WHERE s.auto_renew = $1 ORDER BY e.id
"""


def clock(house: Household, *arguments: str, environment: str = "development") -> subprocess.CompletedProcess[str]:
    """Run the command as an operator does, on the house's database and data folder."""
    variables = {
        **os.environ,
        **house.environment,
        "PROVENDER_DATABASE_URL": house.addresses.database_url,
        "PROVENDER_REDIS_URL": house.addresses.redis_url,
        "PROVENDER_ENVIRONMENT": environment,
    }
    command = [sys.executable, "-m", "cli", "clock", *arguments]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
async def house(
    servers: bootstrap.Addresses, story: Planted, redis: MovableRedis, folder: Path
) -> AsyncIterator[Household]:
    """A worker on a copy of the story, in which one subscription renews and another ends, each in 12 days."""
    async with copy_of_story(servers) as database_url:
        connection = await asyncpg.connect(database_url)
        await connection.execute("DELETE FROM subscriptions")
        plan, customer = story.plans["cloud-workspace/business"], story.customer_id
        await connection.execute(_RUNNING, decode("Organization", customer), decode("Plan", plan))
        await connection.close()
        addresses = bootstrap.Addresses(database_url, redis.url)
        made = Household(addresses, folder / "logs", {"PROVENDER_DATA_DIR": str(folder)})
        made.start("worker", ["worker"])
        yield made
        made.kill("worker")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data folder that the processes share."""
    return tmp_path / "data"


async def test_time_passes_for_who_runs(house: Household) -> None:
    """Two months: a term renews each time, another is reminded of its end and expires; then all is as it was."""
    moved = await asyncio.to_thread(clock, house, "+2mo")
    assert moved.returncode == 0, moved.stderr
    assert "ahead of the machine" in moved.stdout
    connection = await asyncpg.connect(house.addresses.database_url)
    told = {renews: [row["type"] for row in await connection.fetch(_TOLD, renews)] for renews in (True, False)}
    await connection.close()
    assert told == {
        True: ["subscription.renewed"] * 2,
        False: ["subscription.expiring", "subscription.expired"],
    }
    assert "0:00:00 ahead" in (await asyncio.to_thread(clock, house, "reset")).stdout


def test_a_clock_in_production_is_the_machines(folder: Path) -> None:
    """It is refused to be moved there, and so is what is no step; each with a sentence and code 2."""
    house = Household(bootstrap.Addresses("postgres://nowhere", "redis://nowhere"), folder, {})
    refused = clock(house, "+1y", environment="production")
    assert (refused.returncode, "in development only" in refused.stderr) == (2, True), refused.stderr
    wrong = clock(house, "tomorrow")
    assert (wrong.returncode, "write it like" in wrong.stderr) == (2, True), wrong.stderr
