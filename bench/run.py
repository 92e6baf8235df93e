"""`make bench`: measures each workload beside its floor, in one run, and prints the table."""

import asyncio
import json
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
from cryptography.fernet import Fernet
from rich.console import Console
from rich.table import Table

import bootstrap
from bench.dataset import Loaded, Size, load
from bench.load import Measured, encode, measure
from domain.access.actions import create_api_token
from domain.access.permissions import GRANTABLE
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.ids import decode
from domain.shared.tenancy import Scope
from household import Household, database_at, free_port
from seeding import Planted, seed
from settings import Settings

SERVER_CORE: Final = "0"
LOAD_CORE: Final = "1"
SECONDS: Final = float(os.environ.get("BENCH_SECONDS", "8"))
LINE_FIELDS: Final = "lines { id quantity state unitPrice { amount } price { amount } cost { amount } }"
ORDER_FIELDS: Final = (
    "id number state salesModel cycleMultiplier currency autoRenew subscriptionReference createdAt submittedAt "
    f"price {{ amount }} cost {{ amount }} {LINE_FIELDS}"
)
LIST: Final = f"query Orders {{ orders(first: 50) {{ nodes {{ {ORDER_FIELDS} }} pageInfo {{ endCursor }} }} }}"
SINGLE: Final = f"query Order($id: ID!) {{ order(id: $id) {{ {ORDER_FIELDS} }} }}"
PLACE: Final = """
mutation Place($input: PlaceOrderInput!) { placeOrder(input: $input) {
  ... on PlaceOrderSuccess { order { id number state price { amount } } } ... on Error { code message } } }
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One workload: what was measured, its floor, and the server's CPU milliseconds a request."""

    name: str
    ours: Measured
    floor: Measured
    cpu_ms: float
    must: float
    aim: float

    @property
    def ratio(self) -> float:
        """Our rate as a share of the floor's."""
        return self.ours.rate / self.floor.rate if self.floor.rate else 0.0


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the workloads run: the two servers, what they hold, who asks."""

    house: Household
    ports: dict[str, int]
    planted: Planted
    loaded: Loaded
    token: str


def _graphql(query: str, variables: dict[str, object] | None, token: str) -> bytes:
    body = json.dumps({"query": query, "variables": variables}).encode()
    return encode("/graphql", body, token)


def _floor(path: str, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-length: 2\r\n{lines}\r\n{{}}".encode()


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _one(ground: Ground, name: str, requests: list[bytes], floor: list[bytes], goals: tuple[float, float]) -> Row:
    floor_measured = await measure(
        ground.ports["floor"], lambda n: floor[n % len(floor)], connections=8, seconds=SECONDS
    )
    pid = ground.house.children["api"].pid
    before, asked = _cpu_seconds(pid), 0

    def request(n: int) -> bytes:
        nonlocal asked
        asked = n
        return requests[n % len(requests)]

    ours = await measure(ground.ports["api"], request, connections=8, seconds=SECONDS)
    cpu_ms = (_cpu_seconds(pid) - before) / max(asked, 1) * 1000
    if ours.refused:
        raise SystemExit(f"{name}: {ours.refused} requests were refused, such as {ours.sample[:500]!r}")
    return Row(name, ours, floor_measured, cpu_ms, *goals)


async def _workloads(ground: Ground) -> list[Row]:
    scope = Scope(ground.loaded.partner_scope)
    bounds = {"x-low": scope.lower, "x-high": scope.upper}
    ids = ground.loaded.order_ids
    rows = [
        await _one(
            ground, "list of 50 orders", [_graphql(LIST, None, ground.token)], [_floor("/list", bounds)], (0.55, 0.8)
        ),
        await _one(
            ground,
            "single order",
            [_graphql(SINGLE, {"id": order_id}, ground.token) for order_id in ids],
            [_floor("/single", {"x-id": str(decode("Order", order_id)), **bounds}) for order_id in ids],
            (0.40, 0.55),
        ),
    ]
    planted = ground.planted
    cloud = {"dataLocation": "eu-central", "domain": "bench.example", "adminUsername": "admin"}
    lines = [
        {"planId": planted.plans["cloud-workspace/business"], "quantity": 25, "parameters": cloud},
        {"planId": planted.plans["cloud-workspace/starter"], "quantity": 5, "parameters": cloud},
        {"planId": planted.plans["team-insights/professional"], "quantity": 3, "parameters": {"companyName": "B"}},
    ]
    base = {"customer": {"id": planted.customer_id}, "salesModel": "YEARLY", "lines": lines}
    run = bootstrap.new_id().hex
    places = [
        _graphql(PLACE, {"input": {**base, "idempotencyKey": f"{run}{n}"}}, planted.partner_token)
        for n in range(int(3000 * SECONDS))
    ]
    customer = str(decode("Organization", planted.customer_id))
    plan = str(decode("Plan", planted.plans["cloud-workspace/business"]))
    floor = [_floor("/place", {"x-customer": customer, "x-plan": plan})]
    rows.append(await _one(ground, "placeOrder, 3 lines", places, floor, (0.25, 0.4)))
    return rows


async def _partner_token(addresses: bootstrap.Addresses, loaded: Loaded) -> str:
    kind, token = OrganizationKind.PARTNER, bootstrap.new_token()
    async with bootstrap.database(addresses, 2):
        actor = Actor(
            "bench", loaded.partner_id, kind, Scope(loaded.partner_scope), GRANTABLE[kind], bootstrap.utc_now(),
            bootstrap.new_id,
        )  # fmt: skip
        await create_api_token(
            actor, organization_id=loaded.partner_id, name="bench", permissions=actor.permissions, expires_at=None,
            token=token,
        )  # fmt: skip
    return token


async def _prepare(servers: bootstrap.Addresses) -> tuple[bootstrap.Addresses, Planted, Loaded, str]:
    connection = await asyncpg.connect(servers.database_url)
    await connection.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
    await connection.execute("CREATE DATABASE bench")
    await connection.close()
    addresses = bootstrap.Addresses(database_at(servers.database_url, "bench"), servers.redis_url)
    planted = await seed(addresses)
    orders = int(os.environ.get("BENCH_ORDERS", "100000"))
    loaded = await load(addresses.database_url, Size(organizations=1000, orders=orders))
    return addresses, planted, loaded, await _partner_token(addresses, loaded)


def _print(rows: list[Row]) -> None:
    table = Table(title="requests/s, one server process, 8 connections")
    for heading in ("workload", "floor/s", "ours/s", "ratio", "must", "aim", "p50 ms", "p99 ms", "CPU ms"):
        table.add_column(heading, justify="left" if heading == "workload" else "right")
    for row in rows:
        style = "green" if row.ratio >= row.must else "red"
        table.add_row(
            row.name, f"{row.floor.rate:,.0f}", f"{row.ours.rate:,.0f}", f"[{style}]{row.ratio:.2f}[/]",
            f"{row.must:.2f}", f"{row.aim:.2f}", f"{row.ours.p50_ms:.1f}", f"{row.ours.p99_ms:.1f}",
            f"{row.cpu_ms:.2f}",
        )  # fmt: skip
    Console(width=120).print(table)


def main() -> None:
    """Load the data, start the servers on one core, load them from the other."""
    os.sched_setaffinity(0, {int(LOAD_CORE)})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="provender-bench-")))
        servers = bootstrap.open_servers(Settings(data_dir=folder), stack)
        addresses, planted, loaded, token = asyncio.run(_prepare(servers))
        ports = {"api": free_port(), "floor": free_port()}
        environment = {
            "PROVENDER_ENVIRONMENT": "production",
            "PROVENDER_SECRET_KEYS": json.dumps([Fernet.generate_key().decode()]),
            "PROVENDER_PORT": str(ports["api"]),
            # The limits work as ever; one token asks for what thousands would.
            "PROVENDER_COST_MAXIMUM": "2000000000",
            "PROVENDER_COST_RESTORE_PER_SECOND": "1000000000",
        }
        house = Household(addresses, folder / "logs", environment)
        stack.callback(house.close)
        house.start("api", ["serve"])
        floor = ["-m", "uvicorn", "bench.floors:create_app", "--factory", "--port", str(ports["floor"]),
                 "--log-level", "warning", "--no-access-log"]  # fmt: skip
        house.spawn("floor", [sys.executable, *floor])
        for name, port in ports.items():
            os.sched_setaffinity(house.children[name].pid, {int(SERVER_CORE)})
            house.await_port(name, port)
        _print(asyncio.run(_workloads(Ground(house, ports, planted, loaded, token))))


if __name__ == "__main__":
    main()
