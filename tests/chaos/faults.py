"""The faults of the product as processes: what is done to it, and what must hold."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from statistics import quantiles
from typing import Final

from redis.asyncio import Redis

from domain.shared.ids import decode
from tests.chaos.ground import Ground, Load, connect
from tests.house import order_input
from tests.integrations.peers import hangs, peer_that
from tests.processes.mailbox import Mood

_CREATE: Final = """
mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename ... on Error { message } } }
"""
_LEASE_SECONDS: Final = 60.0
_IN_FLIGHT: Final = 500
_WINDOW: Final = 10  # looks, two a second


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen, and whether it is what must hold."""

    holds: bool
    seen: str


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[98]


async def worker_killed(ground: Ground) -> Finding:
    """SIGKILL a worker again and again while events come: none lost, no more doubled than were in flight."""
    town, kills, wanted = ground.town, 10, set[str]()
    for number in range(kills):
        town.household.start(f"worker-{number}", ["worker"])
        wanted |= await ground.make_events(ground.count(5000) // kills)
        await asyncio.sleep(ground.seconds(5))
        await asyncio.to_thread(town.household.kill, f"worker-{number}")
    town.household.start("worker-last", ["worker"])
    took = await ground.all_taken(wanted, seconds=2 * _LEASE_SECONDS)
    lost, doubled = len(wanted - town.mailbox.taken()), ground.doubled(wanted)
    holds = lost == 0 and doubled <= kills * _IN_FLIGHT and took is not None and took <= _LEASE_SECONDS + 5
    recovered = "never" if took is None else f"{took:.1f} s"
    return Finding(holds, f"{len(wanted)} events: {lost} lost, {doubled} doubled, recovered {recovered}")


async def _latencies(ground: Ground, seconds: float) -> list[float]:
    """How long orders took to be saved, one after the other, in milliseconds."""
    found, end = list[float](), time.monotonic() + seconds
    while time.monotonic() < end or len(found) < 20:
        ground.town.orders += 1
        content = order_input(ground.town.planted, f"chaos-{ground.town.orders}")
        began = time.perf_counter()
        answer = await ground.town.api.ask(ground.town.token, _CREATE, {"input": content})
        found.append((time.perf_counter() - began) * 1000)
        if answer["__typename"] != "CreateOrderSuccess":
            raise RuntimeError(answer)
    return found


async def redis_gone(ground: Ground) -> Finding:
    """Redis emptied, frozen, then down: nothing lost, the API hardly slower, no process ends."""
    town, seconds = ground.town, ground.seconds(60)
    town.start_worker()
    await ground.warm()
    usual = _p99(await _latencies(ground, min(seconds, 10)))
    wanted = await ground.make_events(ground.count(500))
    async with Redis.from_url(ground.redis.url) as client:
        await client.flushall()
    with ground.redis.frozen():
        wanted |= await ground.make_events(ground.count(500))
        frozen = _p99(await _latencies(ground, seconds))
    ground.redis.stop()
    wanted |= await ground.make_events(ground.count(500))
    down = _p99(await _latencies(ground, seconds))
    await asyncio.to_thread(ground.redis.start)
    took = await ground.all_taken(wanted, seconds=_LEASE_SECONDS)
    alive = town.is_running("worker") and town.is_running("api")
    lost, more = len(wanted - town.mailbox.taken()), max(frozen, down) - usual
    holds = lost == 0 and took is not None and alive and more <= 250
    return Finding(
        holds, f"{lost} lost, API p99 {usual:.0f} -> {frozen:.0f} / {down:.0f} ms, all processes run: {alive}"
    )


async def postgres_terminated(ground: Ground) -> Finding:
    """Backends of PostgreSQL are terminated twice a second under load: no committed event is lost."""
    town, wanted = ground.town, set[str]()
    town.start_worker()
    await ground.warm()
    killer = await connect(ground)
    end = time.monotonic() + ground.seconds(60)
    kill = (
        "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE application_name = "
        "'provender' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1) AS one"
    )
    terminated = 0
    while time.monotonic() < end:
        wanted |= await ground.make_events(20)
        terminated += await killer.fetchval(kill)
        await asyncio.sleep(0.5)
    await killer.close()
    took = await ground.all_taken(wanted, seconds=2 * _LEASE_SECONDS)
    lost = len(wanted - town.mailbox.taken())
    alive = town.is_running("worker") and town.is_running("api")
    recovered = "never" if took is None else f"{took:.1f} s"
    return Finding(
        lost == 0 and alive, f"{terminated} terminated: {len(wanted)} events, {lost} lost, recovered {recovered}"
    )


async def postgres_restarted(ground: Ground) -> Finding:
    """PostgreSQL loses a backend by SIGKILL under load and restarts at once: nothing lost, the rate comes back."""
    town, load = ground.town, Load(ground)
    town.start_worker()
    await ground.warm()
    loading = asyncio.create_task(load.run())
    usual = await _rate(ground, max(5.0, ground.seconds(20)))
    crashed = await connect(ground)
    os.kill(await crashed.fetchval("SELECT pg_backend_pid()"), signal.SIGKILL)
    crashed.terminate()
    back = await _back_at(ground, 0.95 * usual)
    load.stop()
    await loading
    wanted = await load.committed()
    took = await ground.all_taken(wanted, seconds=2 * _LEASE_SECONDS)
    lost, alive = len(wanted - town.mailbox.taken()), town.is_running("worker") and town.is_running("api")
    told = "never" if back is None else f"{back:.1f} s"
    last = "never" if took is None else f"{took:.1f} s after the load"
    return Finding(
        lost == 0 and alive and back is not None and back <= 30,
        f"{len(wanted)} events, {lost} lost; {usual:.0f}/s again after {told}, the last one {last}",
    )


async def _rate(ground: Ground, seconds: float) -> float:
    """How many events a second the receiver takes, over a while."""
    before = len(ground.town.mailbox.taken())
    await asyncio.sleep(seconds)
    return (len(ground.town.mailbox.taken()) - before) / seconds


async def _back_at(ground: Ground, rate: float) -> float | None:
    """After how many seconds the receiver has taken so many a second for five; None when it never does."""
    began, counts = time.monotonic(), [len(ground.town.mailbox.taken())]
    while time.monotonic() - began < 2 * _LEASE_SECONDS:
        await asyncio.sleep(0.5)
        counts.append(len(ground.town.mailbox.taken()))
        if len(counts) > _WINDOW and counts[-1] - counts[-1 - _WINDOW] >= rate * _WINDOW / 2:
            return time.monotonic() - began
    return None


async def worker_outlives_its_lease(ground: Ground) -> Finding:
    """A worker is stopped past its lease and continued: another has settled by then, and that stands."""
    town = ground.town
    town.mailbox.mood = Mood.HANGING
    town.household.start("worker-stopped", ["worker"])
    wanted = await ground.make_events(20)
    while town.mailbox.hung < 1:  # noqa: ASYNC110 - it changes in another thread
        await asyncio.sleep(0.05)
    ground.signal("worker-stopped", signal.SIGSTOP)
    town.mailbox.mood = Mood.OPEN
    await town.let_leases_end()
    town.household.start("worker-other", ["worker"])
    await ground.all_taken(wanted, seconds=_LEASE_SECONDS)
    await asyncio.sleep(1)
    before = await _finals(ground, wanted)
    ground.signal("worker-stopped", signal.SIGCONT)
    await asyncio.sleep(5)
    after = await _finals(ground, wanted)
    changed = sum(1 for key, final in before.items() if after[key] != final)
    return Finding(changed == 0 and len(before) >= 20, f"{len(before)} settled by another, {changed} changed after")


async def _finals(ground: Ground, wanted: set[str]) -> Mapping[object, tuple[object, ...]]:
    rows = await ground.town.database.fetch(
        "SELECT id, state, finished_at FROM webhook_deliveries WHERE state = 'DELIVERED' AND event_id = ANY($1)",
        [decode("Event", each) for each in wanted],
    )
    return {row["id"]: tuple(row)[1:] for row in rows}


async def one_endpoint_hangs(ground: Ground) -> Finding:
    """One of 51 endpoints never answers: the others' p99 stays within twice of what it was."""
    town = ground.town
    (url,) = [row["url"] for row in await town.database.fetch("SELECT url FROM webhook_endpoints ORDER BY id LIMIT 1")]
    made = [await ground.add_endpoint(url) for _ in range(49)]
    town.start_worker()
    await ground.warm()
    before = await _spread(ground)
    async with peer_that(hangs) as peer:
        bad = await ground.add_endpoint(peer.url)
        during = await _spread(ground, without=bad)
        await ground.rest()
    gone = "UPDATE webhook_endpoints SET enabled = false, deleted_at = now() WHERE id = ANY($1)"
    await town.database.execute(gone, [*made, bad])
    return Finding(during <= 2 * before, f"healthy p99 {before * 1000:.0f} -> {during * 1000:.0f} ms")


async def _spread(ground: Ground, *, without: object = None) -> float:
    """The p99 of the time from a delivery's making to its end, in seconds, over a while of steady events."""
    began = time.time()
    for _ in range(max(5, round(ground.seconds(60)))):
        await ground.make_events(4)
        await asyncio.sleep(0.5)
    waiting = (
        "SELECT count(*) FROM webhook_deliveries WHERE due_at IS NOT NULL AND ($1::uuid IS NULL OR endpoint_id <> $1)"
    )
    while await ground.town.database.fetchval(waiting, without):  # noqa: ASYNC110 - what is awaited is in the database
        await asyncio.sleep(0.2)
    sql = (
        "SELECT extract(epoch FROM percentile_cont(0.99) WITHIN GROUP (ORDER BY finished_at - created_at))::float8 "
        "FROM webhook_deliveries WHERE state = 'DELIVERED' AND created_at >= to_timestamp($1) "
        "AND ($2::uuid IS NULL OR endpoint_id <> $2)"
    )
    found: float = await ground.town.database.fetchval(sql, began, without)
    return found


FAULTS: Final[Mapping[str, Callable[[Ground], Awaitable[Finding]]]] = {
    "worker killed": worker_killed,
    "redis gone": redis_gone,
    "postgres backends terminated": postgres_terminated,
    "postgres restarted": postgres_restarted,
    "worker outlives its lease": worker_outlives_its_lease,
    "one endpoint hangs": one_endpoint_hangs,
}
