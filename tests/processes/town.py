"""The product as real processes on a database of its own, seen from outside: HTTP, WebSocket, SQL and signals."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx

import bootstrap
from domain.shared.ids import decode, encode
from household import ROOT, Household, free_port
from integrations.provisioners.sandbox.app import SandboxSettings, create_sandbox
from seeding import Planted
from tests.house import PLACE_ORDER, Api, order_input
from tests.integrations.sandboxes import SECRET, serving
from tests.processes.mailbox import Mailbox

PATIENCE_SECONDS: Final = 60.0
QUEUES: Final = ("events", "provisioning_operations", "webhook_deliveries")
_ENDPOINT: Final = """
mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
  __typename ... on CreateWebhookEndpointSuccess { secret } ... on Error { message } } }
"""
_INSTANCES: Final = (
    "SELECT i.id FROM instances i JOIN subscriptions s ON s.id = i.subscription_id WHERE s.order_id = $1"
)
_EVENTS: Final = f"""
SELECT id FROM events WHERE aggregate_id = $1 OR aggregate_id IN ({_INSTANCES})
OR aggregate_id IN (SELECT id FROM subscriptions WHERE order_id = $1)
"""  # noqa: S608 - constants


async def until(
    what: str, look: Callable[[], Awaitable[bool]], *, seconds: float = PATIENCE_SECONDS, pause_seconds: float = 0.02
) -> None:
    """Look again and again, with pauses, until it is so; AssertionError past `seconds`."""
    end = time.monotonic() + seconds
    while not await look():
        assert time.monotonic() < end, f"not seen within {seconds:g} s: {what}"
        await asyncio.sleep(pause_seconds)


async def plant_story(database_url: str, data_dir: Path) -> Planted:
    """Bring a database to today's schema and plant the story in it: `provender seed`, in a process of its own."""
    urls = {"PROVENDER_DATABASE_URL": database_url, "PROVENDER_REDIS_URL": "redis://127.0.0.1:1"}
    seeding = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "cli", "seed"),
        cwd=ROOT,
        env={**os.environ, **urls, "PROVENDER_DATA_DIR": str(data_dir)},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await seeding.communicate()
    assert seeding.returncode == 0
    return Planted(**json.loads(said))


@dataclass(slots=True)
class Town:
    """One house of processes with its neighbours: the sandbox provisioner and a receiver, on real sockets."""

    household: Household
    planted: Planted
    database: asyncpg.Pool
    api: Api
    api_url: str
    sandbox_url: str
    mailbox: Mailbox
    orders: int = field(default=0)

    @property
    def token(self) -> str:
        """The partner's, who orders for its customer."""
        return self.planted.partner_token

    def start_api(self) -> None:
        """Start the API and wait until it is ready."""
        self.household.start("api", ["serve"])
        self.household.await_http("api", f"{self.api_url}/readyz")

    def start_worker(self) -> None:
        """Start a worker; what it does is seen by its deeds."""
        self.household.start("worker", ["worker"])

    def is_running(self, name: str) -> bool:
        """Whether a process has not ended."""
        return self.household.children[name].poll() is None

    async def place(self) -> UUID:
        """Order 25 cloud workspaces and 3 seats: two lines, two instances."""
        self.orders += 1
        answer = await self.api.ask(
            self.token, PLACE_ORDER, {"input": order_input(self.planted, f"order-{self.orders}")}
        )
        assert answer["__typename"] == "PlaceOrderSuccess", answer
        return decode("Order", answer["order"]["id"])

    async def state(self, order_id: UUID) -> str:
        """Where an order stands."""
        state: str = await self.database.fetchval("SELECT state FROM orders WHERE id = $1", order_id)
        return state

    async def completed(self, order_id: UUID) -> None:
        """Wait for the order's good end."""

        async def look() -> bool:
            return await self.state(order_id) == "COMPLETED"

        await until("the order COMPLETED", look)

    async def operation_states(self, order_id: UUID) -> list[str]:
        """Where the order's operations stand."""
        sql = f"SELECT state FROM provisioning_operations WHERE instance_id IN ({_INSTANCES})"  # noqa: S608 - a constant
        return [row["state"] for row in await self.database.fetch(sql, order_id)]

    async def event_ids(self, order_id: UUID) -> set[str]:
        """Every event of an order, its subscriptions and its instances: what must be delivered."""
        return {encode("Event", row["id"]) for row in await self.database.fetch(_EVENTS, order_id)}

    async def delivered(self, order_id: UUID) -> None:
        """Wait until every event of a completed order was taken by the receiver."""
        wanted = await self.event_ids(order_id)

        async def look() -> bool:
            return wanted <= self.mailbox.taken()

        await until(f"{len(wanted)} events delivered", look)

    async def instances(self) -> list[dict[str, Any]]:
        """What the sandbox has."""
        listed: list[dict[str, Any]] = (await self.api.client.get(f"{self.sandbox_url}/sandbox/instances")).json()
        return listed

    async def sandbox_has_both(self, order_id: UUID) -> bool:
        """Whether both instances of an order are known there: it writes an instance down before it answers."""
        known = {instance["instance_id"] for instance in await self.instances()}
        rows = await self.database.fetch(_INSTANCES, order_id)
        return len(rows) == 2 and all(encode("Instance", row["id"]) in known for row in rows)

    async def arm(self, *faults: Mapping[str, Any]) -> None:
        """Tell the sandbox to misbehave from now on."""
        for fault in faults:
            answer = await self.api.client.post(f"{self.sandbox_url}/sandbox/faults", json=fault)
            assert answer.status_code == 201, answer.text

    async def calm(self) -> None:
        """Sandbox and receiver behave again."""
        await self.api.client.delete(f"{self.sandbox_url}/sandbox/faults")

    async def let_leases_end(self) -> None:
        """Move every due time to now: as if the leases of a dead worker, a retry and an open breaker had passed."""
        for queue in QUEUES:
            await self.database.execute(f"UPDATE {queue} SET due_at = now() WHERE due_at IS NOT NULL")  # noqa: S608 - a constant
        await self.database.execute("UPDATE webhook_endpoints SET paused_until = NULL")

    async def free_leases(self) -> None:
        """Give back what a worker held that was killed, so that whatever is leased afterwards is a test's own."""
        for queue in QUEUES:
            await self.database.execute(
                f"UPDATE {queue} SET lease_token = NULL, due_at = now() WHERE lease_token IS NOT NULL"  # noqa: S608 - a constant
            )


async def _open_endpoint(town: Town, url: str) -> None:
    content = {
        "organization": {"id": town.planted.distributor_id},
        "url": url,
        "eventTypes": ["order.*", "order_form.*", "subscription.*", "instance.*", "credentials.*"],
        "idempotencyKey": "endpoint",
    }
    answer = await town.api.ask(town.planted.distributor_token, _ENDPOINT, {"input": content})
    assert answer["__typename"] == "CreateWebhookEndpointSuccess", answer
    town.mailbox.secret = answer["secret"]


@asynccontextmanager
async def open_town(
    addresses: bootstrap.Addresses, planted: Planted, folder: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Town]:
    """Start the API on a planted database; a worker is the test's own to start. `settings` are further variables."""
    mailbox, port = Mailbox(), free_port()
    async with AsyncExitStack() as stack:
        sandbox = create_sandbox(SECRET, settings=SandboxSettings(work_seconds=0.1))
        sandbox_url = await stack.enter_async_context(serving(sandbox))
        mailbox_url = await stack.enter_async_context(serving(mailbox.app()))
        api_url = f"http://127.0.0.1:{port}"
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=api_url, timeout=15, trust_env=False))
        database = await stack.enter_async_context(asyncpg.create_pool(addresses.database_url, min_size=1, max_size=4))
        provisioners = [
            {"key": kind, "kind": kind, "base_url": f"{sandbox_url}/{kind}", "secret": SECRET}
            for kind in ("cloud", "saas", "voice")
        ]
        environment = {
            "PROVENDER_DATA_DIR": str(folder / "data"),
            "PROVENDER_PORT": str(port),
            "PROVENDER_PUBLIC_URL": api_url,
            "PROVENDER_PROVISIONERS": json.dumps(provisioners),
            "PROVENDER_WORKER_POLL_SECONDS": "0.2",
            "PROVENDER_DATABASE_POOL_SIZE": "5",
        }
        household = Household(addresses, folder / "logs", environment | dict(settings or {}))
        stack.callback(household.close)
        town = Town(household, planted, database, Api(client), api_url, sandbox_url, mailbox)
        await asyncio.to_thread(town.start_api)
        await _open_endpoint(town, f"{mailbox_url}/hook")
        yield town
