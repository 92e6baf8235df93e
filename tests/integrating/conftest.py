"""The running product for the programs of docs/integrating: API, worker, sandbox."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

import bootstrap
from tests.blank import copy_of_blank
from tests.processes.town import Town, open_town, plant_story


@asynccontextmanager
async def running_town(
    servers: bootstrap.Addresses, folder: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Town]:
    """A town with a worker, on a database of its own; a copy of an empty one."""
    name = f"{folder.name}_{os.getpid()}"
    connection = await asyncpg.connect(servers.database_url)
    try:
        database_url = await copy_of_blank(servers.database_url, name)
        planted = await plant_story(database_url, folder / "data")
        addresses = bootstrap.Addresses(database_url, servers.redis_url)
        async with open_town(addresses, planted, folder, settings) as town:
            await asyncio.to_thread(town.start_worker)
            yield town
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def town(servers: bootstrap.Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The running product."""
    async with running_town(servers, tmp_path_factory.mktemp("integrating")) as running:
        yield running
