"""A planted database to copy, and towns on copies of it, each with a Redis of its own that may be stopped."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import SystemRandom

import asyncpg
import pytest

import bootstrap
from household import database_at
from seeding import Planted
from tests.blank import copy_of_blank
from tests.processes.mailbox import Mood
from tests.processes.redises import MovableRedis
from tests.processes.town import Town, open_town, plant_story

STORY = f"story_{os.getpid()}"


def _database_url(servers: bootstrap.Addresses, name: str) -> str:
    return database_at(servers.database_url, name)


async def _run(servers: bootstrap.Addresses, *statements: str) -> None:
    connection = await asyncpg.connect(servers.database_url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def story(servers: bootstrap.Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Planted]:
    """The story planted in a database that is only ever copied."""
    yield await plant_story(await copy_of_blank(servers.database_url, STORY), tmp_path_factory.mktemp("story"))
    await _run(servers, f"DROP DATABASE {STORY} WITH (FORCE)")


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MovableRedis]:
    """A Redis for one module."""
    movable = MovableRedis(tmp_path_factory.mktemp("redis"))
    yield movable
    movable.stop()


@asynccontextmanager
async def copy_of_story(servers: bootstrap.Addresses) -> AsyncIterator[str]:
    """The URL of a database of its own with the story in it."""
    name = f"town_{SystemRandom().getrandbits(48)}"
    await _run(servers, f"CREATE DATABASE {name} TEMPLATE {STORY}")
    yield _database_url(servers, name)
    await _run(servers, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
async def module_town(
    servers: bootstrap.Addresses, story: Planted, redis: MovableRedis, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """The processes of one module."""
    folder = tmp_path_factory.mktemp("town")
    async with (
        copy_of_story(servers) as database_url,
        open_town(bootstrap.Addresses(database_url, redis.url), story, folder) as town,
    ):
        yield town


@pytest.fixture
async def redisless_town(servers: bootstrap.Addresses, story: Planted, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose Redis was never there."""
    nowhere = f"unix://{tmp_path}/no.sock?db=0"
    async with (
        copy_of_story(servers) as database_url,
        open_town(bootstrap.Addresses(database_url, nowhere), story, tmp_path) as town,
    ):
        yield town


@pytest.fixture
async def town(module_town: Town) -> AsyncIterator[Town]:
    """The module's town, calm and without a worker before and after each test."""
    module_town.mailbox.mood, module_town.mailbox.hung = Mood.OPEN, 0
    yield module_town
    module_town.mailbox.mood = Mood.OPEN
    if "worker" in module_town.household.children:
        module_town.household.kill("worker")
        await module_town.free_leases()
    if "api" not in module_town.household.children:
        module_town.start_api()
    await module_town.calm()
