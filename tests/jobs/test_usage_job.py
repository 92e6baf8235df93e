"""P6 and S13: counts of users are fetched from provisioners, and each month is charged for its highest, once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from jsonschema import Draft202012Validator

from domain.catalog.models import SalesModel
from domain.events.catalogue import json_schema
from domain.events.queries import body_for
from domain.events.types import EventType
from domain.orders.rules import LineDraft, OrderDraft
from domain.orders.submitting import place_order
from domain.shared import database
from domain.shared.calendar import add_months
from domain.shared.ids import decode, encode
from domain.shared.tenancy import Scope
from domain.subscriptions.ending import terminate_subscription
from domain.subscriptions.turning import work_due
from domain.usage.settling import take_in
from seeding import Planted
from tests.house import CLOUD, SAAS, written
from tests.jobs.bench import Bench

CLOUD_PLAN, SAAS_PLAN = "cloud-workspace/business", "team-insights/professional"


async def order(bench: Bench, **more: Any) -> UUID:
    """The subscription of 25 postpaid workspaces of the bench's tree, active; 3 prepaid seats are bought with it."""
    tree = bench.tree
    plan = decode("Plan", tree.plans[CLOUD_PLAN])
    await database.execute("UPDATE plans SET charging = 'POSTPAID', sales_models = '{MONTHLY}' WHERE id = $1", plan)
    lines = [LineDraft(plan, 25, CLOUD), LineDraft(decode("Plan", tree.plans[SAAS_PLAN]), 3, SAAS)]
    draft = OrderDraft(
        decode("Organization", tree.customer_id), lines, SalesModel.MONTHLY, 1, auto_renew=True,
        subscription_reference="ERP-1", **more,
    )  # fmt: skip
    order_id = await written(lambda writes: place_order(bench.actor(), draft, writes))
    await bench.work_until(order_id, "COMPLETED")
    found: UUID = await database.fetch_value(
        "SELECT id FROM subscriptions WHERE order_id = $1 AND plan_id = $2", order_id, plan
    )
    return found


async def look(bench: Bench) -> int:
    """All looks at months that are due now."""
    looks = 0
    while rows := await bench.claim("usage_months"):
        looks += len(rows)
        await bench.pump("usage_months").act(bench.shop, rows)
    return looks


async def pass_days(bench: Bench, days: int) -> None:
    """Let days pass with all that is due in them, three by three: looks and renewals."""
    for passed in range(0, days, 3):
        bench.clock.pass_by(days=min(3, days - passed))
        while await work_due(bench.actor(), limit=100):
            pass
        await look(bench)


async def tell(bench: Bench, path: str, content: Mapping[str, Any]) -> None:
    """Say something to those who run the sandbox."""
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{bench.sandbox_url}/sandbox/{path}", json=dict(content))
    assert answer.status_code == 201, answer.text


async def report(bench: Bench, subscription_id: UUID, users: int, at: datetime) -> None:
    """Let the sandbox count so many users from a time on."""
    await tell(
        bench, "usage", {"instance_id": await instance_of(subscription_id), "users": users, "at": at.isoformat()}
    )


async def instance_of(subscription_id: UUID) -> str:
    """The id of a subscription's instance."""
    sql = "SELECT id FROM instances WHERE subscription_id = $1"
    return encode("Instance", await database.fetch_value(sql, subscription_id))


async def charged(subscription_id: UUID) -> list[Any]:
    """The ledger's rows of a subscription, the distributor's edge first."""
    sql = "SELECT * FROM charges WHERE subscription_id = $1 ORDER BY period_start, length(scope), id"
    return await database.fetch(sql, subscription_id)


async def row_of(subscription_id: UUID) -> Any:
    """The subscription as it stands."""
    return await database.fetch_row("SELECT * FROM subscriptions WHERE id = $1", subscription_id)


async def users_charged(subscription_id: UUID) -> list[int]:
    """For how many users each month was charged, as its explanation says."""
    rows = await charged(subscription_id)
    assert len({row["source_key"] for row in rows}) == len(rows)
    return [row["explanation"]["quantity"] for row in rows if row["account_id"] is not None]


async def test_s13_a_month_is_charged_for_its_highest_count(bench: Bench) -> None:
    """Nothing in advance; afterwards unit x highest count on every edge, explained, told once, however often run."""
    it = await order(bench)
    assert await charged(it) == []
    began = bench.clock.now()
    await report(bench, it, 40, began + timedelta(days=10))
    await report(bench, it, 30, began + timedelta(days=20))
    await pass_days(bench, 12)
    assert await charged(it) == []
    highest = await database.fetch_value("SELECT users FROM usage_months WHERE subscription_id = $1", it)
    assert highest == 40
    await pass_days(bench, 21)
    row = await row_of(it)
    cost, price = await charged(it)
    month = row["billing_starts_on"], add_months(row["billing_starts_on"], 1)
    assert [(c["kind"], c["amount_minor"]) for c in (cost, price)] == [
        ("USAGE", unit * 40) for unit in row["tier_unit_minor"]
    ]
    assert {(c["period_start"], c["period_end"], c["reference"]) for c in (cost, price)} == {(*month, "ERP-1")}
    assert price["explanation"]["sentence"].startswith("At most 40 users at once in ")
    (event,) = await database.fetch(
        "SELECT * FROM events WHERE aggregate_id = $1 AND type = 'subscription.usage_charged'", it
    )
    body = body_for(event, Scope(row["scope"]))
    Draft202012Validator(json_schema(EventType.SUBSCRIPTION_USAGE_CHARGED)).validate(body)
    assert (body["data"]["users"], body["data"]["cost"]) == (40, None)
    await pass_days(bench, 31)
    assert await users_charged(it) == [40, 30]


async def test_s13_what_is_prepaid_is_fixed(bench: Bench) -> None:
    """Prepaid seats are charged as their term begins, and nobody asks how many are used."""
    it = await order(bench)
    order_id = (await row_of(it))["order_id"]
    sql = "SELECT * FROM subscriptions WHERE order_id = $1 AND id <> $2"
    (prepaid,) = await database.fetch(sql, order_id, it)
    await report(bench, prepaid["id"], 900, bench.clock.now())
    await pass_days(bench, 2)
    rows = await charged(prepaid["id"])
    assert [(row["kind"], row["amount_minor"]) for row in rows] == [
        ("RECURRING", unit * 3) for unit in prepaid["tier_unit_minor"]
    ]
    sql = "SELECT count(*) FROM usage_months WHERE subscription_id = $1"
    assert (await database.fetch_value(sql, prepaid["id"]), await database.fetch_value(sql, it)) == (0, 1)


async def test_p6_an_outage_delays_and_doubles_nothing(bench: Bench) -> None:
    """Months whose provisioner was away are charged when it is back, each once; others are charged meanwhile."""
    away, there = await order(bench), await order(bench)
    fault = {"fault": "server_error", "method": "GET", "times": None, "instance_id": await instance_of(away)}
    await tell(bench, "faults", fault)
    await report(bench, away, 31, bench.clock.now() + timedelta(days=3))
    await pass_days(bench, 66)
    assert (await users_charged(away), await users_charged(there)) == ([], [25, 25])
    async with httpx.AsyncClient() as client:
        await client.delete(f"{bench.sandbox_url}/sandbox/faults")
    bench.clock.pass_by(hours=2)
    await look(bench)
    assert await users_charged(away) == [31, 31]


async def test_p6_corrections_count_until_the_month_is_charged(bench: Bench) -> None:
    """A count that is reported again is replaced; what is reported after the charge changes nothing of it."""
    it = await order(bench)
    at = bench.clock.now() + timedelta(days=3)
    await report(bench, it, 99, at)
    await pass_days(bench, 5)
    await report(bench, it, 26, at)
    await pass_days(bench, 28)
    await report(bench, it, 1000, at + timedelta(days=1))
    bench.clock.pass_by(hours=8)
    await look(bench)
    assert await users_charged(it) == [26]
    sql = "SELECT count(*) FROM usage_readings WHERE subscription_id = $1 AND at = $2"
    assert await database.fetch_value(sql, it, at) == 1


async def test_p6_a_lost_lease_settles_nothing(bench: Bench) -> None:
    """Of two workers that look at a month at once, the one whose lease has run out leaves no charge."""
    it = await order(bench)
    bench.clock.pass_by(days=33)
    (first,) = [row for row in await bench.claim("usage_months") if row["subscription_id"] == it]
    bench.clock.pass_by(seconds=90)
    (second,) = [row for row in await bench.claim("usage_months") if row["subscription_id"] == it]
    assert not await take_in(bench.actor(), first, None, [])
    assert await charged(it) == []
    assert await take_in(bench.actor(), second, None, [])
    assert not await take_in(bench.actor(), second, None, [])
    assert await users_charged(it) == [25]


async def test_s13_its_last_month_ends_with_it(bench: Bench) -> None:
    """Terminated, no month is refunded, the running one is charged once its day is over, and none comes after it."""
    it = await order(bench)
    await report(bench, it, 70, bench.clock.now() + timedelta(days=9))
    await pass_days(bench, 33)
    await report(bench, it, 80, bench.clock.now() + timedelta(days=20))
    await terminate_subscription(bench.actor(), it, confirmed=True, allow_refund=True)
    await bench.work()
    await pass_days(bench, 40)
    rows = await charged(it)
    assert ({row["kind"] for row in rows}, await users_charged(it)) == ({"USAGE"}, [70, 70])
    assert (rows[-1]["period_end"] - rows[-1]["period_start"]).days <= 6
    assert (await row_of(it))["state"] == "TERMINATED"


@pytest.mark.parametrize("sees", ["partner", "customer"])
async def test_s13_discounts_of_the_order_last(bench: Bench, tree: Planted, sees: str) -> None:
    """A percentage that a seller gave for two cycles comes off two months, as rows of their own, on its edge alone."""
    seller = {"partner": tree.distributor_id, "customer": tree.partner_id}[sees]
    await database.execute(
        "INSERT INTO discounts (id, seller_id, scope, name, percent, duration, cycles, valid_from, redeemed, "
        "created_at) SELECT $1, id, scope, 'tenth', 10, 'CYCLES', 2, $3::date, 0, $4 FROM organizations WHERE id = $2",
        bench.shop.new_id(), decode("Organization", seller), bench.clock.now().date(), bench.clock.now(),
    )  # fmt: skip
    it = await order(bench)
    await pass_days(bench, 95)
    units, edge = (await row_of(it))["tier_unit_minor"], ["partner", "customer"].index(sees)
    rows = [row for row in await charged(it) if (row["account_id"] is not None) is (sees == "customer")]
    whole, off = units[edge] * 25, -units[edge] * 25 // 10
    assert sorted(row["amount_minor"] for row in rows) == sorted([whole, whole, whole, off, off])
    others = [row for row in await charged(it) if row not in rows]
    assert {row["kind"] for row in others} == {"USAGE"}
