"""What the tests of the API share: a workshop that provisions at a real sandbox, and trees to be kept apart."""

from collections.abc import AsyncIterator
from random import SystemRandom
from uuid import uuid4

import pytest
from starlette.applications import Starlette

import bootstrap
from integrations.http.client import HttpClient
from integrations.provisioners.registry import ProvisionerConfig, build_registry
from integrations.provisioners.sandbox.app import create_sandbox
from integrations.storage import SignedAddresses
from integrations.webhooks.sender import WebhookSender
from jobs.workshop import Workshop
from seeding import Planted
from settings import Settings
from tests.api.impatient import open_impatient
from tests.api.worlds import World, build_world
from tests.house import Api, plant_tree
from tests.integrations.sandboxes import QUICK, SECRET, new_http, serving


@pytest.fixture(scope="session")
async def shop(app: Starlette, settings: Settings, addresses: bootstrap.Addresses) -> AsyncIterator[Workshop]:
    """What the jobs work with in this process: the application's database, and a sandbox behind a real socket."""
    http: HttpClient = new_http()
    doorbell = bootstrap.open_doorbell(addresses)
    async with serving(create_sandbox(SECRET, settings=QUICK)) as url:
        configs = [ProvisionerConfig(kind, kind, f"{url}/{kind}", (SECRET,)) for kind in ("cloud", "saas")]
        yield Workshop(
            now=bootstrap.utc_now,
            new_id=bootstrap.new_id,
            vault=(vault := bootstrap.open_vault(settings)),
            storage=bootstrap.open_storage(settings, SignedAddresses("", vault)),
            doorbell=doorbell,
            sender=WebhookSender(http),
            provisioners=build_registry(configs, http=http, clock=bootstrap.utc_now),
            public_url="http://127.0.0.1:1",
        )
        await http.aclose()
        await doorbell.aclose()


@pytest.fixture(scope="session")
async def standing(database: None) -> Planted:
    """A tree for tests that only ask, or are refused: nothing is ever written in it."""
    return await plant_tree(uuid4().hex)


@pytest.fixture(scope="session")
async def world(api: Api, shop: Workshop, database: None) -> World:
    """Two trees; in the first two partners and a sub-partner, each with a customer: all with rows of every kind."""
    tree = await plant_tree(f"{SystemRandom().getrandbits(48)}")
    other = await plant_tree(uuid4().hex)
    return await build_world(api, shop, tree, other)


@pytest.fixture(scope="session")
async def impatient_url(
    database: None, settings: Settings, addresses: bootstrap.Addresses, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """The application with small bounds on live connections, behind a real socket."""
    async with open_impatient(settings, addresses, tmp_path_factory.mktemp("impatient")) as url:
        yield url
