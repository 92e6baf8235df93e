"""Deliveries: signed, attempted by the schedule, logged each time, and ended when they should be."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.catalog.models import SalesModel
from domain.orders.rules import OrderDraft
from domain.orders.saving import create_order
from domain.shared import database
from domain.shared.ids import decode, encode
from domain.webhooks.actions import EndpointDraft, create_endpoint, delete_endpoint
from domain.webhooks.claiming import settle
from domain.webhooks.rules import RETRY_AFTER
from domain.webhooks.sending import fan_out
from integrations.webhooks.signing import new_secret
from jobs.webhooks import attempt, deliver
from tests.house import written
from tests.integrations.peers import until
from tests.integrations.sandboxes import serving
from tests.jobs.bench import Bench

SECRET = new_secret(b"a secret of this endpoint alone!")
OLD_SECRET = new_secret(b"the secret that it had before it")


@dataclass(slots=True)
class Receiver:
    """Answers what it is told to; keeps what it got."""

    url: str = ""
    answer: Response = field(default_factory=lambda: Response(status_code=204))
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    seconds: float = 0.0

    async def receive(self, request: Request) -> Response:
        """One delivery."""
        self.got.append((dict(request.headers), await request.body()))
        await asyncio.sleep(self.seconds)
        return self.answer


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver on a real socket."""
    made = Receiver()
    async with serving(Starlette(routes=[Route("/hook", made.receive, methods=["POST"])])) as url:
        made.url = f"{url}/hook"
        yield made


async def endpoint(bench: Bench, url: str, *, organization_id: str | None = None) -> UUID:
    """An endpoint for new drafts."""
    owner = decode("Organization", organization_id or bench.tree.partner_id)
    draft = EndpointDraft(owner, url, ["order.created"], "", [])
    return await create_endpoint(bench.actor(), draft, secret_sealed=bench.shop.vault.seal(SECRET))


async def one_delivery(bench: Bench) -> Any:
    """Save a draft, carry its event, and claim the one delivery that comes of it."""
    customer_id = decode("Organization", bench.tree.customer_id)
    draft = OrderDraft(customer_id, [], SalesModel.MONTHLY, 1, True, None)
    await written(lambda writes: create_order(bench.actor(), draft, writes))
    while events := await bench.claim("events"):
        await bench.pump("events").act(bench.shop, events)
    (row,) = await bench.claim("webhook_deliveries")
    return row


async def delivery(row: Any) -> Any:
    """The delivery as it is now."""
    return await database.fetch_row("SELECT * FROM webhook_deliveries WHERE id = $1", row["id"])


async def attempts(row: Any) -> list[Any]:
    """Its log."""
    return await database.fetch("SELECT * FROM webhook_attempts WHERE delivery_id = $1 ORDER BY number, at", row["id"])


async def next_attempt(bench: Bench, row: Any) -> Any:
    """Let the time of the next attempt come, and make it."""
    due_at = (await delivery(row))["due_at"]
    bench.clock.ahead += due_at - bench.clock.now() + timedelta(milliseconds=1)
    (again,) = await bench.claim("webhook_deliveries")
    await deliver(bench.shop, again)
    return await delivery(row)


async def test_what_is_taken_is_delivered_once_and_verifies(bench: Bench, receiver: Receiver) -> None:
    """2xx ends it, settled twice, too; the official verifier accepts it, the id in header and body is the event's."""
    await endpoint(bench, receiver.url)
    row = await one_delivery(bench)
    settlement = await attempt(bench.shop, row)
    assert [await settle([settlement]), await settle([settlement])] == [1, 0]
    now = await delivery(row)
    assert (now["state"], now["due_at"], now["lease_token"]) == ("DELIVERED", None, None)
    ((headers, body),) = receiver.got
    event = Webhook(SECRET).verify(body, headers)
    assert headers["webhook-id"] == event["id"] == encode("Event", row["event_id"])
    assert event["type"] == "order.created"
    bench.clock.pass_by(days=9)
    assert await bench.claim("webhook_deliveries") == []


async def test_fanning_an_event_out_twice_makes_one_delivery(bench: Bench, receiver: Receiver) -> None:
    """The outbox may carry an event twice: its endpoint still has one delivery of it."""
    await endpoint(bench, receiver.url)
    row = await one_delivery(bench)
    events = await database.fetch("SELECT * FROM events WHERE id = $1", row["event_id"])
    for _ in range(2):
        await fan_out(bench.actor(), events)
    found = await database.fetch_value("SELECT count(*) FROM webhook_deliveries WHERE event_id = $1", row["event_id"])
    assert found == 1


async def test_ten_attempts_are_made_by_the_schedule_under_one_id(bench: Bench, receiver: Receiver) -> None:
    """An endpoint that never takes it gets ten attempts over more than 60 h at the least jitter, then it is FAILED."""
    await endpoint(bench, receiver.url)
    receiver.answer = Response("out of order", status_code=500)
    row = await one_delivery(bench)
    began = bench.clock.now()
    await deliver(bench.shop, row)
    for pause in RETRY_AFTER:
        waiting = await delivery(row)
        assert waiting["state"] == "PENDING"
        ahead = waiting["due_at"] - bench.clock.now()
        assert pause * 0.79 <= ahead <= pause * 1.2
        await next_attempt(bench, row)
    ended = await delivery(row)
    assert (ended["state"], ended["due_at"], ended["attempts"]) == ("FAILED", None, 10)
    assert bench.clock.now() - began > timedelta(hours=75) * 0.8
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {encode("Event", row["event_id"])}
    assert [attempt["number"] for attempt in await attempts(row)] == list(range(1, 11))


async def test_each_attempt_is_signed_anew(bench: Bench, receiver: Receiver) -> None:
    """The timestamp of a retry is its own, so that receivers that refuse old messages take it."""
    await endpoint(bench, receiver.url)
    receiver.answer = Response(status_code=500)
    row = await one_delivery(bench)
    await deliver(bench.shop, row)
    await next_attempt(bench, row)
    first, second = (int(headers["webhook-timestamp"]) for headers, _ in receiver.got)
    assert second - first >= 4


@pytest.mark.parametrize(
    ("answer", "error", "at_least_seconds"),
    [
        (Response(status_code=429, headers={"retry-after": "90"}), "throttled", 90),
        (Response(status_code=503, headers={"retry-after": "3600"}), "unavailable", 3600),
        (Response(status_code=503, headers={"retry-after": "999999999"}), "unavailable", 86_400),
        (Response(status_code=503, headers={"retry-after": "soon"}), "unavailable", 4),
        (Response(status_code=503, headers={"retry-after": "0"}), "unavailable", 4),
        (Response(status_code=500, headers={"retry-after": "90"}), "server_error", 4),
        (Response(status_code=302, headers={"location": "/elsewhere"}), "redirect", 4),
        (Response(status_code=404), "client_error", 4),
    ],
)
async def test_refusals_are_retried_and_retry_after_is_honoured(
    bench: Bench, receiver: Receiver, answer: Response, error: str, at_least_seconds: float
) -> None:
    """429 and 503 may ask for a later time, up to a day; nothing asks for an earlier one."""
    await endpoint(bench, receiver.url)
    receiver.answer = answer
    row = await one_delivery(bench)
    await deliver(bench.shop, row)
    now = await delivery(row)
    assert now["state"] == "PENDING"
    ahead = (now["due_at"] - bench.clock.now()).total_seconds()
    assert at_least_seconds - 1 <= ahead <= max(at_least_seconds, 6)
    (attempt,) = await attempts(row)
    assert (attempt["error"], attempt["status"]) == (error, answer.status_code)
    assert len(receiver.got) == 1


async def test_an_endpoint_that_is_gone_is_not_tried_again(bench: Bench, receiver: Receiver) -> None:
    """410 ends the delivery at its first attempt."""
    await endpoint(bench, receiver.url)
    receiver.answer = Response(status_code=410)
    row = await one_delivery(bench)
    await deliver(bench.shop, row)
    now = await delivery(row)
    assert (now["state"], now["due_at"]) == ("FAILED", None)
    assert [attempt["error"] for attempt in await attempts(row)] == ["gone"]


async def test_no_answer_is_an_attempt_too(bench: Bench, receiver: Receiver) -> None:
    """Nobody listens, or nobody answers in time: logged with its error and without a status."""
    await endpoint(bench, "http://127.0.0.1:9/hook")
    row = await one_delivery(bench)
    await deliver(bench.shop, row)
    (attempt,) = await attempts(row)
    assert (attempt["status"], attempt["response_head"] != "") == (None, True)
    assert attempt["error"]
    assert (await delivery(row))["state"] == "PENDING"


async def test_an_attempt_is_logged_as_it_went(bench: Bench, receiver: Receiver) -> None:
    """Headers as sent, status, the first 4 KiB of the answer, time and duration."""
    await endpoint(bench, receiver.url)
    receiver.answer = Response("é\0" + "x" * 100_000, status_code=500)
    row = await one_delivery(bench)
    await deliver(bench.shop, row)
    (attempt,) = await attempts(row)
    assert attempt["request_headers"]["webhook-id"] == encode("Event", row["event_id"])
    assert attempt["request_headers"]["webhook-signature"].startswith("v1,")
    assert attempt["response_head"].startswith("éxxx")
    assert len(attempt["response_head"].encode()) <= 4096
    assert attempt["duration_ms"] >= 0
    assert abs(attempt["at"] - bench.clock.now()) < timedelta(seconds=10)


async def test_a_delivery_that_outlived_its_lease_is_logged_and_leaves_the_state_alone(
    bench: Bench, receiver: Receiver
) -> None:
    """Two workers attempt it: both attempts are in the log, the new holder's outcome stands."""
    await endpoint(bench, receiver.url)
    old = await one_delivery(bench)
    bench.clock.pass_by(seconds=61)
    (new,) = await bench.claim("webhook_deliveries")
    receiver.answer = Response(status_code=500)
    await deliver(bench.shop, old)
    assert (await delivery(old))["lease_token"] == new["lease_token"]
    receiver.answer = Response(status_code=204)
    await deliver(bench.shop, new)
    assert (await delivery(old))["state"] == "DELIVERED"
    assert [attempt["number"] for attempt in await attempts(old)] == [1, 2]


async def test_an_endpoint_deleted_while_a_delivery_is_under_way_gets_no_more(bench: Bench, receiver: Receiver) -> None:
    """The attempt that runs is logged; the delivery was given up and stays so."""
    endpoint_id = await endpoint(bench, receiver.url)
    receiver.seconds, receiver.answer = 0.2, Response(status_code=500)
    row = await one_delivery(bench)
    running = asyncio.create_task(deliver(bench.shop, row))
    await until(lambda: bool(receiver.got))
    await delete_endpoint(bench.actor(), endpoint_id)
    await running
    now = await delivery(row)
    assert (now["state"], now["due_at"], now["lease_token"]) == ("FAILED", None, None)
    assert len(await attempts(row)) == 1


async def test_a_delivery_made_while_its_endpoint_is_deleted_is_not_sent(bench: Bench, receiver: Receiver) -> None:
    """A delivery that slipped in beside the deletion ends without an attempt."""
    endpoint_id = await endpoint(bench, receiver.url)
    row = await one_delivery(bench)
    await database.execute("UPDATE webhook_endpoints SET deleted_at = now() WHERE id = $1", endpoint_id)
    bench.clock.pass_by(seconds=61)
    assert await bench.claim("webhook_deliveries") == []
    assert (await delivery(row))["state"] == "FAILED"
    assert receiver.got == []


async def test_a_deleted_endpoint_gets_no_new_deliveries(bench: Bench, receiver: Receiver) -> None:
    """Its past deliveries stay in the log; events from then on make none."""
    endpoint_id = await endpoint(bench, receiver.url)
    await delete_endpoint(bench.actor(), endpoint_id)
    with pytest.raises(ValueError, match="not enough values"):
        await one_delivery(bench)


async def test_the_previous_secret_signs_until_its_time_is_over(bench: Bench, receiver: Receiver) -> None:
    """During the overlap both secrets verify; afterwards only the new one does."""
    endpoint_id = await endpoint(bench, receiver.url)
    sql = "UPDATE webhook_endpoints SET previous_secret_sealed = $2, previous_secret_until = $3 WHERE id = $1"
    overlap_end = bench.clock.now() + timedelta(minutes=1)
    await database.execute(sql, endpoint_id, bench.shop.vault.seal(OLD_SECRET), overlap_end)
    await deliver(bench.shop, await one_delivery(bench))
    bench.clock.pass_by(minutes=2)
    await deliver(bench.shop, await one_delivery(bench))
    (during, body), (after, _) = receiver.got
    for secret in (SECRET, OLD_SECRET):
        Webhook(secret).verify(body, during)
    assert [len(headers["webhook-signature"].split()) for headers in (during, after)] == [2, 1]


async def test_each_tier_receives_its_own_amounts(bench: Bench, receiver: Receiver) -> None:
    """One event, three endpoints: the partner has a cost and a price, and the customer never sees that cost."""
    tree = bench.tree
    for who in (tree.distributor_id, tree.partner_id, tree.customer_id):
        await endpoint(bench, receiver.url, organization_id=who)
    await bench.place()
    await bench.work()
    amounts = []
    for headers, body in receiver.got:
        data = Webhook(SECRET).verify(body, headers)["data"]
        amounts.append(tuple(None if data[name] is None else data[name]["amount"] for name in ("price", "cost")))
    assert sorted(amounts, key=str) == [("3220.00", None), ("3622.64", "3220.00"), ("3622.64", None)]
