"""The webhook workloads: how many deliveries a worker makes a second, and how soon one follows its commit."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import asyncpg
from standardwebhooks import Webhook

import bootstrap
from bench.deliveries import BODY_BYTES, SECRET, make_endpoint, prepare
from bench.figures import Figure, Results
from bench.ground import Bench, spawn_api
from bench.load import Connection, Refused, percentile
from bench.machine import cpu_seconds, on_cores
from bench.operations import keyed_requests, order_lines
from bench.receiver import Receiver, receiving
from household import ROOT, Household, free_port
from integrations.vault import Vault
from seeding import Planted

# As many as go to one endpoint at once.
CONNECTIONS: Final = 50
# Prepared for each second of the window, so that there is work left at its end.
PREPARED_A_SECOND: Final = 9_000
WARM_SECONDS: Final = 2.0
EVENTS: Final = 100
# Each waits for its worker's next look, twice.
EVENTS_WITHOUT_REDIS: Final = 20
_NO_REDIS: Final = {"PROVENDER_REDIS_URL": "redis://127.0.0.1:1"}
_WARM_EVENTS: Final = 5
_PAUSE_SECONDS: Final = (0.1, 0.3)
_PATIENCE_SECONDS: Final = 30.0
CREATE: Final = """
mutation Create($input: CreateOrderInput!) { createOrder(input: $input) {
  ... on CreateOrderSuccess { order { id } } ... on Error { code message } } }
"""
_WINDOW: Final = """
SELECT count(*), max(finished_at), (SELECT count(*) FROM webhook_attempts WHERE error IS NOT NULL)
FROM webhook_deliveries WHERE state = 'DELIVERED' AND finished_at >= $1 AND finished_at < $2
"""


@dataclass(frozen=True, slots=True)
class WebhookGround:
    """A database of its own, one endpoint, and the receiver behind it; workers are started by the workloads."""

    bench: Bench
    house: Household
    planted: Planted
    endpoint_id: UUID
    receiver: Receiver
    connection: Any

    def spawn_worker(self, environment: Mapping[str, str] = MappingProxyType({})) -> int:
        """Start a worker in production settings but one: webhooks may go to a private address by plain http."""
        changed = {"PROVENDER_ENVIRONMENT": "development", **environment}
        return self.bench.spawn(self.house, "worker", ["cli", "worker"], changed)


@asynccontextmanager
async def open_webhooks(bench: Bench) -> AsyncIterator[WebhookGround]:
    """Plant a database and listen for its webhooks."""
    async with bench.database("provender_bench_webhooks") as (addresses, planted), receiving(free_port()) as receiver:
        endpoint_id = await make_endpoint(addresses, planted, Vault([bench.secret_key]), receiver.url)
        connection = await asyncpg.connect(addresses.database_url)
        with bench.household(addresses) as house:
            yield WebhookGround(bench, house, planted, endpoint_id, receiver, connection)
        await connection.close()


async def measure_rate(ground: WebhookGround, results: Results) -> None:
    """Let a worker loose on a full queue; then post the bytes of its own last request without any of the rest.

    The floor is its slowest round: docs/benchmarks.md says why.
    """
    options = ground.bench.options
    seconds = options.rounds * options.seconds
    await prepare(ground.connection, ground.planted, ground.endpoint_id, round(PREPARED_A_SECOND * seconds))
    first_byte = ground.receiver.next_first_byte()
    pid = ground.spawn_worker()
    await asyncio.wait_for(first_byte, _PATIENCE_SECONDS)
    await asyncio.sleep(WARM_SECONDS)
    began, cpu_before = bootstrap.utc_now(), cpu_seconds(pid)
    await asyncio.sleep(seconds)
    cpu = cpu_seconds(pid) - cpu_before
    # In a thread: the receiver answers meanwhile, so that what the worker has in hand can end.
    await asyncio.to_thread(ground.house.stop, "worker")
    delivered, last, failed = await ground.connection.fetchrow(_WINDOW, began, began + timedelta(seconds=seconds))
    if not delivered or failed:
        raise Refused(f"{delivered} delivered, {failed} failed: {ground.house.tail('worker')}")
    await ground.connection.execute("UPDATE webhook_deliveries SET due_at = NULL WHERE due_at IS NOT NULL")
    for clean_up in ("VACUUM", "CHECKPOINT"):  # now, not beside the floor: what else runs there keeps the kernel awake
        await ground.connection.execute(clean_up)
    request = _checked(ground.receiver.last_request)
    rates = [await _floor(ground, request, options.seconds / 3) for _ in range(3 * options.rounds)]
    ours = delivered / (last - began).total_seconds()
    results.figures.append(
        Figure("webhooks", "webhooks, one worker", "/s", ours, min(rates), cpu_ms=cpu / delivered * 1000)
    )


def _checked(request: bytes) -> bytes:
    """The request, if the official verifier believes it and it has the size it should have."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
    Webhook(SECRET).verify(body, {name: value for name, _, value in lines})
    if len(body) != BODY_BYTES:
        raise Refused(f"a body of {len(body)} bytes")
    return request


async def _floor(ground: WebhookGround, request: bytes, seconds: float) -> float:
    file = ground.bench.folder / "request"
    file.write_bytes(request)
    arguments = [str(ground.receiver.port), str(file), str(CONNECTIONS), str(seconds)]
    with on_cores(ground.bench.options.server_cores):
        sender = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.sender", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
    output, _ = await sender.communicate()
    return float(output)


async def measure_latency(ground: WebhookGround, results: Results) -> None:
    """How soon the webhook of a draft follows: with Redis, and without one."""
    counted, lower = await _latencies(ground, EVENTS, {})
    results.figures += [
        Figure("latency: p50", "commit to first byte: p50", " ms", percentile(counted, 50)),
        Figure("latency: p99", "commit to first byte: p99", " ms", percentile(counted, 99)),
        Figure("latency: from answer", "answer to first byte: p50", " ms", percentile(lower, 50)),
    ]
    counted, _ = await _latencies(ground, EVENTS_WITHOUT_REDIS, _NO_REDIS)
    title = "commit to first byte, Redis down: p99"
    results.figures.append(Figure("latency: Redis down: p99", title, " ms", percentile(counted, 99)))


async def _latencies(
    ground: WebhookGround, events: int, environment: Mapping[str, str]
) -> tuple[list[float], list[float]]:
    """Make drafts, one at a time with pauses, and wait for the webhook of each: milliseconds from request, and answer.

    The commit lies between the request and its answer: from the request is the upper bound, and what is judged.
    """
    port = free_port()
    spawn_api(ground.bench, ground.house, "api", port, environment)
    ground.spawn_worker(environment)
    ground.house.await_port("api", port)
    requests = _drafts(ground.planted)
    connection = await Connection.open(port)
    random = Random(7)  # noqa: S311 - spreads the requests over the phases of what is polled
    from_request, from_answer = list[float](), list[float]()
    for _ in range(_WARM_EVENTS + events):
        await asyncio.sleep(random.uniform(*_PAUSE_SECONDS))
        first_byte = ground.receiver.next_first_byte()
        sent_at = time.perf_counter()
        status, body = await connection.send(next(requests))
        answered_at = time.perf_counter()
        if b'"id"' not in body:
            raise Refused(f"answered with {status}: {body[:500]!r}")
        arrived_at = await asyncio.wait_for(first_byte, _PATIENCE_SECONDS)
        from_request.append((arrived_at - sent_at) * 1000)
        from_answer.append((arrived_at - answered_at) * 1000)
    connection.close()
    for name in ("worker", "api"):
        await asyncio.to_thread(ground.house.stop, name)
    return from_request[_WARM_EVENTS:], from_answer[_WARM_EVENTS:]


def _drafts(planted: Planted) -> Any:
    content = {
        "customer": {"id": planted.customer_id},
        "salesModel": "YEARLY",
        "lines": order_lines(planted.plans),
    }
    return keyed_requests(CREATE, content, planted.partner_token)
