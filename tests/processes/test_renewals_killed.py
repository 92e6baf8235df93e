"""S12: a worker is killed in the midst of a renewal run; two others end it, and every term was charged once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

import bootstrap
from domain.shared.ids import decode
from household import Household
from seeding import Planted
from tests.processes.conftest import copy_of_story
from tests.processes.town import until

COUNT, HELD = 1_000, 100
_DUE = """
INSERT INTO subscriptions (id, organization_id, scope, product_id, plan_id, quantity, state, sales_model,
                           cycle_multiplier, currency, tier_unit_minor, auto_renew, term_start, term_end, billed_until,
                           anchor_day, due_at, created_at)
SELECT gen_random_uuid(), o.id, o.scope, p.product_id, p.id, 10, 'ACTIVE', 'MONTHLY', 1, 'USD', '{800, 900}', true,
       d.ends - 31, d.ends, d.ends, 1, now(), now()
FROM organizations o, plans p, generate_series(1, $3::int), (SELECT current_date - 3 AS ends) AS d
WHERE o.id = $1 AND p.id = $2
"""
_RENEWED = "SELECT count(*) FROM subscriptions WHERE cycle > 1"
# Each renewed subscription has a charge on either edge, and one event: and no other one has any.
_UNLIKE = """
SELECT count(*) FROM subscriptions s WHERE s.cycle IS DISTINCT FROM $1
   OR (SELECT array_agg(length(c.scope) ORDER BY c.scope) FROM charges c WHERE c.subscription_id = s.id)
      IS DISTINCT FROM (SELECT array_agg(length(o.scope) ORDER BY o.scope) FROM organizations o
                        WHERE starts_with(s.scope, o.scope) AND o.parent_id IS NOT NULL)
   OR (SELECT count(*) FROM events e WHERE e.aggregate_id = s.id AND e.type = 'subscription.renewed') <> 1
"""


@dataclass(frozen=True, slots=True)
class Pile:
    """Workers without an API, and the database with what is due."""

    house: Household
    connection: asyncpg.Connection

    async def renewed(self) -> int:
        """How many have been renewed."""
        count: int = await self.connection.fetchval(_RENEWED)
        return count


@pytest.fixture
async def pile(servers: bootstrap.Addresses, story: Planted, tmp_path: Path) -> AsyncIterator[Pile]:
    """Terms of the story's customer that ended three days ago."""
    async with copy_of_story(servers) as database_url:
        connection = await asyncpg.connect(database_url)
        await connection.execute("DELETE FROM subscriptions")
        plan, customer = story.plans["cloud-workspace/business"], story.customer_id
        await connection.execute(_DUE, decode("Organization", customer), decode("Plan", plan), COUNT)
        addresses = bootstrap.Addresses(database_url, f"unix://{tmp_path}/no.sock?db=0")
        house = Household(addresses, tmp_path / "logs", {"PROVENDER_DATA_DIR": str(tmp_path / "data")})
        yield Pile(house, connection)
        house.close()
        await connection.close()


async def test_s12_a_killed_run_is_ended_by_others(pile: Pile) -> None:
    """SIGKILL in the midst: no half of a batch stays, nothing is lost, and nothing is charged or told twice."""

    async def has_begun() -> bool:
        return await pile.renewed() > 0

    # Whatever the machine is busy with, the first worker does not come to the end.
    async with pile.connection.transaction():
        await pile.connection.execute("SELECT FROM subscriptions LIMIT $1 FOR UPDATE", HELD)
        pile.house.start("first", ["worker"])
        await until("the first renewals", has_begun, pause_seconds=0.002)
        pile.house.kill("first")
    assert 0 < await pile.renewed() <= COUNT - HELD
    for name in ("second", "third"):
        pile.house.start(name, ["worker"])

    async def is_done() -> bool:
        return await pile.renewed() == COUNT

    await until("all renewals", is_done)
    for name in ("second", "third"):
        pile.house.kill(name)
    assert await pile.connection.fetchval(_UNLIKE, 2) == 0
