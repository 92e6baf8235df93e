"""What the faults are played on: the product as processes, on servers of its own that may be stopped and frozen."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import asyncpg
from uuid_utils.compat import uuid7

import bootstrap
from domain.shared.ids import decode, encode
from integrations.embedded.postgres import Durability, start_postgres
from tests.conftest import fresh_database
from tests.processes.redises import MovableRedis
from tests.processes.town import Town, open_town, plant_story

_EVENTS: Final = """
INSERT INTO events (id, type, version, organization_id, scope, aggregate_type, aggregate_id, aggregate_seq, payload,
                    actor, occurred_at, due_at, attempts)
SELECT n.id, 'order.created', 1, o.id, o.scope, 'Order', n.aggregate_id, 1, '{"order_id": "ord"}', 'system', now(),
       now(), 0
FROM unnest($1::uuid[], $2::uuid[]) AS n(id, aggregate_id) CROSS JOIN organizations o WHERE o.id = $3
"""


@dataclass(slots=True)
class Ground:
    """The town, its Redis, and how long and how much is played: `scale` 1 is the table of the issue."""

    town: Town
    redis: MovableRedis
    scale: float

    def seconds(self, whole: float) -> float:
        """A duration, scaled."""
        return whole * self.scale

    def count(self, whole: int) -> int:
        """A number of things, scaled."""
        return max(20, round(whole * self.scale))

    async def make_events(self, count: int) -> set[str]:
        """So many events, each of a thing of its own, committed now: their ids."""
        ids = [uuid7() for _ in range(count)]
        await self.insert(ids)
        return {encode("Event", each) for each in ids}

    async def insert(self, ids: list[UUID]) -> None:
        """Events of these ids."""
        customer = decode("Organization", self.town.planted.customer_id)
        await self.town.database.execute(_EVENTS, ids, [uuid4() for _ in ids], customer)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to one of the town's processes."""
        os.kill(self.town.household.children[name].pid, number)

    async def all_taken(self, wanted: set[str], *, seconds: float) -> float | None:
        """Wait until the receiver has taken these; how long that took, None when it did not within `seconds`."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while not wanted <= self.town.mailbox.taken():
            if loop.time() - began > seconds:
                return None
            await asyncio.sleep(0.05)
        return loop.time() - began

    async def warm(self) -> None:
        """Wait until a worker that has just been started delivers."""
        if await self.all_taken(await self.make_events(20), seconds=60) is None:
            raise TimeoutError("the worker does not deliver")

    def doubled(self, wanted: set[str]) -> int:
        """How many of these were taken more than once, in all."""
        taken = [letter.message_id for letter in self.town.mailbox.letters if letter.taken]
        return sum(1 for message_id in taken if message_id in wanted) - len(wanted & set(taken))

    async def add_endpoint(self, url: str) -> UUID:
        """One more endpoint for the same events, with the same secret."""
        found: UUID = await self.town.database.fetchval(
            "INSERT INTO webhook_endpoints (id, organization_id, scope, url, event_types, description, enabled, "
            "secret_sealed, created_at) SELECT $1, organization_id, scope, $2, event_types, '', true, secret_sealed, "
            "now() FROM webhook_endpoints ORDER BY id LIMIT 1 RETURNING id",
            uuid7(),
            url,
        )
        return found

    async def rest(self) -> None:
        """Stop the workers and forget what is left to do: the next fault begins on quiet ground."""
        for name in [name for name in self.town.household.children if name.startswith("worker")]:
            with suppress(ProcessLookupError):
                self.signal(name, signal.SIGCONT)
            await asyncio.to_thread(self.town.household.stop, name)
        for queue in ("events", "webhook_deliveries"):
            await self.town.database.execute(f"UPDATE {queue} SET due_at = NULL WHERE due_at IS NOT NULL")  # noqa: S608 - constants
        await self.town.database.execute(
            "UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, paused_until = NULL"
        )


@dataclass(slots=True)
class Load:
    """Events at a steady rate, whatever happens to the database; what it refuses is not made."""

    ground: Ground
    per_second: int = 50
    _asked: list[UUID] = field(default_factory=list)
    _stopped: bool = False

    async def run(self) -> None:
        """Make events until it is stopped."""
        loop = asyncio.get_running_loop()
        while not self._stopped:
            next_at = loop.time() + 0.1
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                async with asyncio.timeout(2):
                    await self.ground.insert(self._more())
            await asyncio.sleep(max(0.0, next_at - loop.time()))

    def _more(self) -> list[UUID]:
        ids = [uuid7() for _ in range(self.per_second // 10)]
        self._asked += ids
        return ids

    def stop(self) -> None:
        """It is enough."""
        self._stopped = True

    async def committed(self) -> set[str]:
        """The events that the database has."""
        rows = await self.ground.town.database.fetch("SELECT id FROM events WHERE id = ANY($1)", self._asked)
        return {encode("Event", row["id"]) for row in rows}


@asynccontextmanager
async def open_ground(scale: float) -> AsyncIterator[Ground]:
    """Start it all in a folder of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="provender-chaos-")))
        postgres = start_postgres(folder / "postgres", durability=Durability.DURABLE)
        stack.callback(postgres.stop)
        redis = MovableRedis(folder / "redis")
        stack.callback(redis.stop)
        made = await fresh_database(bootstrap.Addresses(postgres.dsn, redis.url), "chaos")
        planted = await plant_story(made.database_url, folder / "data")
        async with open_town(made, planted, folder) as town:
            yield Ground(town, redis, scale)


async def connect(ground: Ground) -> asyncpg.Connection:
    """A connection beside the town's own."""
    return await asyncpg.connect(ground.town.household.addresses.database_url)
