"""A worker's workshop in this process: real jobs before a real sandbox and real receivers, with a clock to move."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

import bootstrap
from domain.catalog.models import SalesModel
from domain.orders.rules import LineDraft, OrderDraft
from domain.orders.submitting import place_order
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.ids import decode, encode
from integrations.doorbell import Doorbell
from integrations.provisioners.registry import ProvisionerConfig, build_registry
from integrations.provisioners.sandbox.app import SandboxSettings, create_sandbox
from integrations.vault import Vault
from integrations.webhooks.sender import WebhookSender
from jobs.bulk import bulk_pump
from jobs.outbox import outbox_pump
from jobs.provisioning import provisioning_pump
from jobs.pump import Pump
from jobs.usage import usage_pump
from jobs.webhooks import webhook_pump
from jobs.workshop import Workshop
from seeding import Planted
from tests.house import CLOUD, SAAS, NoStorage, run_jobs, written
from tests.integrations.sandboxes import SECRET, instances, new_http, serving

PUMPS = {
    "events": outbox_pump,
    "provisioning_operations": provisioning_pump,
    "webhook_deliveries": webhook_pump,
    "bulk_operations": bulk_pump,
    "usage_months": usage_pump,
}


@dataclass(slots=True)
class MovableClock:
    """The machine's time, plus what a test has let pass."""

    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """The time, UTC."""
        return bootstrap.utc_now() + self.ahead

    def pass_by(self, **duration: float) -> None:
        """Let time pass: `seconds=`, `minutes=` and so on."""
        self.ahead += timedelta(**duration)


async def clear_queues() -> None:
    """End what other tests left in the queues of this database: it is not this test's work."""
    for queue in PUMPS:
        await database.execute(f"UPDATE {queue} SET due_at = NULL WHERE due_at IS NOT NULL")  # noqa: S608 - a constant


@dataclass(slots=True)
class Bench:
    """The workshop, and what stands around it."""

    shop: Workshop
    clock: MovableClock
    sandbox_url: str
    tree: Planted

    async def work(self) -> None:
        """Run every job until nothing is due."""
        await run_jobs(self.shop)

    async def work_until(self, order_id: UUID, state: str) -> None:
        """Let time pass between the jobs' rounds until the order is in this state."""
        for _ in range(40):
            await self.work()
            if (await self.order(order_id))["state"] == state:
                return
            self.clock.pass_by(seconds=1)
            await asyncio.sleep(0.01)  # the sandbox works by the machine's own clock
        raise AssertionError(f"the order never came to {state}")

    def pump(self, queue: str) -> Pump:
        """The pump of a queue."""
        return PUMPS[queue](self.shop, 1.0)

    async def claim(self, queue: str, limit: int = 200) -> list[Any]:
        """Lease what is due in one queue, as its pump does."""
        return list(await self.pump(queue).claim(limit))

    async def place(self, *, cloud: Mapping[str, Any] | None = None) -> UUID:
        """Place the tree's order; `cloud` are further parameters of its first line, past the product's schema."""
        lines = [
            LineDraft(decode("Plan", self.tree.plans["cloud-workspace/business"]), 25, CLOUD),
            LineDraft(decode("Plan", self.tree.plans["team-insights/professional"]), 3, SAAS),
        ]
        draft = OrderDraft(decode("Organization", self.tree.customer_id), lines, SalesModel.YEARLY, 1, True, None)
        order_id = await written(lambda writes: place_order(self.actor(), draft, writes))
        if cloud:
            sql = "UPDATE order_lines SET parameters = parameters || $2::jsonb WHERE order_id = $1 AND position = 0"
            await database.execute(sql, order_id, orjson.dumps(cloud).decode())
        return order_id

    def actor(self) -> Actor:
        """The product itself, now."""
        return self.shop.actor()

    async def order(self, order_id: UUID) -> Any:
        """An order's row."""
        return await database.fetch_row("SELECT * FROM orders WHERE id = $1", order_id)

    async def operations(self, order_id: UUID) -> list[Any]:
        """The operations of an order, by line."""
        sql = (
            "SELECT o.* FROM provisioning_operations o JOIN instances i ON i.id = o.instance_id "
            "JOIN order_lines l ON l.subscription_id = i.subscription_id WHERE l.order_id = $1 ORDER BY l.position"
        )
        return await database.fetch(sql, order_id)

    async def sandbox_creations(self, order_id: UUID) -> list[int]:
        """How often the sandbox made each instance of an order; 0 for one that it does not know."""
        known = {instance["instance_id"]: instance["creations"] for instance in await instances(self.sandbox_url)}
        return [
            int(str(known.get(encode("Instance", operation["instance_id"]), 0)))
            for operation in await self.operations(order_id)
        ]

    async def events(self, order_id: UUID) -> list[str]:
        """The types of all events of an order, its subscriptions and its instances."""
        sql = (
            "SELECT type FROM events WHERE aggregate_id = $1 OR aggregate_id IN (SELECT id FROM subscriptions WHERE "
            "order_id = $1) OR aggregate_id IN (SELECT i.id FROM instances i JOIN subscriptions s "
            "ON s.id = i.subscription_id WHERE s.order_id = $1) ORDER BY type"
        )
        return [row["type"] for row in await database.fetch(sql, order_id)]


@asynccontextmanager
async def open_bench(
    tree: Planted, vault: Vault, doorbell: Doorbell, sandbox: SandboxSettings, *, attempt_seconds: float = 1.0
) -> AsyncIterator[Bench]:
    """Put up a workshop before a sandbox of its own."""
    clock = MovableClock()
    async with serving(create_sandbox(SECRET, settings=sandbox)) as url, aclosing(new_http()) as http:
        configs = [ProvisionerConfig(kind, kind, f"{url}/{kind}", (SECRET,)) for kind in ("cloud", "saas", "voice")]
        shop = Workshop(
            now=clock.now,
            new_id=bootstrap.new_id,
            vault=vault,
            doorbell=doorbell,
            sender=WebhookSender(http, attempt_seconds=attempt_seconds),
            provisioners=build_registry(configs, http=http, clock=bootstrap.utc_now),
            storage=NoStorage(),
            public_url="http://127.0.0.1:9",
        )
        await clear_queues()
        yield Bench(shop, clock, url, tree)
