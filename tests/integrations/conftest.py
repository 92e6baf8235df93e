"""A quick sandbox behind a real socket, and a connector to it."""

from collections.abc import AsyncIterator

import pytest

from integrations.http.client import HttpClient
from integrations.provisioners.http import HttpProvisioner
from integrations.provisioners.sandbox.app import create_sandbox
from tests.integrations.sandboxes import QUICK, SECRET, connect, new_http, serving


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    """The outbound client of one test."""
    client = new_http()
    yield client
    await client.aclose()


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """Where the sandbox answers."""
    async with serving(create_sandbox(SECRET, settings=QUICK)) as base_url:
        yield base_url


@pytest.fixture
def provisioner(url: str, http: HttpClient) -> HttpProvisioner:
    """A connector to the sandbox."""
    return connect(url, http)
