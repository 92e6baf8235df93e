"""SIGTERM ends a process within 10 s and loses nothing; a database that goes away and comes back ends none."""

import asyncio
import time
from pathlib import Path

import asyncpg

import bootstrap
from domain.shared.ids import encode
from integrations.embedded.postgres import Durability, start_postgres
from tests.live import ORDER_UPDATED, live
from tests.processes.mailbox import Mood
from tests.processes.redises import MovableRedis
from tests.processes.town import QUEUES, Town, open_town, plant_story, until

GRACE_SECONDS = 10.0


async def _stop(town: Town, name: str) -> None:
    """SIGTERM: exit code 0 within the grace."""
    began = time.monotonic()
    assert await asyncio.to_thread(town.household.stop, name) == 0, town.household.tail(name)
    assert time.monotonic() - began < GRACE_SECONDS


async def test_a_worker_told_to_stop_finishes_what_it_has_in_hand(town: Town) -> None:
    """A request that a provisioner is about to answer is waited for, and its answer is kept."""
    await town.arm({"fault": "slow", "seconds": 1, "times": 2}, {"fault": "callback_never", "times": 2})
    town.start_worker()
    order_id = await town.place()
    await until("both requests are under way", lambda: town.sandbox_has_both(order_id))
    await _stop(town, "worker")
    assert await town.operation_states(order_id) == ["RUNNING", "RUNNING"]
    town.start_worker()
    await town.completed(order_id)
    await town.delivered(order_id)


async def test_a_worker_told_to_stop_gives_back_what_it_cannot_finish(town: Town) -> None:
    """A delivery that hangs is cut off in time, and its lease is released: the next worker need not wait for it."""
    town.mailbox.mood = Mood.HANGING
    town.start_worker()
    order_id = await town.place()

    async def hangs() -> bool:
        return town.mailbox.hung > 0 and await town.state(order_id) == "COMPLETED"

    await until("a delivery hangs", hangs)
    await _stop(town, "worker")
    for queue in QUEUES:
        sql = f"SELECT * FROM {queue} WHERE lease_token IS NOT NULL"  # noqa: S608 - a constant
        assert await town.database.fetch(sql) == [], town.household.tail("worker")
    town.mailbox.mood = Mood.OPEN
    town.start_worker()
    await town.delivered(order_id)


async def test_an_api_told_to_stop_answers_what_it_has_begun(town: Town) -> None:
    """A request in work is answered and a live connection is closed with a code before the API ends."""
    order_id = await town.place()
    cancel = "mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { __typename } }"
    variables = {"id": encode("Order", order_id)}
    async with live(town.api_url) as client, town.database.acquire() as connection:
        await client.open(town.token)
        await client.subscribe(ORDER_UPDATED, variables)
        await client.hear()
        locking = connection.transaction()
        await locking.start()
        await connection.execute("SELECT 1 FROM orders WHERE id = $1 FOR UPDATE", order_id)
        answering = asyncio.create_task(town.api.ask(town.token, cancel, {"input": variables}))

        async def waits() -> bool:
            sql = (
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            return bool(await connection.fetchval(sql))

        await until("the request waits for the order", waits)
        stopping = asyncio.create_task(_stop(town, "api"))
        assert await client.closed() == 1012  # service restart: come again
        await locking.commit()
        assert (await answering)["__typename"] == "CancelOrderSuccess"
        await stopping
    assert await town.state(order_id) == "CANCELLED"


async def test_processes_outlive_a_restart_of_postgresql(tmp_path: Path, redis: MovableRedis) -> None:
    """PostgreSQL restarted under API and worker: both go on, what was under way completes, nothing is lost."""
    postgres = start_postgres(tmp_path / "postgres", durability=Durability.DISPOSABLE)
    try:
        planted = await plant_story(postgres.dsn, tmp_path / "data")
        async with open_town(bootstrap.Addresses(postgres.dsn, redis.url), planted, tmp_path) as town:
            town.start_worker()
            await town.arm({"fault": "slow_work", "seconds": 2, "times": 2})
            order_id = await town.place()

            async def under_way() -> bool:
                return await town.operation_states(order_id) == ["RUNNING", "RUNNING"]

            await until("the order is under way", under_way)
            await asyncio.to_thread(postgres.stop)
            assert (await town.api.client.get("/readyz")).status_code == 503
            masked = await town.api.refuse(town.token, "{ viewer { principal } }")
            assert masked["extensions"]["code"] == "INTERNAL"
            assert town.is_running("worker")
            postgres = await asyncio.to_thread(start_postgres, tmp_path / "postgres", durability=Durability.DISPOSABLE)
            await _goes_on(town)
            # What was in hand when the database went is due when its lease has run out: moved, not waited for.
            await town.let_leases_end()
            await town.completed(order_id)
            await town.delivered(order_id)
            assert town.is_running("worker")
            assert town.is_running("api")
    finally:
        postgres.stop()


async def _goes_on(town: Town) -> None:
    """The API answers again, and one more order completes."""

    async def ready() -> bool:
        return (await town.api.client.get("/readyz")).status_code == 200

    await until("the API is ready again", ready)
    await town.database.expire_connections()

    async def placed() -> bool:
        try:
            await town.completed(await town.place())
        except asyncpg.PostgresError:
            return False
        return True

    await until("an order completes", placed)
