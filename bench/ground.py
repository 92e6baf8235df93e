"""Where the workloads run: servers, planted databases, the processes under test on cores of their own."""

import json
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg
from cryptography.fernet import Fernet

import bootstrap
from bench.dataset import Loaded, Size, load
from bench.machine import cpu_seconds, on_cores
from domain.access.actions import create_api_token
from domain.access.permissions import GRANTABLE
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.tenancy import Scope
from household import Household, database_at, free_port
from seeding import Planted, seed

ORGANIZATIONS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured, and where: `seconds` a round, `rounds` of ours and the floor's by turns."""

    seconds: float
    rounds: int
    orders: int
    server_cores: frozenset[int]
    load_cores: frozenset[int]
    organizations: int = 1_000_000  # of the search box; five numbers each
    renewals: int = 20_000  # that are due at once


@dataclass(frozen=True, slots=True)
class Bench:
    """One run: the servers it has, a folder for logs, and the key that its processes share."""

    servers: bootstrap.Addresses
    folder: Path
    options: Options
    secret_key: str = field(default_factory=lambda: Fernet.generate_key().decode(), repr=False)

    def spawn(self, house: Household, name: str, command: Sequence[str], environment: Mapping[str, str]) -> int:
        """Start a process under test on the servers' cores; answers its id. `command` is what follows `python -m`."""
        with on_cores(self.options.server_cores):
            house.spawn(name, [sys.executable, "-m", *command], environment)
        return house.children[name].pid

    @contextmanager
    def household(self, addresses: bootstrap.Addresses) -> Iterator[Household]:
        """Processes in production settings; they stop with the block."""
        environment = {
            "PROVENDER_ENVIRONMENT": "production",
            "PROVENDER_SECRET_KEYS": json.dumps([self.secret_key]),
            # The limits work as ever; one token asks for what thousands would.
            "PROVENDER_COST_MAXIMUM": "2000000000",
            "PROVENDER_COST_RESTORE_PER_SECOND": "1000000000",
        }
        house = Household(addresses, self.folder / "logs", environment)
        try:
            yield house
        finally:
            house.close()

    @asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[tuple[bootstrap.Addresses, Planted]]:
        """A database with the planted story in it, for as long as the block runs."""
        connection = await asyncpg.connect(self.servers.database_url)
        try:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await connection.execute(f'CREATE DATABASE "{name}"')
            addresses = bootstrap.Addresses(database_at(self.servers.database_url, name), self.servers.redis_url)
            yield addresses, await seed(addresses)
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        finally:
            await connection.close()


@dataclass(frozen=True, slots=True)
class Fleet:
    """Like processes, each on a port of its own."""

    pids: Sequence[int]
    ports: Sequence[int]

    def cpu_seconds(self) -> float:
        """What all of them have used so far."""
        return sum(cpu_seconds(pid) for pid in self.pids)


@dataclass(frozen=True, slots=True)
class Rows:
    """A loaded database and who asks: `token` is that of a partner with customers."""

    bench: Bench
    addresses: bootstrap.Addresses
    planted: Planted
    loaded: Loaded
    orders: int
    token: str


@dataclass(frozen=True, slots=True)
class Ground:
    """The API and its floor, beside each other on the same rows."""

    rows: Rows
    house: Household
    api: Fleet
    floor: Fleet

    @property
    def bench(self) -> Bench:
        """The run."""
        return self.rows.bench


@asynccontextmanager
async def open_rows(bench: Bench, orders: int) -> AsyncIterator[Rows]:
    """Load so many orders, with three lines each."""
    async with bench.database(f"provender_bench_{orders}") as (addresses, planted):
        loaded = await load(addresses.database_url, Size(organizations=ORGANIZATIONS, orders=orders))
        yield Rows(bench, addresses, planted, loaded, orders, await _partner_token(addresses, loaded))


@asynccontextmanager
async def open_ground(bench: Bench) -> AsyncIterator[Ground]:
    """The ground of most workloads: the usual rows, one process of each."""
    async with open_rows(bench, bench.options.orders) as rows:
        with open_fleets(rows, 1) as ground:
            yield ground


@contextmanager
def open_fleets(rows: Rows, processes: int) -> Iterator[Ground]:
    """Start so many processes of the API and as many of the floor, and wait until they listen."""
    with rows.bench.household(rows.addresses) as house:
        ports = [free_port() for _ in range(2 * processes)]
        pids = []
        for place, port in enumerate(ports):
            start = spawn_api if place < processes else spawn_floor
            pids.append(start(rows.bench, house, f"server-{place}", port))
        for place, port in enumerate(ports):
            house.await_port(f"server-{place}", port)
        api = Fleet(pids[:processes], ports[:processes])
        yield Ground(rows, house, api, Fleet(pids[processes:], ports[processes:]))


def spawn_api(
    bench: Bench, house: Household, name: str, port: int, environment: Mapping[str, str] | None = None
) -> int:
    """Start `provender serve`, with further variables; answers its process id."""
    return bench.spawn(house, name, ["cli", "serve"], {"PROVENDER_PORT": str(port), **(environment or {})})


def spawn_floor(bench: Bench, house: Household, name: str, port: int) -> int:
    """Start the bare Starlette that the API is held against; answers its process id."""
    options = ["--factory", "--port", str(port), "--log-level", "warning", "--no-access-log"]
    return bench.spawn(house, name, ["uvicorn", "bench.floors:create_app", *options], {})


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
