"""S12: terms renew once, are paid for or lapse, and end when they are to."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from asyncpg import RaiseError

import bootstrap
from domain.shared import database
from domain.shared.actor import Actor, system_actor
from domain.shared.ids import decode
from domain.subscriptions.turning import work_due
from seeding import Planted
from tests.api.subscribed import subscribe

START, END = date(2026, 1, 31), date(2026, 2, 28)
NO_CHANGE: dict[str, Any] = {"pending_sales_model": None, "pending_cycle_multiplier": None, "pending_since": None}


def at(day: date, hour: int = 12) -> Actor:
    """The worker's actor on a day."""
    return system_actor(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), bootstrap.new_id)


async def running(tree: Planted, **columns: Any) -> UUID:
    """A subscription by the month whose first term, from January 31, is charged; nothing else is due."""
    await database.execute("UPDATE subscriptions SET due_at = NULL")
    term = {"term_start": START, "term_end": END, "billed_until": END, "anchor_day": 31}
    due = {"due_at": datetime(2026, 1, 1, tzinfo=UTC)}
    it = await subscribe(tree, **(NO_CHANGE | term | due | columns))
    return decode("Subscription", it.subscription_id)


async def work(day: date) -> None:
    """All that is due by this day."""
    while await work_due(at(day), limit=100):
        pass


async def row_of(subscription_id: UUID) -> Any:
    """The subscription as it stands."""
    return await database.fetch_row("SELECT * FROM subscriptions WHERE id = $1", subscription_id)


async def told(subscription_id: UUID) -> list[str]:
    """What has happened to it."""
    rows = await database.fetch(
        "SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq", subscription_id
    )
    return [row["type"].removeprefix("subscription.") for row in rows]


async def charged(subscription_id: UUID) -> list[tuple[date, date, int]]:
    """The terms that its customer was charged for, with what was left after discounts."""
    rows = await database.fetch(
        "SELECT period_start, period_end, sum(amount_minor)::bigint AS minor FROM charges "
        "WHERE subscription_id = $1 AND buyer_id = customer_id GROUP BY 1, 2 ORDER BY 1",
        subscription_id,
    )
    return [(row["period_start"], row["period_end"], row["minor"]) for row in rows]


async def test_s12_a_term_renews_by_its_anchor_at_todays_price(tree: Planted) -> None:
    """Jan 31, Feb 28, Mar 31: charged on both edges at the list price of the day, told with before and after."""
    it = await running(tree)
    await work(END - timedelta(days=1))
    assert await charged(it) == []
    await work(END)
    row = await row_of(it)
    assert (row["term_start"], row["term_end"], row["billed_until"], row["cycle"]) == (
        END,
        date(2026, 3, 31),
        date(2026, 3, 31),
        2,
    )
    unit = row["tier_unit_minor"]
    assert unit != [800, 900]
    assert await charged(it) == [(END, date(2026, 3, 31), unit[1] * 10)]
    edges = await database.fetch("SELECT amount_minor FROM charges WHERE subscription_id = $1 ORDER BY scope", it)
    assert [edge["amount_minor"] for edge in edges] == [unit[0] * 10, unit[1] * 10]
    assert await told(it) == ["renewed"]


async def test_s12_an_outage_is_caught_up_with(tree: Planted) -> None:
    """Terms that nobody renewed meanwhile are renewed one after the other, each charged once."""
    it = await running(tree)
    await work(date(2026, 12, 1))
    periods = [(start, end) for start, end, _ in await charged(it)]
    assert periods[0] == (END, date(2026, 3, 31))
    assert len(periods) == 10
    assert all(before[1] == after[0] for before, after in pairwise(periods))
    assert await told(it) == ["renewed"] * 10


async def test_s7_a_pending_change_applies_at_the_renewal(tree: Planted) -> None:
    """From the day of the renewal on it is billed otherwise, at that model's price; nothing is pending any more."""
    pending = {"pending_sales_model": "YEARLY", "pending_cycle_multiplier": 2, "pending_since": datetime.now(UTC)}
    it = await running(tree, **pending)
    await work(END)
    row = await row_of(it)
    assert (row["sales_model"], row["cycle_multiplier"], row["term_end"]) == ("YEARLY", 2, date(2028, 2, 29))
    assert (row["pending_sales_model"], row["pending_since"]) == (None, None)


async def test_s8_without_auto_renewal_it_ends_on_its_expiry_date(tree: Planted) -> None:
    """A week ahead it is told and mailed, once; then it expires, is kept for a month, and its instance is removed."""
    it = await running(tree, auto_renew=False)
    await work(END - timedelta(days=8))
    assert await told(it) == []
    for _ in range(2):
        await work(END - timedelta(days=7))
    assert await told(it) == ["expiring"]
    await work(END)
    row = await row_of(it)
    assert (row["state"], row["kept_until"], await told(it)) == ("EXPIRED", date(2026, 3, 30), ["expiring", "expired"])
    assert await charged(it) == []
    await work(date(2027, 1, 1))
    assert (await row_of(it))["due_at"] is None


async def test_s12_an_asked_end_cuts_the_last_term(tree: Planted) -> None:
    """A term that would go past the last day that was asked for ends there, and costs its share."""
    it = await running(tree, expires_on=date(2026, 3, 10))
    await work(date(2026, 5, 1))
    ((start, end, minor),) = await charged(it)
    row = await row_of(it)
    assert (start, end, row["state"]) == (END, date(2026, 3, 11), "EXPIRED")
    assert 0 < minor < row["tier_unit_minor"][1] * 10


async def limited(tree: Planted, minor: int) -> None:
    """Let the customer order from a wallet with this much in it."""
    sql = "UPDATE accounts SET credit_terms = 'PREPAID', balance_minor = $2 WHERE organization_id = $1"
    await database.execute(sql, decode("Organization", tree.customer_id), minor)


async def test_s12_what_is_not_paid_lapses(tree: Planted) -> None:
    """Tried each day: a week of grace, then suspended for two, then expired; nothing is ever charged."""
    it = await running(tree)
    await limited(tree, 0)
    states = {}
    for days in (0, 1, 6, 7, 20, 21):
        await work(END + timedelta(days=days))
        states[days] = (await row_of(it))["state"]
    assert states == {0: "ACTIVE", 1: "ACTIVE", 6: "ACTIVE", 7: "SUSPENDED", 20: "SUSPENDED", 21: "EXPIRED"}
    assert (await told(it), await charged(it)) == (["renewal_failed", "suspended", "expired"], [])


@pytest.mark.parametrize(
    ("days", "expected"),
    [(3, ["renewal_failed", "renewed"]), (9, ["renewal_failed", "suspended", "renewed", "resumed"])],
)
async def test_s12_who_pays_late_goes_on(tree: Planted, days: int, expected: list[str]) -> None:
    """In grace, and suspended: once there is money, the term is charged from its own first day, and it is active."""
    it = await running(tree)
    await limited(tree, 0)
    for day in range(days):
        await work(END + timedelta(days=day))
    await limited(tree, 10**6)
    await work(END + timedelta(days=days))
    row = await row_of(it)
    assert (row["state"], row["term_start"], row["unpaid_since"]) == ("ACTIVE", END, None)
    assert await told(it) == expected
    wallet = await database.fetch_row(
        "SELECT balance_minor FROM accounts WHERE organization_id = $1 AND is_invoiced",
        decode("Organization", tree.customer_id),
    )
    assert wallet is not None
    assert wallet["balance_minor"] == 10**6 - row["tier_unit_minor"][1] * 10


async def test_o6_a_trial_ends_in_its_first_charge_or_expires(tree: Planted) -> None:
    """A week ahead it is told; then its first term is charged at the order's prices, unless it is not to renew."""
    for renews, state, expected in (
        (True, "ACTIVE", ["trial_ending", "billing_began"]),
        (False, "EXPIRED", ["trial_ending", "expired"]),
    ):
        it = await running(tree, state="TRIALING", trial_ends_on=START, billed_until=None, auto_renew=renews)
        await work(START - timedelta(days=7))
        await work(START)
        row = await row_of(it)
        assert (row["state"], await told(it)) == (state, expected)
        assert await charged(it) == ([(START, END, 9000)] if renews else [])


async def test_s12_two_workers_renew_each_term_once(tree: Planted) -> None:
    """Whoever works at once, with small batches over many terms: each term of each is charged once on each edge."""
    await running(tree, due_at=None)
    due = {"due_at": datetime(2026, 1, 1, tzinfo=UTC), "term_start": START, "term_end": END, "anchor_day": 31}
    its = [await subscribe(tree, **(NO_CHANGE | due)) for _ in range(12)]
    ids = [decode("Subscription", it.subscription_id) for it in its]

    async def worker() -> None:
        while await work_due(at(date(2026, 6, 1)), limit=3):
            pass

    await asyncio.gather(worker(), worker(), worker())
    await assert_whole(ids, terms=4)


@asynccontextmanager
async def dying_at(table: str) -> AsyncIterator[None]:
    """While this lasts, whoever writes to a table dies of it, with its whole transaction."""
    await database.fetch(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'died'; END $$"
    )
    await database.fetch(f"CREATE TRIGGER dying BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION die()")
    try:
        yield
    finally:
        await database.fetch(f"DROP TRIGGER dying ON {table}")
        await database.fetch("DROP FUNCTION die()")


@pytest.mark.parametrize("table", ["accounts", "wallet_entries", "charges", "subscriptions", "events"])
async def test_s12_whenever_a_worker_dies_each_term_is_charged_once(tree: Planted, table: str) -> None:
    """A batch that is cut off at any of its writes leaves nothing behind; the next worker does all of it."""
    it = await running(tree)
    before = await database.fetch_value("SELECT s::text FROM subscriptions s WHERE id = $1", it)
    async with dying_at(table):
        with pytest.raises(RaiseError):
            await work_due(at(END), limit=10)
    assert await database.fetch_value("SELECT s::text FROM subscriptions s WHERE id = $1", it) == before
    assert (await charged(it), await told(it)) == ([], [])
    await work(END)
    await assert_whole([it], terms=1)


async def assert_whole(ids: Sequence[UUID], *, terms: int) -> None:
    """Each has been charged for so many terms, one after the other, on both edges, and told of each."""
    rows = await database.fetch(
        "SELECT subscription_id, period_start, scope FROM charges WHERE subscription_id = ANY($1)", ids
    )
    counted = Counter((row["subscription_id"], row["period_start"], row["scope"]) for row in rows)
    assert set(counted.values()) == {1}
    assert len(counted) == len(ids) * terms * 2
    for subscription_id in ids:
        assert await told(subscription_id) == ["renewed"] * terms
        assert (await row_of(subscription_id))["cycle"] == terms + 1
