"""Callbacks of provisioners: a genuine one makes us look now, any other is refused and leaves nothing behind."""

import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest

import bootstrap
from app import create_app
from domain.catalog.models import SalesModel
from domain.orders.fulfilling import start_provisioning
from domain.orders.rules import LineDraft, OrderDraft
from domain.orders.submitting import place_order
from domain.provisioning.settling import OPERATIONS_QUEUE
from domain.shared import database
from domain.shared.actor import system_actor
from domain.shared.ids import decode, encode
from integrations.webhooks.signing import headers, new_secret
from seeding import Planted
from settings import ProvisionerSettings, Settings
from tests.house import CLOUD, written

SECRET = new_secret(b"the secret of the cloud provider")
FORMER_SECRET = new_secret(b"what both had until yesterday...")
OTHER_SECRET = new_secret(b"the secret of the saas provider.")
BODY = orjson.dumps({"type": "operation.updated", "data": {"state": "succeeded"}})


@pytest.fixture
async def client(
    settings: Settings, addresses: bootstrap.Addresses, database: None
) -> AsyncIterator[httpx.AsyncClient]:
    """An API that knows two provisioners; its bell rings for nobody, which it may."""
    quiet = bootstrap.Addresses(addresses.database_url, "unix:///nowhere/redis.sock?db=0")
    provisioners = [
        ProvisionerSettings(
            key=key, kind=key, base_url="http://127.0.0.1:9", secret=secret, previous_secrets=[FORMER_SECRET]
        )
        for key, secret in (("cloud", SECRET), ("saas", OTHER_SECRET))
    ]
    app = create_app(settings.model_copy(update={"provisioners": provisioners}), quiet)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://provender.test") as made:
        yield made


@pytest.fixture
async def operation_id(tree: Planted, database: None) -> UUID:
    """An operation at the provisioner `cloud` that is looked at again in an hour."""
    actor = system_actor(bootstrap.utc_now(), bootstrap.new_id)
    lines = [LineDraft(decode("Plan", tree.plans["cloud-workspace/business"]), 1, CLOUD)]
    draft = OrderDraft(decode("Organization", tree.customer_id), lines, SalesModel.MONTHLY, 1, True, None)
    order_id = await written(lambda writes: place_order(actor, draft, writes))
    await start_provisioning(actor, order_id)
    return await _put_off(order_id)


async def _put_off(order_id: UUID) -> UUID:
    found: UUID = await database.fetch_value(
        "UPDATE provisioning_operations o SET due_at = now() + interval '1 hour' FROM instances i, subscriptions s "
        "WHERE i.id = o.instance_id AND s.id = i.subscription_id AND s.order_id = $1 RETURNING o.id",
        order_id,
    )
    return found


def address(settings: Settings, operation_id: UUID) -> str:
    """Where the provisioner was told to call."""
    name = encode("ProvisioningOperation", operation_id)
    return f"/callbacks/{name}/{bootstrap.open_vault(settings).mark(name)}"


def signed(*, secret: str = SECRET, body: bytes = BODY, age_seconds: int = 0, message_id: str = "") -> dict[str, str]:
    """The headers of a callback."""
    message_id = message_id or f"msg_{bootstrap.new_id()}"
    return headers([secret], body, message_id=message_id, timestamp=int(time.time()) - age_seconds)


async def state(operation_id: UUID) -> tuple[bool, Any, int]:
    """Whether the operation is due now, its lease, and how many callbacks are kept of it."""
    row = await database.fetch_row(
        "SELECT due_at <= now() AS is_due, lease_token, (SELECT count(*) FROM provisioner_callbacks c "
        "WHERE c.operation_id = o.id) AS callbacks FROM provisioning_operations o WHERE id = $1",
        operation_id,
    )
    assert row is not None
    return row["is_due"], row["lease_token"], row["callbacks"]


async def test_a_genuine_callback_makes_the_operation_due_now(
    client: httpx.AsyncClient, settings: Settings, operation_id: UUID
) -> None:
    """202, and the operation is looked at at once; what the message claims is not believed."""
    answer = await client.post(address(settings, operation_id), content=BODY, headers=signed())
    assert answer.status_code == 202
    assert await state(operation_id) == (True, None, 1)
    kept = await database.fetch_value("SELECT state FROM provisioning_operations WHERE id = $1", operation_id)
    assert kept == "QUEUED"


async def test_p1_the_former_secret_is_taken_while_it_is_rotated(
    client: httpx.AsyncClient, settings: Settings, operation_id: UUID
) -> None:
    """The provisioner changes to the new secret when it likes: until the old one is taken away both are good."""
    headers = signed(secret=FORMER_SECRET)
    assert (await client.post(address(settings, operation_id), content=BODY, headers=headers)).status_code == 202
    assert await state(operation_id) == (True, None, 1)


async def test_a_callback_takes_the_lease_away(
    client: httpx.AsyncClient, settings: Settings, operation_id: UUID
) -> None:
    """A worker that holds the operation may know nothing of the news: another one looks."""
    await database.execute("UPDATE provisioning_operations SET due_at = now() WHERE id = $1", operation_id)
    claimed = await OPERATIONS_QUEUE.claim(at=bootstrap.utc_now(), token=bootstrap.new_id(), limit=500)
    assert operation_id in {row["id"] for row in claimed}
    await client.post(address(settings, operation_id), content=BODY, headers=signed())
    assert await state(operation_id) == (True, None, 1)


async def test_a_doubled_message_counts_once(client: httpx.AsyncClient, settings: Settings, operation_id: UUID) -> None:
    """The same message id again: 202, so that the sender stops, and nothing more happens."""
    for _ in range(2):
        answer = await client.post(address(settings, operation_id), content=BODY, headers=signed(message_id="msg_once"))
        assert answer.status_code == 202
        await database.execute(
            "UPDATE provisioning_operations SET due_at = now() + interval '1 hour' WHERE id = $1 AND $2",
            operation_id,
            (await state(operation_id))[0],
        )
    assert await state(operation_id) == (False, None, 1)
    await database.execute("DELETE FROM provisioner_callbacks WHERE operation_id = $1", operation_id)


async def test_after_the_end_a_callback_is_harmless(
    client: httpx.AsyncClient, settings: Settings, operation_id: UUID
) -> None:
    """A finished operation stays finished: 202, and nobody looks."""
    await database.execute(
        "UPDATE provisioning_operations SET due_at = NULL, finished_at = now(), state = 'SUCCEEDED' WHERE id = $1",
        operation_id,
    )
    answer = await client.post(address(settings, operation_id), content=BODY, headers=signed())
    assert answer.status_code == 202
    assert (await state(operation_id))[0] is None


@pytest.mark.parametrize(
    ("changes", "body", "status"),
    [
        ({"secret": OTHER_SECRET}, BODY, 401),
        ({"secret": new_secret(bytes(32))}, BODY, 401),
        ({"age_seconds": 301}, BODY, 401),
        ({"age_seconds": -301}, BODY, 401),
        ({"body": b"{}"}, BODY, 401),
        ({"body": b"x" * (256 * 1024 + 1)}, b"x" * (256 * 1024 + 1), 413),
    ],
    ids=["another provisioner's", "a stranger's", "too old", "too new", "another body's", "too large"],
)
async def test_what_is_not_genuine_is_refused_and_not_kept(
    client: httpx.AsyncClient, settings: Settings, operation_id: UUID, changes: dict[str, Any], body: bytes, status: int
) -> None:
    """A wrong signature, an old or early one, or too large a body: 4xx, and nothing is stored or due."""
    answer = await client.post(address(settings, operation_id), content=body, headers=signed(**changes))
    assert answer.status_code == status
    assert await state(operation_id) == (False, None, 0)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_a_callback_without_its_headers_is_refused(
    client: httpx.AsyncClient, settings: Settings, operation_id: UUID, missing: str
) -> None:
    """All three headers are needed."""
    given = signed()
    del given[missing]
    answer = await client.post(address(settings, operation_id), content=BODY, headers=given)
    assert answer.status_code == 401
    assert await state(operation_id) == (False, None, 0)


@pytest.mark.parametrize("given", [{"webhook-timestamp": "soon"}, {"webhook-id": "a.b"}, {"webhook-signature": "v2,x"}])
async def test_malformed_headers_are_refused(
    client: httpx.AsyncClient, settings: Settings, operation_id: UUID, given: dict[str, str]
) -> None:
    """Headers that say nothing are a refusal, never an error of ours."""
    answer = await client.post(address(settings, operation_id), content=BODY, headers=signed() | given)
    assert answer.status_code == 401
    assert await state(operation_id) == (False, None, 0)


async def test_an_address_is_one_operations_own(
    client: httpx.AsyncClient, settings: Settings, operation_id: UUID
) -> None:
    """A wrong mark, another operation's mark, or none: 404, whatever the signature."""
    right = address(settings, operation_id)
    other = address(settings, bootstrap.new_id())
    name, mark = right.split("/")[2:]
    wrong = [
        f"/callbacks/{name}/{other.split('/')[3]}",
        f"/callbacks/{name}/{mark[:-1]}",
        f"/callbacks/{name}/%C3%A4",
        f"/callbacks/{name}/",
        f"/callbacks/{name}",
        f"/callbacks/nonsense/{mark}",
    ]
    for path in wrong:
        answer = await client.post(path, content=BODY, headers=signed())
        assert answer.status_code == 404, path
    assert await state(operation_id) == (False, None, 0)


async def test_a_marked_address_of_no_operation_stores_nothing(client: httpx.AsyncClient, settings: Settings) -> None:
    """An operation that does not exist has no secret that could sign for it."""
    before = await database.fetch_value("SELECT count(*) FROM provisioner_callbacks")
    answer = await client.post(address(settings, bootstrap.new_id()), content=BODY, headers=signed())
    assert answer.status_code == 401
    assert await database.fetch_value("SELECT count(*) FROM provisioner_callbacks") == before


async def test_only_posting_is_calling_back(client: httpx.AsyncClient, settings: Settings, operation_id: UUID) -> None:
    """Looking at the address does nothing."""
    assert (await client.get(address(settings, operation_id))).status_code == 405
    assert await state(operation_id) == (False, None, 0)
