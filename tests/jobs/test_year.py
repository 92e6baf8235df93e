"""A year passes, due date by due date, with all that belongs to it: terms, usage, reminders, expiry, invoices."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from domain.catalog.models import SalesModel
from domain.invoices.issuing import issue_for
from domain.orders.rules import LineDraft, OrderDraft
from domain.orders.submitting import place_order
from domain.shared import database
from domain.shared.calendar import Term, add_months
from domain.shared.ids import decode
from domain.subscriptions.turning import work_due
from tests.api.invoicing import seller_of
from tests.house import CLOUD, SAAS, written
from tests.jobs.bench import Bench
from tests.jobs.test_usage_job import CLOUD_PLAN, SAAS_PLAN, look, report

MONTHS = 12
_NEXT = "SELECT min(due_at) FROM subscriptions WHERE due_at > $1 AND due_at <= $2"


async def pass_until(bench: Bench, until: datetime) -> None:
    """Let time pass to a time, from one due date to the next."""
    while True:
        while await work_due(bench.actor(), limit=100):
            pass
        await look(bench)
        now = bench.clock.now()
        if now >= until:
            await bench.work()
            return
        due = await database.fetch_value(_NEXT, now, until) or until
        bench.clock.ahead += due - now + timedelta(seconds=1)


async def subscription(bench: Bench, line: LineDraft, model: SalesModel, *, renews: bool) -> UUID:
    """What an order of one line brings."""
    customer = decode("Organization", bench.tree.customer_id)
    draft = OrderDraft(customer, [line], model, 1, auto_renew=renews, subscription_reference=None)
    order_id = await written(lambda writes: place_order(bench.actor(), draft, writes))
    await bench.work_until(order_id, "COMPLETED")
    found: UUID = await database.fetch_value("SELECT id FROM subscriptions WHERE order_id = $1", order_id)
    return found


async def invoice(bench: Bench, buyer_id: str, period: Term) -> None:
    """What a buyer's seller invoices it for a period."""
    seller = replace(await seller_of(buyer_id), at=bench.clock.now())
    await issue_for(seller, decode("Organization", buyer_id), period)


async def told(subscription_id: UUID) -> list[str]:
    """What has happened to a subscription since it began."""
    sql = "SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq"
    return [row["type"].partition(".")[2] for row in await database.fetch(sql, subscription_id)][1:]


async def charges(subscription_id: UUID, buyer_id: str) -> Sequence[Any]:
    """What was charged for it on the edge of a buyer, by period."""
    sql = "SELECT * FROM charges WHERE subscription_id = $1 AND buyer_id = $2 ORDER BY period_start"
    return await database.fetch(sql, subscription_id, decode("Organization", buyer_id))


@pytest.fixture
async def year(bench: Bench) -> dict[str, UUID]:
    """The subscriptions of a customer after a year in which each month was invoiced on both edges."""
    await database.execute("UPDATE subscriptions SET due_at = NULL")
    tree = bench.tree
    seats = LineDraft(decode("Plan", tree.plans[SAAS_PLAN]), 3, SAAS)
    workspace = LineDraft(decode("Plan", tree.plans[CLOUD_PLAN]), 25, CLOUD)
    have = {
        "yearly": await subscription(bench, workspace, SalesModel.YEARLY, renews=True),
        "monthly": await subscription(bench, seats, SalesModel.MONTHLY, renews=True),
        "ending": await subscription(bench, seats, SalesModel.MONTHLY, renews=False),
    }
    await database.execute("UPDATE plans SET charging = 'POSTPAID' WHERE id = $1", workspace.plan_id)
    have["used"] = await subscription(bench, workspace, SalesModel.MONTHLY, renews=True)
    began = bench.clock.now()
    await report(bench, have["used"], 40, began + timedelta(days=100))
    await report(bench, have["used"], 10, began + timedelta(days=200))
    for month in range(1, MONTHS + 1):
        last = add_months(began.date(), month)
        await pass_until(bench, datetime.combine(last, began.timetz()) + timedelta(days=1))
        period = Term(add_months(began.date(), month - 1) + timedelta(days=1), last + timedelta(days=1))
        for buyer in (tree.customer_id, tree.partner_id):
            await invoice(bench, buyer, period)
    return have


async def test_a_year_is_charged_and_invoiced_without_a_gap(bench: Bench, year: dict[str, UUID]) -> None:
    """Every term and month once, every charge on one invoice, invoices numbered one after another, on both edges."""
    events = {name: await told(one) for name, one in year.items()}
    assert events["yearly"] == ["renewed"]
    assert events["monthly"] == ["renewed"] * MONTHS
    assert events["ending"] == ["expiring", "expired"]
    assert [one for one in events["used"] if one != "renewed"] == ["usage_charged"] * MONTHS
    for buyer in (bench.tree.customer_id, bench.tree.partner_id):
        for name, count in (("yearly", 2), ("monthly", MONTHS + 1), ("ending", 1), ("used", MONTHS)):
            rows = await charges(year[name], buyer)
            assert len(rows) == count, (name, buyer)
            assert all(before["period_end"] == after["period_start"] for before, after in pairwise(rows))
        used = [row["explanation"]["quantity"] for row in await charges(year["used"], buyer)]
        assert sorted(used, reverse=True)[:4] == [40] * 4
        assert (used[0], used[-1], set(used)) == (25, 10, {25, 40, 10})
        await _is_invoiced(buyer)


async def _is_invoiced(buyer: str) -> None:
    """All that a buyer was charged by then is on invoices that are numbered without a gap and sum up to it."""
    buyer_id = decode("Organization", buyer)
    issued = await database.fetch("SELECT * FROM invoices WHERE buyer_id = $1 ORDER BY number", buyer_id)
    numbers = [int(row["number"].rpartition("-")[2]) for row in issued]
    assert numbers == list(range(1, MONTHS + 1))
    assert all(before["period_end"] == after["period_start"] for before, after in pairwise(issued))
    sql = (
        "SELECT invoice_id, sum(amount_minor)::bigint AS minor FROM charges "
        "WHERE buyer_id = $1 AND charged_on < $2 GROUP BY 1"
    )
    rows = await database.fetch(sql, buyer_id, issued[-1]["period_end"])
    assert {row["invoice_id"]: row["minor"] for row in rows} == {row["id"]: row["total_minor"] for row in issued}
