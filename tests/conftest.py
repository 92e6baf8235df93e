"""Real servers for every test: one PostgreSQL and one Redis for the run, a database of its own for each process."""

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom

import httpx
import pytest
import uvicorn
from hypothesis import settings as hypothesis_settings
from starlette.applications import Starlette

import bootstrap
from app import create_app
from integrations.embedded.postgres import Durability, start_postgres
from integrations.embedded.redis import start_redis
from seeding import Planted
from settings import Settings
from tests.blank import copy_of_blank
from tests.house import Api, plant_tree
from tests.integrations.buckets import Bucket, open_bucket
from tests.live import FRAME_BYTES_MAX

hypothesis_settings.register_profile("provender", deadline=None)
hypothesis_settings.load_profile("provender")


@pytest.fixture(scope="session")
def worker_number(worker_id: str) -> int:
    """Which of the parallel test processes this is: 0 for the only one."""
    return int(worker_id.removeprefix("gw")) + 1 if worker_id.startswith("gw") else 0


@pytest.fixture(scope="session")
def servers() -> Iterator[bootstrap.Addresses]:
    """The run's servers: those of the environment, else our own, shared by all its processes, stopped with the last."""
    folder = Path(tempfile.gettempdir()) / f"provender-tests-{os.getuid()}"
    with ExitStack() as stack:
        database_url, redis_url = os.environ.get("PROVENDER_DATABASE_URL"), os.environ.get("PROVENDER_REDIS_URL")
        if database_url is None:
            postgres = start_postgres(folder / "postgres", durability=Durability.DISPOSABLE)
            stack.callback(postgres.stop)
            database_url = postgres.dsn
        if redis_url is None:
            redis = start_redis(folder / "redis")
            stack.callback(redis.stop)
            redis_url = redis.url
        yield bootstrap.Addresses(database_url, redis_url)


async def fresh_database(servers: bootstrap.Addresses, name: str) -> bootstrap.Addresses:
    """An empty database with today's schema."""
    return bootstrap.Addresses(await copy_of_blank(servers.database_url, name), servers.redis_url)


@pytest.fixture(scope="session")
def addresses(servers: bootstrap.Addresses, worker_number: int) -> bootstrap.Addresses:
    """This process's own database, and its own numbered database of Redis."""
    name = f"test_{worker_number}_{os.getpid()}"
    made = asyncio.run(fresh_database(servers, name))
    redis_url = made.redis_url.partition("?")[0] + f"?db={worker_number % 16}"
    return bootstrap.Addresses(made.database_url, redis_url)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Development settings with a data folder of the run; walks over the whole schema select more than clients may."""
    folder, endless = tmp_path_factory.mktemp("data"), 10**9
    return Settings(
        data_dir=folder,
        database_pool_size=20,
        cost_maximum=endless,
        cost_query_cap=endless,
        cost_restore_per_second=endless,
        attempts_per_subject=10**6,
        attempts_per_address=10**6,
    )


@pytest.fixture(scope="session")
async def app(settings: Settings, addresses: bootstrap.Addresses) -> AsyncIterator[Starlette]:
    """The API application, started."""
    made = create_app(settings, addresses)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture(scope="session")
async def api_url(app: Starlette) -> AsyncIterator[str]:
    """The application behind a real socket, as `provender serve` puts it there."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_level="critical", access_log=False, ws_max_size=FRAME_BYTES_MAX)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture(scope="session")
def database(app: Starlette) -> None:
    """The application's open pool, for tests that call the domain in this process."""


@pytest.fixture
async def tree(database: None) -> Planted:
    """A fresh tree of its own: distributor, partner, customer, catalog, tokens; no other test's rows are in it."""
    return await plant_tree(str(SystemRandom().getrandbits(48)))


@pytest.fixture
async def other_tree(database: None) -> Planted:
    """A second tree beside `tree`: everything in it is foreign."""
    return await plant_tree(str(SystemRandom().getrandbits(48)))


@pytest.fixture(scope="session")
async def api(app: Starlette) -> AsyncIterator[Api]:
    """The API as its clients see it, in this process: real routes, real database, real Redis, no socket."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://provender.test") as client:
        yield Api(client)


@pytest.fixture
async def bucket(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bucket]:
    """A bucket of a test's own, which the environment names."""
    async with open_bucket(monkeypatch) as made:
        yield made
