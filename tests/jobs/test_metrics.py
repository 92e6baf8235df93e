"""Metrics: what waits and what was done, on a port that answers nothing else."""

import re
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from prometheus_client import generate_latest

from domain.shared import database
from integrations.metrics import ApiMetrics, open_metrics
from jobs.metrics import refresh_metrics
from jobs.renewals import run_due
from tests.api.subscribed import subscribe
from tests.jobs.bench import Bench


def value(page: str, metric: str) -> float:
    """The value of one line, labels and all."""
    found = re.search(rf"^{re.escape(metric)} (\S+)$", page, re.MULTILINE)
    assert found, f"{metric} is not in\n{page}"
    return float(found[1])


async def test_a_worker_shows_what_waits_and_what_it_did(bench: Bench) -> None:
    """Queues by what is due, overdue and how old, operations by state, attempts by outcome."""
    await bench.place()
    bench.clock.pass_by(seconds=90)
    shop = bench.shop
    server = await open_metrics("127.0.0.1", 0, shop.metrics.registry, lambda: refresh_metrics(shop))
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient(base_url=url) as client:
        before = (await client.get("/metrics")).text
        assert value(before, 'provender_queue_due{queue="events"}') >= 1
        assert value(before, 'provender_queue_overdue{queue="events"}') >= 1
        assert 89 < value(before, 'provender_queue_oldest_seconds{queue="events"}') < 200
        assert value(before, 'provender_queue_due{queue="bulk_operations"}') == 0
        await bench.work()
        after = (await client.get("/metrics?x=1")).text
        assert value(after, 'provender_queue_due{queue="events"}') == 0
        assert value(after, 'provender_queue_oldest_seconds{queue="events"}') == 0
        assert value(after, 'provender_provisioning_seconds_count{outcome="Succeeded",provisioner="cloud"}') == 1
        shop.metrics.count_attempt(None, 12)
        shop.metrics.count_attempt("timeout", 15_000)
        last = (await client.get("/metrics")).text
        assert value(last, 'provender_webhook_attempts_total{outcome="delivered"}') == 1
        assert value(last, 'provender_webhook_attempts_total{outcome="timeout"}') == 1
        assert value(last, "provender_webhook_attempt_seconds_count") == 2
    server.close()


async def test_s12_the_progress_of_renewals_is_seen(bench: Bench) -> None:
    """What is still due is a queue like the others; what happened is counted by event, once it is committed."""
    await database.execute("UPDATE subscriptions SET due_at = NULL")
    columns: dict[str, Any] = dict.fromkeys(("pending_sales_model", "pending_cycle_multiplier", "pending_since"))
    columns |= {"term_start": date(2026, 1, 5), "term_end": date(2026, 2, 5), "billed_until": date(2026, 2, 5)}
    columns |= {"due_at": datetime(2026, 2, 5, tzinfo=UTC), "expires_on": date(2026, 3, 31)}
    await subscribe(bench.tree, **columns)
    await refresh_metrics(bench.shop)
    before = generate_latest(bench.shop.metrics.registry).decode()
    assert value(before, 'provender_queue_due{queue="subscriptions"}') == 1
    while await run_due(bench.shop):
        pass
    await refresh_metrics(bench.shop)
    after = generate_latest(bench.shop.metrics.registry).decode()
    assert value(after, 'provender_queue_due{queue="subscriptions"}') == 0
    assert value(after, 'provender_renewals_total{event="renewed"}') == 2
    assert value(after, 'provender_renewals_total{event="expired"}') == 1


@pytest.mark.parametrize("path", ["/", "/metricsx", "/graphql"])
async def test_the_port_answers_nothing_else(path: str) -> None:
    """Anything but GET /metrics is 404 there."""
    server = await open_metrics("127.0.0.1", 0, ApiMetrics().registry)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.get(path)).status_code == 404
        assert (await client.post("/metrics")).status_code == 404
    server.close()


async def test_requests_are_counted_by_a_bounded_set_of_routes() -> None:
    """Whatever paths are asked for, there are as many labels as routes, and one for the rest."""
    metrics = ApiMetrics()
    for path in ("/graphql", "/callbacks/pop_1/x", "/callbacks/pop_2/y", "/wp-admin", "/.env", "/", ""):
        metrics.observe(path, 404, 0.001)
    server = await open_metrics("127.0.0.1", 0, metrics.registry)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient(base_url=url) as client:
        page = (await client.get("/metrics")).text
    for route, count in (("graphql", 1), ("callbacks", 2), ("other", 4)):
        assert value(page, f'provender_request_seconds_count{{route="{route}",status="4xx"}}') == count
    assert page.count("provender_request_seconds_count") == 3
    server.close()


async def test_operations_are_counted_by_what_they_cost() -> None:
    """By kind, in points; what is asked of the API is told to it as the answer says it."""
    metrics = ApiMetrics()
    for kind, points in (("query", 3), ("query", 250), ("mutation", 10)):
        metrics.count_cost(kind, points)
    page = generate_latest(metrics.registry).decode()
    assert value(page, 'provender_request_cost_points_count{kind="query"}') == 2
    assert value(page, 'provender_request_cost_points_sum{kind="query"}') == 253
    assert value(page, 'provender_request_cost_points_bucket{kind="query",le="3.0"}') == 1
