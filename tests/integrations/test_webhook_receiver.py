"""The receiver that demos and tests run as a process of its own."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from integrations.http.client import HttpClient
from integrations.http.guard import EgressPolicy
from integrations.webhooks.receiver import BODY_LIMIT_BYTES, create_receiver
from integrations.webhooks.sender import OutgoingWebhook, Verdict, WebhookSender
from integrations.webhooks.signing import headers, new_secret

SECRET = new_secret(b"r" * 32)
OTHER_SECRET = new_secret(b"s" * 32)
BODY = b'{"type":"order.created","id":"evt_1"}'
ROOT = Path(__file__).parents[2]

PROGRAM = """
import socket, sys, uvicorn
from integrations.webhooks.receiver import create_receiver
config = uvicorn.Config(create_receiver(sys.argv[1], print), log_level="warning")
uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[2]))])
"""


@pytest.fixture
def receiver_url() -> Iterator[str]:
    """Run the receiver in its own process, on a socket that listens before the process is up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, SECRET, str(listener.fileno())],
            cwd=ROOT,
            pass_fds=[listener.fileno()],
            stdout=subprocess.DEVNULL,
        )
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        process.terminate()
        process.wait(10)


async def test_deliveries_arrive_once_across_processes(receiver_url: str) -> None:
    """Signed by ours, verified by the official package in another process, listed once with its attempts."""
    http = HttpClient(EgressPolicy(allow_http=True, allow_private=True), "Provender/test")
    sender = WebhookSender(http)

    async def deliver(message_id: str, secrets: list[str]) -> Verdict:
        webhook = OutgoingWebhook(f"{receiver_url}/webhooks", secrets, message_id, int(time.time()), BODY)
        return (await sender.send(webhook)).verdict

    assert await deliver("evt_1", [SECRET]) is Verdict.DELIVERED
    assert await deliver("evt_1", [OTHER_SECRET, SECRET]) is Verdict.DELIVERED
    assert await deliver("evt_2", [OTHER_SECRET, SECRET]) is Verdict.DELIVERED
    assert await deliver("evt_3", [OTHER_SECRET]) is Verdict.FAILED
    answer = await http.fetch(
        httpx.Request("GET", f"{receiver_url}/deliveries"), deadline_seconds=5, read_limit_bytes=10_000
    )
    await http.aclose()
    event = {"type": "order.created", "id": "evt_1"}
    assert httpx.Response(200, content=answer.body).json() == {
        "refused": 1,
        "deliveries": [{"id": "evt_1", "attempts": 2, "event": event}, {"id": "evt_2", "attempts": 1, "event": event}],
    }


class Events(list[Mapping[str, object]]):
    """A handler that keeps what it gets, and breaks for the first `failures` events."""

    def __init__(self, failures: int = 0) -> None:
        super().__init__()
        self._failures = failures

    async def __call__(self, event: Mapping[str, object]) -> None:
        """Handle one event as a coroutine."""
        await asyncio.sleep(0)
        if self._failures:
            self._failures -= 1
            raise RuntimeError("broken handler")
        self.append(event)


def client_of(events: Events, *, kept_deliveries: int = 10) -> httpx.AsyncClient:
    app = create_receiver(SECRET, events, kept_deliveries=kept_deliveries)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://receiver")


async def post(client: httpx.AsyncClient, body: bytes, message_id: str = "evt_1", **changes: str) -> int:
    signed = headers([SECRET], body, message_id=message_id, timestamp=int(time.time()))
    return (await client.post("/webhooks", content=body, headers=signed | changes)).status_code


@pytest.mark.parametrize(
    ("body", "changes", "status"),
    [
        (BODY, {"webhook-signature": "v1,AAAA"}, 400),
        (BODY, {"webhook-signature": "nonsense"}, 400),
        (BODY, {"webhook-signature": "v1,#"}, 400),
        (BODY, {"webhook-timestamp": "1614265330"}, 400),
        (BODY, {"webhook-id": ""}, 400),
        (b"not json", {}, 400),
        (b'["not an object"]', {}, 400),
        (b"x" * (BODY_LIMIT_BYTES + 1), {}, 413),
    ],
)
async def test_what_is_refused(body: bytes, changes: dict[str, str], status: int) -> None:
    """Forged, old, broken and oversized deliveries are refused and handled by nobody."""
    events = Events()
    async with client_of(events) as client:
        assert await post(client, body, **changes) == status
        assert (await client.get("/deliveries")).json() == {"refused": 1, "deliveries": []}
    assert not events


async def test_a_handler_that_breaks_gets_the_event_again() -> None:
    """An event counts as taken only when it was handled."""
    events = Events(failures=1)
    async with client_of(events) as client:
        assert await post(client, BODY) == 500
        assert await post(client, BODY) == 204
        assert await post(client, BODY) == 204
    assert len(events) == 1


async def test_the_last_deliveries_are_kept() -> None:
    """Memory is bounded: the oldest delivery is forgotten."""
    async with client_of(Events(), kept_deliveries=2) as client:
        for index in range(4):
            await post(client, BODY, f"evt_{index}")
        listed = (await client.get("/deliveries")).json()["deliveries"]
    assert [delivery["id"] for delivery in listed] == ["evt_2", "evt_3"]
