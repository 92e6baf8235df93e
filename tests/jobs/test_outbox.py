"""The outbox: every committed event is carried to our own reactions and to each endpoint that wants it, once."""

import asyncio
from contextvars import Context
from uuid import UUID

import pytest

from domain.events.actions import OUTBOX, NewEvent, record
from domain.events.types import EventType
from domain.orders.cancelling import cancel_order
from domain.orders.fulfilling import complete_line, fail_line, start_provisioning
from domain.provisioning.actions import Failure
from domain.shared import database
from domain.shared.ids import decode
from domain.webhooks.actions import EndpointDraft, create_endpoint
from jobs.outbox import carry
from seeding import Planted
from tests.jobs.bench import Bench

# Not by pg_stat_activity: a transaction sees that as it first looked at it.
_CUT_OFF_WHO_WAITS = """
SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
"""
NO_CAPACITY = Failure("no_capacity", "no capacity left")


async def endpoint(bench: Bench, organization_id: str, *event_types: str) -> UUID:
    """An endpoint that nobody listens at: only what is meant for it counts here."""
    draft = EndpointDraft(
        decode("Organization", organization_id), "http://127.0.0.1:9/hook", event_types or ("*",), "", []
    )
    return await create_endpoint(bench.actor(), draft, secret_sealed=b"sealed")


async def meant_for(endpoint_id: UUID) -> list[str]:
    """The types of the deliveries to an endpoint."""
    sql = "SELECT event_type FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY event_id"
    return [row["event_type"] for row in await database.fetch(sql, endpoint_id)]


async def asked(order_id: UUID) -> list[tuple[UUID, UUID]]:
    """(subscription, operation that is to make its instance) of an order's lines, in order."""
    sql = (
        "SELECT l.subscription_id, o.id FROM order_lines l JOIN instances i USING (subscription_id) "
        "JOIN provisioning_operations o ON o.instance_id = i.id WHERE l.order_id = $1 ORDER BY l.position"
    )
    return [(row["subscription_id"], row["id"]) for row in await database.fetch(sql, order_id)]


async def counts(order_id: UUID) -> tuple[int, int, int]:
    """How many subscriptions, instances and operations an order has."""
    sql = (
        "SELECT count(DISTINCT s.id), count(DISTINCT i.id), count(DISTINCT o.id) FROM subscriptions s "
        "LEFT JOIN instances i ON i.subscription_id = s.id "
        "LEFT JOIN provisioning_operations o ON o.instance_id = i.id WHERE s.order_id = $1"
    )
    found = await database.fetch_row(sql, order_id)
    assert found is not None
    return found[0], found[1], found[2]


async def test_carrying_an_event_twice_does_its_work_once(bench: Bench) -> None:
    """A worker that dies before it settles makes another carry the same events: nothing is made twice."""
    endpoint_id = await endpoint(bench, bench.tree.partner_id, "order.*")
    await bench.work()
    order_id = await bench.place()
    events = await bench.claim("events")
    await carry(bench.shop, events)
    await carry(bench.shop, events)
    assert await counts(order_id) == (2, 2, 2)
    assert await meant_for(endpoint_id) == ["order.created", "order.submitted", "order.approved"]
    # What the first reaction told of is one event, carried in its own turn.
    assert (await bench.events(order_id)).count("order.provisioning") == 1


async def test_two_workers_that_carry_the_same_events_at_once_do_no_harm(bench: Bench) -> None:
    """Even when a lease ran out under a slow worker, the two together make everything once."""
    endpoint_id = await endpoint(bench, bench.tree.partner_id, "order.*")
    await bench.work()
    order_id = await bench.place()
    first = await bench.claim("events")
    bench.clock.pass_by(seconds=61)
    second = await bench.claim("events")
    assert {event["id"] for event in first} == {event["id"] for event in second}
    await asyncio.gather(carry(bench.shop, first), carry(bench.shop, second))
    assert await counts(order_id) == (2, 2, 2)
    assert len(await meant_for(endpoint_id)) == 3
    assert [event["type"] for event in await bench.claim("events")] == ["order.provisioning"]


async def test_what_is_carried_is_settled(bench: Bench) -> None:
    """A carried event is not due any more, however much time passes."""
    await bench.place()
    await carry(bench.shop, await bench.claim("events"))
    assert {event["type"] for event in await bench.claim("events")} == {"order.provisioning"}


async def test_an_event_nobody_knows_holds_up_no_other(bench: Bench) -> None:
    """An event of a newer version waits for a worker that knows it; the others of its batch go on."""
    order_id = await bench.place()
    sql = "UPDATE events SET type = 'order.teleported' WHERE aggregate_id = $1 AND aggregate_seq = 1"
    await database.execute(sql, order_id)
    await bench.work()
    assert (await bench.order(order_id))["state"] == "COMPLETED"
    bench.clock.pass_by(seconds=61)
    assert [event["type"] for event in await bench.claim("events")] == ["order.teleported"]


async def test_a_reaction_that_fails_is_tried_again_with_the_next_lease(bench: Bench) -> None:
    """An event whose reaction raises is carried nowhere until its lease has run out; its neighbours are."""
    endpoint_id = await endpoint(bench, bench.tree.partner_id, "order.approved", "instance.*")
    order_id = await bench.place()
    wrong = NewEvent(
        EventType.INSTANCE_PROVISIONED,
        decode("Organization", bench.tree.customer_id),
        (await bench.order(order_id))["scope"],
        bench.shop.new_id(),
        {"subscription_id": "no id"},
    )
    async with database.transaction():
        await record(bench.actor(), wrong)
    await carry(bench.shop, await bench.claim("events"))
    assert await meant_for(endpoint_id) == ["order.approved"]
    bench.clock.pass_by(seconds=61)
    due = {event["type"]: event["attempts"] for event in await bench.claim("events")}
    assert due == {"instance.provisioned": 2, "order.provisioning": 1}
    # What is recorded in this database is held against its schemas as the run ends.
    await database.execute("DELETE FROM events WHERE aggregate_id = $1", wrong.aggregate_id)


async def test_a_reaction_that_loses_its_connection_is_tried_again_at_once(bench: Bench) -> None:
    """Nothing is wrong with its event: it waits until the database answers, not until its lease runs out."""
    order_id, stop = await bench.place(), asyncio.Event()
    async with asyncio.timeout(10):
        async with database.transaction():
            await database.fetch("SELECT FROM orders WHERE id = $1 FOR UPDATE", order_id)
            pumping = asyncio.create_task(bench.pump("events").run(stop), context=Context())
            while not await database.fetch_value(_CUT_OFF_WHO_WAITS):  # noqa: ASYNC110 - seen only there
                await asyncio.sleep(0.01)
        while await counts(order_id) != (2, 2, 2):  # noqa: ASYNC110 - what is awaited happens in the database
            await asyncio.sleep(0.01)
        stop.set()
        await pumping


async def test_each_organization_on_the_path_is_told_and_no_other(bench: Bench, other_tree: Planted) -> None:
    """Distributor, partner and customer of an order get its events; a stranger's endpoint gets none of them."""
    tree = bench.tree
    own = [await endpoint(bench, who) for who in (tree.distributor_id, tree.partner_id, tree.customer_id)]
    foreign = [await endpoint(bench, who) for who in (other_tree.distributor_id, other_tree.customer_id)]
    await bench.place()
    await carry(bench.shop, await bench.claim("events"))
    for endpoint_id in own:
        assert (await meant_for(endpoint_id))[-3:] == ["order.created", "order.submitted", "order.approved"]
    for endpoint_id in foreign:
        assert not any(name.startswith("order.") for name in await meant_for(endpoint_id))


@pytest.mark.parametrize(
    ("event_types", "expected"),
    [
        (["order.approved"], ["order.approved"]),
        (["order.*ed"], ["order.created", "order.submitted", "order.approved"]),
        (["order.approved", "order.*", "*"], ["order.created", "order.submitted", "order.approved"]),
        (["subscription.*"], []),
    ],
)
async def test_an_endpoint_gets_the_types_it_asked_for_once(
    bench: Bench, event_types: list[str], expected: list[str]
) -> None:
    """Globs that overlap still make one delivery an event."""
    endpoint_id = await endpoint(bench, bench.tree.customer_id, *event_types)
    await bench.place()
    await carry(bench.shop, [row for row in await bench.claim("events") if row["type"].startswith("order.")])
    assert await meant_for(endpoint_id) == expected


async def test_starting_an_order_twice_starts_it_once(bench: Bench) -> None:
    """One after the other or at the same time: one subscription, instance and operation a line, one event."""
    order_id = await bench.place()
    await asyncio.gather(*(start_provisioning(bench.actor(), order_id) for _ in range(8)))
    await start_provisioning(bench.actor(), order_id)
    assert await counts(order_id) == (2, 2, 2)
    assert (await bench.events(order_id)).count("order.provisioning") == 1


async def test_a_cancelled_order_is_never_started(bench: Bench) -> None:
    """The event of its approval may come late: nothing is made of a cancelled order."""
    order_id = await bench.place()
    await cancel_order(bench.actor(), order_id)
    await bench.work()
    assert await counts(order_id) == (0, 0, 0)
    assert (await bench.order(order_id))["state"] == "CANCELLED"


async def test_completing_lines_twice_completes_the_order_once(bench: Bench) -> None:
    """Every line reported twice and all at once: two activations, one completion."""
    order_id = await bench.place()
    await start_provisioning(bench.actor(), order_id)
    lines = await asked(order_id)
    await asyncio.gather(*(complete_line(bench.actor(), *line) for line in lines * 4))
    assert (await bench.order(order_id))["state"] == "COMPLETED"
    events = await bench.events(order_id)
    assert events.count("subscription.activated") == 2
    assert events.count("order.completed") == 1


async def test_failing_lines_twice_fails_the_order_once(bench: Bench) -> None:
    """Every line failed twice and all at once: one failure, with its reason."""
    order_id = await bench.place()
    await start_provisioning(bench.actor(), order_id)
    lines = await asked(order_id)
    await asyncio.gather(*(fail_line(bench.actor(), *line, NO_CAPACITY) for line in lines * 4))
    order = await bench.order(order_id)
    assert (order["state"], order["failure_code"], order["failure_reason"]) == (
        "FAILED",
        "no_capacity",
        "no capacity left",
    )
    assert (await bench.events(order_id)).count("order.failed") == 1


async def test_an_order_is_partial_when_only_some_lines_came(bench: Bench) -> None:
    """One line there and one failed, reported in either order and twice: PARTIALLY_COMPLETED, once."""
    order_id = await bench.place()
    await start_provisioning(bench.actor(), order_id)
    good, bad = await asked(order_id)
    for _ in range(2):
        await fail_line(bench.actor(), *bad, NO_CAPACITY)
        await complete_line(bench.actor(), *good)
    assert (await bench.order(order_id))["state"] == "PARTIALLY_COMPLETED"
    assert (await bench.events(order_id)).count("order.partially_completed") == 1


async def test_a_settled_event_of_a_lost_lease_stays_the_new_holders(bench: Bench) -> None:
    """Settling under an old token ends nothing."""
    await bench.place()
    first = await bench.claim("events")
    bench.clock.pass_by(seconds=61)
    second = await bench.claim("events")
    assert await OUTBOX.settle_all([event["id"] for event in first], first[0]["lease_token"]) == 0
    assert await OUTBOX.settle_all([event["id"] for event in second], second[0]["lease_token"]) == len(second)
