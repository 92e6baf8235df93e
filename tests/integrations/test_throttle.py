"""Buckets: shared in Redis, drawn from in chunks, a process's own while Redis is away."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

import bootstrap
from integrations.attempts import Attempts
from integrations.line import RedisLine
from integrations.throttle import HOLD_SECONDS, Throttle

NOWHERE = "redis://127.0.0.1:1/0"


class Clock:
    """A process's clock, moved by hand; Redis has its own."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """The time, seconds."""
        return self.now


@pytest.fixture
async def line(addresses: bootstrap.Addresses) -> AsyncIterator[RedisLine]:
    """A line with patience for a busy machine."""
    made = RedisLine(addresses.redis_url, patience_seconds=5)
    yield made
    await made.aclose()


@pytest.fixture
async def redis(addresses: bootstrap.Addresses) -> AsyncIterator[Redis]:
    """The Redis beneath, to look into."""
    made = Redis.from_url(addresses.redis_url)
    yield made
    await made.aclose(close_connection_pool=True)


@pytest.fixture
def principal() -> str:
    """Somebody new."""
    return f"tok_{uuid4().hex}"


async def left(redis: Any, principal: str) -> float:
    """What Redis says is in the bucket."""
    return float(await redis.hget(f"provender:bucket:{principal}", "level"))


async def test_a_bucket_gives_what_it_holds_and_then_says_when(line: RedisLine, principal: str) -> None:
    """A full bucket is emptied at once; then the answer is how long until there is enough."""
    throttle = Throttle(line, maximum=100, restore_per_second=1)
    assert await throttle.reserve(principal, 90) == 0
    assert await throttle.reserve(principal, 10) == 0
    assert 15 < await throttle.reserve(principal, 20) <= 20
    assert throttle.available(principal) in {0, 1}


async def test_a_bucket_fills_again_and_never_over(line: RedisLine, principal: str) -> None:
    """Points come back by the second, up to the maximum."""
    throttle = Throttle(line, maximum=100, restore_per_second=1_000)
    for _ in range(3):
        assert await throttle.reserve(principal, 100) == 0
        assert 0 < await throttle.reserve(principal, 100) <= 0.1
        await asyncio.sleep(0.25)
        assert throttle.available(principal) == 100


async def test_most_requests_ask_nobody(line: RedisLine, redis: Redis, principal: str) -> None:
    """What is drawn beyond the need, and what comes back, is spent without a call, for a second."""
    clock = Clock()
    throttle = Throttle(line, maximum=10_000, restore_per_second=1, clock=clock)
    assert await throttle.reserve(principal, 100) == 0
    drawn = await left(redis, principal)
    assert drawn == 10_000 - 100 - 10_000 // 20
    throttle.settle(principal, reserved=100, used=10)
    for _ in range(59):
        assert await throttle.reserve(principal, 10) == 0
    assert await left(redis, principal) == drawn
    clock.now += HOLD_SECONDS
    assert await throttle.reserve(principal, 10) == 0
    assert await left(redis, principal) == pytest.approx(10_000 - 10 - 590 - 10 - 500, abs=5)


async def test_what_is_not_used_comes_back(line: RedisLine, principal: str) -> None:
    """A reservation is given back but for what was used: the next draw has it."""
    throttle = Throttle(line, maximum=100, restore_per_second=1)
    for _ in range(10):
        assert await throttle.reserve(principal, 50) == 0
        throttle.settle(principal, reserved=50, used=5)
    assert await throttle.reserve(principal, 60) > 0


async def test_processes_share_a_bucket(line: RedisLine, addresses: bootstrap.Addresses, principal: str) -> None:
    """What one process has spent another cannot spend again."""
    other = RedisLine(addresses.redis_url, patience_seconds=5)
    one, two = (Throttle(each, maximum=100, restore_per_second=1) for each in (line, other))
    assert await one.reserve(principal, 60) == 0
    assert await two.reserve(principal, 60) > 0
    assert await two.reserve(f"{principal}-other", 60) == 0
    await other.aclose()


async def test_tries_are_counted_one_by_one_whatever_processes_they_reach(line: RedisLine, principal: str) -> None:
    """Forty that may be made are, each through a process of its own: none draws what others would lack."""
    processes = [Attempts(line, per_subject=40, per_address=40) for _ in range(41)]
    waits = [await process.take_of_address(principal) for process in processes]
    assert [wait > 0 for wait in waits] == [False] * 40 + [True]


async def test_without_redis_a_process_has_a_bucket_of_its_own() -> None:
    """With Redis away requests are still let through, and still not more than a bucket's."""
    line, clock = RedisLine(NOWHERE), Clock()
    throttle = Throttle(line, maximum=100, restore_per_second=10, clock=clock)
    assert await throttle.reserve("p", 100) == 0
    assert await throttle.reserve("p", 50) == 5
    clock.now += 4
    assert await throttle.reserve("p", 50) == 1
    throttle.settle("p", reserved=100, used=60)
    assert throttle.available("p") == 80
    assert await throttle.reserve("p", 80) == 0
    assert await throttle.reserve("p", 1) > 0
    clock.now += 1_000
    assert throttle.available("p") == 100
    await line.aclose()


async def test_when_redis_goes_the_bucket_is_what_was_left(
    addresses: bootstrap.Addresses, line: RedisLine, principal: str
) -> None:
    """A process goes on from what it last knew: losing Redis is no way to a full bucket."""
    throttle = Throttle(line, maximum=100, restore_per_second=1, clock=Clock())
    assert await throttle.reserve(principal, 100) == 0
    await line.aclose()
    line.redis.connection_pool.connection_kwargs.update(path="/nowhere", host="127.0.0.1", port=1)
    assert await throttle.reserve(principal, 50) == 50


async def test_a_silent_redis_is_asked_once_a_second() -> None:
    """After a failure nobody waits for Redis for a second."""
    line = RedisLine(NOWHERE)
    asked = 0

    async def ask() -> bool:
        nonlocal asked
        asked += 1
        return bool(await line.redis.ping())

    assert [await line.call(ask) for _ in range(20)] == [None] * 20
    assert asked == 1
    await line.aclose()


async def test_forgotten_principals_cost_no_memory(line: RedisLine) -> None:
    """A process knows the 10,000 principals it met last."""
    throttle = Throttle(line, maximum=100, restore_per_second=1, clock=Clock())
    for number in range(10_050):
        throttle.settle(f"p{number}", reserved=0, used=40)
    assert throttle.available("p10049") == 60
    assert throttle.available("p0") == 100
