"""The sandbox's callbacks and its door: what it sends, and whom it lets in."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import httpx
import orjson
import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integrations.provisioners.base import Succeeded
from integrations.provisioners.http import HttpProvisioner
from integrations.webhooks.signing import headers as signature_headers
from tests.integrations.sandboxes import SECRET, create, instances, now, serving, settled


@dataclass
class Inbox:
    """A receiver of callbacks that answers the given statuses in turn, then 202."""

    url: str = ""
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        """Keep headers and body."""
        self.taken.append((dict(request.headers), await request.body()))
        return Response(status_code=self.statuses.pop(0) if self.statuses else 202)

    async def until(self, count: int) -> None:
        """Wait until so many have come."""
        async with asyncio.timeout(5):
            while len(self.taken) < count:  # noqa: ASYNC110 - the inbox fills in another thread
                await asyncio.sleep(0.01)

    @property
    def message_ids(self) -> list[str]:
        """The webhook-id of each that came."""
        return [headers["webhook-id"] for headers, _ in self.taken]


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    inbox = Inbox()
    async with serving(Starlette(routes=[Route("/callbacks/unguessable", inbox.take, methods=["POST"])])) as url:
        inbox.url = f"{url}/callbacks/unguessable"
        yield inbox


async def test_the_end_of_an_operation_is_told_once_and_signed(provisioner: HttpProvisioner, inbox: Inbox) -> None:
    """A callback passes the official verifier, names the operation and carries no output."""
    request = replace(create(), callback_url=inbox.url)
    await provisioner.apply(request)
    await inbox.until(1)
    made = await settled(provisioner, request)
    assert isinstance(made, Succeeded)
    ((headers, body),) = inbox.taken
    said = Webhook(SECRET).verify(body, headers)
    assert said["data"] == {
        "instance_id": request.instance_id,
        "operation_id": request.operation_id,
        "state": "succeeded",
    }
    assert made.secrets["admin_password"].encode() not in body


async def test_a_callback_that_was_not_taken_is_repeated_as_the_same_message(
    provisioner: HttpProvisioner, inbox: Inbox
) -> None:
    """A repetition has the same id, so that it can be told from another message."""
    inbox.statuses = [500]
    await provisioner.apply(replace(create(), callback_url=inbox.url))
    await inbox.until(2)
    assert len(set(inbox.message_ids)) == 1


async def test_a_doubled_callback_has_one_id(provisioner: HttpProvisioner, inbox: Inbox) -> None:
    """`callback_twice` sends the same message twice, though the first was taken."""
    await provisioner.apply(replace(create({"sandbox": {"fault": "callback_twice"}}), callback_url=inbox.url))
    await inbox.until(2)
    assert len(set(inbox.message_ids)) == 1


async def test_a_late_callback_comes_after_the_end(provisioner: HttpProvisioner, inbox: Inbox) -> None:
    """`callback_late` tells what polling has long known."""
    late = {"fault": "callback_late", "seconds": 0.3}
    request = replace(create({"sandbox": late}), callback_url=inbox.url)
    await provisioner.apply(request)
    assert isinstance(await settled(provisioner, request), Succeeded)
    assert inbox.taken == []
    await inbox.until(1)


async def test_a_forged_callback_claims_success_and_is_told_from_a_true_one(
    provisioner: HttpProvisioner, inbox: Inbox
) -> None:
    """`callback_forged` claims success while the work goes on; its signature gives it away."""
    forged = [{"fault": "callback_forged"}, {"fault": "fail"}]
    await provisioner.apply(replace(create({"sandbox": forged}), callback_url=inbox.url))
    await inbox.until(1)
    ((headers, body),) = inbox.taken
    assert b"succeeded" in body
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, headers)


async def test_a_callback_that_never_comes_is_not_needed(provisioner: HttpProvisioner, inbox: Inbox) -> None:
    """`callback_never` leaves polling, which suffices."""
    request = replace(create({"sandbox": {"fault": "callback_never"}}), callback_url=inbox.url)
    await provisioner.apply(request)
    assert isinstance(await settled(provisioner, request), Succeeded)
    await asyncio.sleep(0.1)
    assert inbox.taken == []


@pytest.mark.parametrize("signed_for", ["get_{instance_id}_1", "put_ins_other_1", "msg_1"])
async def test_a_signature_is_good_for_its_method_and_instance_alone(url: str, signed_for: str) -> None:
    """A signed request that was overheard can't be replayed as a deletion."""
    instance_id = create().instance_id
    message_id = signed_for.format(instance_id=instance_id)
    headers = signature_headers([SECRET], b"", message_id=message_id, timestamp=int(now().timestamp()))
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.delete(f"/v1/instances/{instance_id}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")


VALID = {
    "operation_id": "pop_1",
    "action": "CREATE",
    "product": "workspace",
    "plan": "business",
    "quantity": 1,
    "parameters": {},
    "generation": 1,
    "callback_url": "https://example.com/",
    "deadline": "2100-01-01T00:00:00Z",
}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (orjson.dumps(VALID), {"idempotency-key": "pop_1"}, 202),
        (orjson.dumps(VALID), {"idempotency-key": "pop_2"}, 400),
        (orjson.dumps(VALID), {}, 400),
        (orjson.dumps({**VALID, "action": "DELETE"}), {"idempotency-key": "pop_1"}, 400),
        (orjson.dumps({**VALID, "deadline": "2100-01-01T00:00:00"}), {"idempotency-key": "pop_1"}, 400),
        (b"{}", {"idempotency-key": "pop_1"}, 400),
        (b'{"action":', {"idempotency-key": "pop_1"}, 400),
        (b"\xff", {"idempotency-key": "pop_1"}, 401),
        (b" " * (256 * 1024 + 1), {"idempotency-key": "pop_1"}, 413),
    ],
)
async def test_a_body_that_is_no_operation_is_refused(
    url: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    """What is malformed or too long changes nothing, however well it is signed."""
    instance_id = create().instance_id
    message_id = f"put_{instance_id}_1"
    signed = signature_headers([SECRET], body, message_id=message_id, timestamp=int(now().timestamp()))
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.put(f"/v1/instances/{instance_id}", content=body, headers={**signed, **headers})
    assert answer.status_code == status
    assert len(await instances(url)) == (status == 202)


async def test_a_malformed_signature_is_refused(url: str) -> None:
    """What only looks like a signature is answered like a wrong one."""
    instance_id = create().instance_id
    headers = {
        "webhook-id": f"get_{instance_id}_1",
        "webhook-timestamp": str(int(now().timestamp())),
        "webhook-signature": "v1",
    }
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.get(f"/v1/instances/{instance_id}", headers=headers)
    assert answer.status_code == 401
