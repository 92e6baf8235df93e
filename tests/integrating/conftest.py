"""The running product for the programs of docs/integrating: API, worker, sandbox."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import bootstrap
from tests.conftest import fresh_database
from tests.processes.town import Town, open_town, plant_story


@asynccontextmanager
async def running_town(
    servers: bootstrap.Addresses, folder: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Town]:
    """A town with a worker, on a freshly planted database."""
    addresses = await fresh_database(servers, f"{folder.name}_{os.getpid()}")
    planted = await plant_story(addresses.database_url, folder / "data")
    async with open_town(addresses, planted, folder, settings) as town:
        await asyncio.to_thread(town.start_worker)
        yield town


@pytest.fixture(scope="session")
async def town(servers: bootstrap.Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The running product."""
    async with running_town(servers, tmp_path_factory.mktemp("integrating")) as running:
        yield running
