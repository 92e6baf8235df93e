"""Redis is a doorbell: without it everything still happens, a little later; with it again, at once."""

import asyncio
import time
from uuid import UUID

from domain.shared.ids import encode
from tests.live import ORDER_UPDATED, live
from tests.processes.redises import MovableRedis
from tests.processes.town import Town, until

PROMPT_SECONDS = 0.9
"""0.2 s of patience with Redis and the work itself; redis-py alone would wait for 1 s."""


async def _place_promptly(town: Town) -> UUID:
    """Place an order within the bound, in one of three tries: the machine may be busy, an unbounded wait never is."""
    for _ in range(3):
        began = time.monotonic()
        order_id = await town.place()
        if time.monotonic() - began < PROMPT_SECONDS:
            return order_id
        await asyncio.sleep(1.1)  # the bell is rung again a second after it was not heard
    raise AssertionError("placing an order waits for Redis")


async def _watched_to_its_end(town: Town) -> UUID:
    """Place an order, see its states over the WebSocket, its end in the database and its events at the receiver."""
    order_id = await _place_promptly(town)
    async with live(town.api_url) as client:
        assert (await client.open(town.token))["type"] == "connection_ack"
        await client.subscribe(ORDER_UPDATED, {"id": encode("Order", order_id)})
        states = await client.states_until("COMPLETED")
    assert states == sorted(set(states), key=["APPROVED", "PROVISIONING", "COMPLETED"].index)
    await town.completed(order_id)
    await town.delivered(order_id)
    return order_id


async def test_without_redis_from_the_start_the_whole_story_completes(redisless_town: Town) -> None:
    """With no Redis at all, orders complete by polling, are watched live, and their events are delivered."""
    town = redisless_town
    town.start_worker()
    await _watched_to_its_end(town)
    readiness = (await town.api.client.get("/readyz")).json()
    assert readiness == {"ready": True, "checks": {"database": True, "redis": False}}
    assert town.is_running("api")
    assert town.household.stop("worker") == 0
    assert town.household.stop("api") == 0


async def test_a_redis_that_hangs_delays_nobody(town: Town, redis: MovableRedis) -> None:
    """While Redis takes connections and never answers, orders are placed promptly and complete by polling."""
    town.start_worker()
    await _watched_to_its_end(town)
    with redis.frozen():
        await _watched_to_its_end(town)
        assert town.is_running("api")
        began = time.monotonic()
        assert town.household.stop("worker") == 0
        assert time.monotonic() - began < 10
    town.start_worker()
    await _watched_to_its_end(town)


async def test_redis_stopped_in_the_middle_of_an_order_and_back_again(town: Town, redis: MovableRedis) -> None:
    """An order under way completes when Redis is stopped; when Redis is back, its bell wakes the worker again."""
    # This worker polls so rarely that within the test only the bell can wake it.
    patient = {"PROVENDER_WORKER_POLL_SECONDS": "60"}
    await town.arm({"fault": "slow_work", "seconds": 1, "times": 2})
    town.start_worker()
    order_id = await town.place()

    async def provisioning() -> bool:
        return await town.operation_states(order_id) == ["RUNNING", "RUNNING"]

    await until("the order is under way", provisioning)
    redis.stop()
    await town.completed(order_id)
    await _place_promptly(town)
    town.household.kill("worker")

    town.household.start("worker", ["worker"], patient)
    redis.start()
    orders: list[UUID] = []

    async def heard() -> bool:
        # A ring is lost while API or worker still sulk; the next order rings for all that wait.
        orders.append(await town.place())
        return await town.state(orders[0]) == "COMPLETED"

    await until("the bell is heard", heard, pause_seconds=0.5)
    assert town.is_running("worker")
    assert town.is_running("api")
