"""Renewals: a pile of subscriptions whose terms have ended, and two workers that renew each of them once."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from bench.figures import Figure, Results
from bench.ground import Bench
from bench.load import Refused
from bench.machine import cpu_seconds, memory, on_cores, parent_of
from domain.shared.ids import decode
from household import Household
from seeding import Planted

WORKERS: Final = ("worker-0", "worker-1")
EACH: Final = 20  # subscriptions of one customer
_WARM_SHARE: Final = 0.1  # of the pile, before memory is looked at first
_LOOK_AGAIN_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 900.0
_CUSTOMERS: Final = """
INSERT INTO organizations (id, kind, parent_id, scope, name, name_key, company, time_zone, currency, billing_mode,
                           billing_email, created_at)
SELECT gen_random_uuid(), 'CUSTOMER', p.id, p.scope || (30000000 + n) || '.', 'Renewing ' || n, 'renewing ' || n, 'C',
       'Europe/Vienna', 'USD', 'ENTERPRISE', 'bench@customer.example', now()
FROM organizations p, generate_series(1, $2::int) AS n WHERE p.id = $1
"""
_ACCOUNTS: Final = """
INSERT INTO accounts (id, organization_id, scope, kind, position, name, name_key, currency, is_invoiced, credit_terms,
                      credit_limit_minor, balance_minor, held_minor, created_at)
SELECT gen_random_uuid(), id, scope, CASE n WHEN 0 THEN 'ENTERPRISE' ELSE 'GROUP' END, n, name || n, name_key || n,
       'USD', n = 0, 'UNLIMITED', 0, 0, 0, now()
FROM organizations, generate_series(0, 1) AS n WHERE name_key LIKE 'renewing %'
"""
# Each came of an order of its own, whose discounts are looked up, and is charged on two edges.
_SUBSCRIPTIONS: Final = """
INSERT INTO subscriptions (id, organization_id, scope, order_id, order_line_id, product_id, plan_id, quantity, state,
                           sales_model, cycle_multiplier, currency, tier_unit_minor, auto_renew, term_start, term_end,
                           billed_until, anchor_day, due_at, created_at)
SELECT gen_random_uuid(), o.id, o.scope, gen_random_uuid(), gen_random_uuid(), p.product_id, p.id, 10, 'ACTIVE',
       'MONTHLY', 1, 'USD', '{800, 900}', true, d.ends - 31, d.ends, d.ends, 28, now(), now()
FROM organizations o, plans p, generate_series(1, $2::int) AS n, (SELECT current_date - 3 AS ends) AS d
WHERE o.name_key LIKE 'renewing %' AND p.id = $1
"""
_LEFT: Final = "SELECT count(*) FROM subscriptions WHERE due_at <= now()"
_TWICE: Final = """
SELECT (SELECT count(*) FROM subscriptions WHERE order_id IS NOT NULL AND cycle <> 2) AS unlike,
       (SELECT count(*) FROM charges) AS charges,
       (SELECT count(*) FROM events WHERE type = 'subscription.renewed') AS events
"""


@dataclass(frozen=True, slots=True)
class RenewalGround:
    """A database of its own, with a pile that is due; workers are started by the workload."""

    bench: Bench
    house: Household
    connection: Any
    count: int


@asynccontextmanager
async def open_renewals(bench: Bench) -> AsyncIterator[RenewalGround]:
    """Plant a database with the pile."""
    customers = -(-bench.options.renewals // EACH)
    async with bench.database("provender_bench_renewals") as (addresses, planted):
        connection = await asyncpg.connect(addresses.database_url)
        await _plant(connection, planted, customers)
        with bench.household(addresses) as house:
            yield RenewalGround(bench, house, connection, customers * EACH)
        await connection.close()


async def _plant(connection: Any, planted: Planted, customers: int) -> None:
    await connection.execute(_CUSTOMERS, decode("Organization", planted.partner_id), customers)
    await connection.execute(_ACCOUNTS)
    await connection.execute(_SUBSCRIPTIONS, decode("Plan", planted.plans["cloud-workspace/business"]), EACH)
    await connection.execute("UPDATE events SET due_at = NULL WHERE due_at IS NOT NULL")
    await connection.execute("VACUUM ANALYZE organizations, accounts, subscriptions, charges, events")


async def measure_renewals(ground: RenewalGround, results: Results) -> None:
    """Start two workers on the pile; from the first renewal to the last, each once, on both edges, told once."""
    await _spread_postgres(ground)
    for name in WORKERS:
        _spawn_worker(ground, name)
    began = await _until(ground, ground.count - 1)
    await _until(ground, round(ground.count * (1 - _WARM_SHARE)))
    held = _held_mb(ground)
    ended = await _until(ground, 0)
    grown = _held_mb(ground) - held
    cpu = sum(cpu_seconds(ground.house.children[name].pid) for name in WORKERS)
    for name in WORKERS:
        await asyncio.to_thread(ground.house.stop, name)
    counts = await ground.connection.fetchrow(_TWICE)
    if tuple(counts) != (0, 2 * ground.count, ground.count):
        raise Refused(f"{dict(counts)} of {ground.count} renewals: {ground.house.tail(WORKERS[0])}")
    rate = ground.count / (ended - began)
    results.figures += [
        Figure("renewals", "renewals, two workers", "/s", rate, cpu_ms=cpu / ground.count * 1000),
        Figure("renewals: growth", f"their memory, last {1 - _WARM_SHARE:.0%} of {ground.count:,}", " MB", grown),
    ]


async def _spread_postgres(ground: RenewalGround) -> None:
    """Let the connections of the workers use all cores, as the workers do; those of other workloads are kept apart."""
    backend = await ground.connection.fetchval("SELECT pg_backend_pid()")
    options = ground.bench.options
    os.sched_setaffinity(parent_of(backend), options.server_cores | options.load_cores)


def _spawn_worker(ground: RenewalGround, name: str) -> None:
    """On all cores: what two workers do on two cores beside their PostgreSQL is what is asked for."""
    options = ground.bench.options
    with on_cores(options.server_cores | options.load_cores):
        ground.house.spawn(name, [sys.executable, "-m", "cli", "worker"])


def _held_mb(ground: RenewalGround) -> float:
    return sum(memory(ground.house.children[name].pid).rss_mb for name in WORKERS)


async def _until(ground: RenewalGround, left: int) -> float:
    """Wait until no more than this are due; answers when that was seen."""
    end = time.perf_counter() + _PATIENCE_SECONDS
    while await ground.connection.fetchval(_LEFT) > left:
        if time.perf_counter() > end:
            raise Refused(f"renewals take too long: {ground.house.tail(WORKERS[0])}")
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return time.perf_counter()
