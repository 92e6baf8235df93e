"""The product as processes, for other people's clients to talk to: API, worker, sandbox, receiver."""

import shutil
from collections.abc import AsyncIterator

import pytest

import bootstrap
from tests.conformance.tools import NODE_MODULES, Client
from tests.integrating.conftest import running_town
from tests.processes.town import Town


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    """`make conformance` installs what package-lock.json pins; without npm there is nothing to try."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not on PATH")
    if not NODE_MODULES.is_dir():
        pytest.fail("the npm packages are not there: run `make conformance`")


@pytest.fixture(scope="session")
async def town(servers: bootstrap.Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The running product, with queries by GET on, which a part of the audit is about."""
    folder = tmp_path_factory.mktemp("conformance")
    async with running_town(servers, folder, {"PROVENDER_QUERIES_BY_GET": "true"}) as running:
        yield running


@pytest.fixture
def client(town: Town) -> Client:
    """What a client's script is told: the partner's token and the story's ids."""
    return Client(town.api_url, town.planted)
