"""Endpoints that fail, hang or are slow: warned of, left alone, disabled, and never in the way of others."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.ids import decode, encode
from domain.webhooks.actions import EndpointDraft, create_endpoint, update_endpoint
from domain.webhooks.replaying import ReplayScope, start_replay
from integrations.webhooks.signing import new_secret
from jobs.pump import Pump
from jobs.sweeping import sweep_rows
from jobs.webhooks import sweep_webhooks
from tests.api.worlds import scope_of
from tests.integrations.sandboxes import serving
from tests.jobs.bench import Bench

SECRET = new_secret(b"a secret of this endpoint alone!")


@dataclass(slots=True)
class Receivers:
    """Receivers by path; each answers with its status, after its pause."""

    url: str = ""
    status: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    got: list[tuple[str, str]] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        """One delivery: the receiver's name and the event's id are kept."""
        name = request.path_params["name"]
        self.got.append((name, request.headers["webhook-id"]))
        await asyncio.sleep(self.seconds.get(name, 0))
        return Response(status_code=self.status.get(name, 204))


@pytest.fixture
async def receivers() -> AsyncIterator[Receivers]:
    """Receivers on a real socket."""
    made = Receivers()
    async with serving(Starlette(routes=[Route("/{name}", made.receive, methods=["POST"])])) as url:
        made.url = url
        yield made


async def endpoint(bench: Bench, receivers: Receivers, name: str, **options: Any) -> UUID:
    """An endpoint of the tree's partner for what is told of discounts, which nothing else of these tests makes."""
    owner = decode("Organization", bench.tree.partner_id)
    draft = EndpointDraft(owner, f"{receivers.url}/{name}", ["discount.*"], "", [], **options)
    return await create_endpoint(bench.actor(), draft, secret_sealed=bench.shop.vault.seal(SECRET))


async def happen(bench: Bench, count: int, *, aggregate_id: UUID | None = None) -> list[str]:
    """So many events, carried to their deliveries: their ids."""
    partner = bench.tree.partner_id
    scope = (await scope_of(partner)).path
    aggregate = aggregate_id or bench.shop.new_id()
    data = {"discount_id": encode("Discount", aggregate), "name": "x"}
    event = NewEvent(EventType.DISCOUNT_CREATED, decode("Organization", partner), scope, aggregate, data)
    await record(bench.actor(), *[event] * count)
    while events := await bench.claim("events"):
        await bench.pump("events").act(bench.shop, events)
    sql = "SELECT id FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq DESC LIMIT $2"
    return [encode("Event", row["id"]) for row in await database.fetch(sql, aggregate, count)][::-1]


async def round_of(bench: Bench, pump: Pump) -> int:
    """Claim what may be sent now and send it, as a pump does; answers how many were claimed."""
    rows = await pump.claim(200)
    await asyncio.gather(*(pump.act(bench.shop, [row]) for row in rows))
    return len(rows)


async def row_of(endpoint_id: UUID) -> Any:
    """The endpoint as it is."""
    return await database.fetch_row("SELECT * FROM webhook_endpoints WHERE id = $1", endpoint_id)


async def told(endpoint_id: UUID) -> list[tuple[str, Any]]:
    """What was told of the endpoint: type, and how far it had come."""
    sql = "SELECT type, payload FROM events WHERE aggregate_id = $1 ORDER BY aggregate_seq"
    return [
        (row["type"].partition(".")[2], row["payload"].get("percent", row["payload"].get("reason")))
        for row in await database.fetch(sql, endpoint_id)
    ]


async def owned(bench: Bench) -> None:
    """Give the tree's partner an owner."""
    partner, person = bench.tree.partner_id, bench.shop.new_id()
    address = f"owner-{partner}@people.example"
    await database.execute(
        "INSERT INTO users (id, email, email_key, name, password_hash, created_at) VALUES ($1, $2, $2, 'O', '', now())",
        person,
        address,
    )
    await database.execute(
        "INSERT INTO members (id, organization_id, user_id, scope, role, created_at) "
        "SELECT $1, id, $2, scope, 'OWNER', now() FROM organizations WHERE id = $3",
        bench.shop.new_id(),
        person,
        decode("Organization", partner),
    )


async def mails(bench: Bench) -> list[str]:
    """The templates of the mails about the tree's endpoints, in order."""
    sql = "SELECT template FROM outgoing_mails WHERE template LIKE 'webhook%' AND recipient = $1 ORDER BY id"
    return [row["template"] for row in await database.fetch(sql, f"owner-{bench.tree.partner_id}@people.example")]


async def test_p4_gone_disables_at_once_and_nothing_is_lost(bench: Bench, receivers: Receivers) -> None:
    """410 disables the endpoint, ends what waits for it, and tells; enabled again, a replay delivers all of it."""
    await owned(bench)
    endpoint_id = await endpoint(bench, receivers, "a", concurrency=1)
    receivers.status["a"] = 410
    ids = await happen(bench, 5)
    await round_of(bench, bench.pump("webhook_deliveries"))
    row = await row_of(endpoint_id)
    assert (row["enabled"], row["disabled_reason"]) == (False, "GONE")
    assert await told(endpoint_id) == [("created", None), ("disabled", "GONE")]
    assert await mails(bench) == ["webhook_disabled"]
    ids += await happen(bench, 2)
    bench.clock.pass_by(days=1)
    assert await round_of(bench, bench.pump("webhook_deliveries")) == 0
    receivers.status["a"] = 204
    receivers.got.clear()
    await update_endpoint(bench.actor(), endpoint_id, {"enabled": True})
    await start_replay(bench.actor(), endpoint_id, ReplayScope.UNDELIVERED, since=None)
    await bench.work()
    assert sorted(event for _, event in receivers.got) == sorted(ids)


async def test_p4_an_endpoint_that_only_fails_is_warned_of_and_then_disabled(
    bench: Bench, receivers: Receivers
) -> None:
    """At 25, 50 and 75 % of five days its owners are told by event and mail, once each; then it is disabled."""
    await owned(bench)
    endpoint_id = await endpoint(bench, receivers, "a")
    receivers.status["a"] = 500
    await happen(bench, 1)
    await round_of(bench, bench.pump("webhook_deliveries"))
    for _ in range(5 * 24 // 6 + 1):
        await sweep_webhooks(bench.shop)
        bench.clock.pass_by(hours=6)
    await sweep_webhooks(bench.shop)
    warnings = [("failing", 25), ("failing", 50), ("failing", 75), ("disabled", "FAILING")]
    assert await told(endpoint_id) == [("created", None), *warnings]
    assert await mails(bench) == ["webhook_failing"] * 3 + ["webhook_disabled"]
    assert not (await row_of(endpoint_id))["enabled"]


async def test_p4_one_success_begins_the_five_days_anew(bench: Bench, receivers: Receivers) -> None:
    """An endpoint that takes something is healthy, however much it failed before."""
    endpoint_id = await endpoint(bench, receivers, "a")
    receivers.status["a"] = 500
    await happen(bench, 1)
    await round_of(bench, bench.pump("webhook_deliveries"))
    assert (await row_of(endpoint_id))["failing_since"] is not None
    bench.clock.pass_by(days=4)
    receivers.status["a"] = 204
    assert await round_of(bench, bench.pump("webhook_deliveries")) == 1
    row = await row_of(endpoint_id)
    assert (row["failing_since"], row["failures"]) == (None, 0)
    bench.clock.pass_by(days=2)
    await sweep_webhooks(bench.shop)
    assert await told(endpoint_id) == [("created", None)]


async def test_p4_ten_failures_in_a_row_open_the_breaker(bench: Bench, receivers: Receivers) -> None:
    """What waits is not attempted for 30 s and loses no attempt; then one goes first, and its success lets all go."""
    endpoint_id = await endpoint(bench, receivers, "a", concurrency=5)
    receivers.status["a"] = 500
    await happen(bench, 30)
    pump = bench.pump("webhook_deliveries")
    await round_of(bench, pump)
    assert len(receivers.got) == 10
    assert await round_of(bench, pump) == 0
    bench.clock.pass_by(seconds=31)
    receivers.status["a"] = 204
    assert await round_of(bench, bench.pump("webhook_deliveries")) == 1
    assert await round_of(bench, bench.pump("webhook_deliveries")) == 10
    sql = "SELECT max(attempts) FROM webhook_deliveries WHERE endpoint_id = $1 AND state = 'PENDING'"
    assert await database.fetch_value(sql, endpoint_id) <= 2


async def test_p4_a_hanging_endpoint_delays_no_other(bench: Bench, receivers: Receivers) -> None:
    """While all that one endpoint may have under way hangs, those of another are delivered and settled."""
    hanging = await endpoint(bench, receivers, "slow", concurrency=2)
    healthy = await endpoint(bench, receivers, "fast")
    receivers.seconds["slow"] = 3
    await happen(bench, 40)
    pump = bench.pump("webhook_deliveries")
    stop = asyncio.Event()
    pumping = asyncio.create_task(pump.run(stop))
    sql = "SELECT count(*) FROM webhook_deliveries WHERE endpoint_id = $1 AND state = 'DELIVERED'"
    async with asyncio.timeout(2.5):
        while await database.fetch_value(sql, healthy) < 40:  # noqa: ASYNC110 - what is awaited is in the database
            await asyncio.sleep(0.02)
    assert await database.fetch_value(sql, hanging) == 0
    assert len([name for name, _ in receivers.got if name == "slow"]) == 2
    stop.set()
    pumping.cancel()
    await asyncio.gather(pumping, return_exceptions=True)


async def test_p4_more_is_in_hand_for_one_that_answers_at_once(bench: Bench, receivers: Receivers) -> None:
    """Twice its concurrency, and what it has just taken in a row; the first failure ends that."""
    await endpoint(bench, receivers, "a", concurrency=2)
    await happen(bench, 20)
    pump = bench.pump("webhook_deliveries")
    *first, last = await pump.claim(200)
    assert len(first) == 3
    await pump.act(bench.shop, first)
    assert len(await pump.claim(200)) + 1 == 2 * 2 + 3
    receivers.status["a"] = 500
    await pump.act(bench.shop, [last])
    assert await pump.claim(200) == []


async def test_p4_an_ordered_endpoint_gets_each_things_events_in_order(bench: Bench, receivers: Receivers) -> None:
    """An event waits for those before it of the same thing, also while one of them is tried again; others do not."""
    await endpoint(bench, receivers, "a", is_ordered=True)
    receivers.status["a"] = 500
    thing = bench.shop.new_id()
    first, second, third = await happen(bench, 3, aggregate_id=thing)
    (other,) = await happen(bench, 1)
    assert await round_of(bench, bench.pump("webhook_deliveries")) == 2
    assert {event for _, event in receivers.got} == {first, other}
    assert await round_of(bench, bench.pump("webhook_deliveries")) == 0
    receivers.status["a"] = 204
    receivers.got.clear()
    bench.clock.pass_by(seconds=10)
    for _ in range(3):
        await round_of(bench, bench.pump("webhook_deliveries"))
    assert [event for _, event in receivers.got if event != other] == [first, second, third]


async def test_p4_no_more_are_begun_than_an_endpoints_rate(bench: Bench, receivers: Receivers) -> None:
    """Three a second: the others of a burst come in the seconds that follow, without a lost attempt."""
    endpoint_id = await endpoint(bench, receivers, "a", rate_per_second=3)
    await happen(bench, 7)
    sql = "UPDATE webhook_endpoints SET tokens = 3, tokens_at = $2 WHERE id = $1"
    await database.execute(sql, endpoint_id, bench.clock.now())
    pump, taken = bench.pump("webhook_deliveries"), []
    for _ in range(3):
        await round_of(bench, pump)
        taken.append(len(receivers.got))
        bench.clock.pass_by(seconds=1)
    assert taken == [3, 6, 7]
    sql = "SELECT count(*) FROM webhook_deliveries WHERE endpoint_id = $1 AND due_at IS NOT NULL"
    assert await database.fetch_value(sql, endpoint_id) == 0


async def test_p4_attempts_are_kept_for_90_days(bench: Bench, receivers: Receivers) -> None:
    """Then they go; the delivery and how it ended stay."""
    endpoint_id = await endpoint(bench, receivers, "a")
    await happen(bench, 1)
    await round_of(bench, bench.pump("webhook_deliveries"))
    sql = (
        "SELECT d.state, count(a.id) FROM webhook_deliveries d LEFT JOIN webhook_attempts a ON a.delivery_id = d.id "
        "WHERE d.endpoint_id = $1 GROUP BY 1"
    )
    bench.clock.pass_by(days=89)
    await sweep_rows(bench.shop, ["webhook_attempts"])
    assert [tuple(row) for row in await database.fetch(sql, endpoint_id)] == [("DELIVERED", 1)]
    bench.clock.pass_by(days=2)
    await sweep_rows(bench.shop, ["webhook_attempts"])
    assert [tuple(row) for row in await database.fetch(sql, endpoint_id)] == [("DELIVERED", 0)]


async def test_p4_a_stuck_lease_is_not_settled_by_its_old_holder(bench: Bench, receivers: Receivers) -> None:
    """Settled many at once, each row still needs its own lease."""
    await endpoint(bench, receivers, "a")
    await happen(bench, 3)
    old = await bench.claim("webhook_deliveries")
    bench.clock.ahead += timedelta(seconds=61)
    (new, *_) = await bench.claim("webhook_deliveries", limit=1)
    receivers.status["a"] = 500
    pump = bench.pump("webhook_deliveries")
    await asyncio.gather(*(pump.act(bench.shop, [row]) for row in old))
    sql = "SELECT id, lease_token FROM webhook_deliveries WHERE id = ANY($1) AND lease_token IS NOT NULL"
    held = await database.fetch(sql, [row["id"] for row in old])
    assert [tuple(row) for row in held] == [(new["id"], new["lease_token"])]
