"""Live updates over a real WebSocket: each sees its own, in order and once.

Without Redis they still come: `tests/processes/test_redis_gone.py`.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

import bootstrap
from domain.access.actions import create_api_token
from domain.access.queries import Callers
from domain.catalog.models import SalesModel
from domain.orders.rules import LineDraft, OrderDraft
from domain.orders.saving import create_order
from domain.orders.submitting import place_order, submit_order
from domain.shared.actor import Actor, Permission
from domain.shared.ids import decode, encode
from domain.subscriptions.scheduling import set_auto_renewal
from integrations.provisioners.sandbox.app import SandboxSettings
from seeding import Planted
from settings import Settings
from tests.api.subscribed import subscribe
from tests.house import SAAS, written
from tests.jobs.bench import Bench, open_bench
from tests.live import ORDER_UPDATED, Live, live

EVENTS = "subscription ($types: [EventType!]) { organizationEvents(types: $types) { type data organizationId } }"
PROBE = "API_TOKEN_CREATED"


@pytest.fixture
async def bench(tree: Planted, settings: Settings, addresses: bootstrap.Addresses) -> AsyncIterator[Bench]:
    """The jobs, before a sandbox that takes a moment."""
    doorbell = bootstrap.open_doorbell(addresses)
    vault = bootstrap.open_vault(settings)
    async with open_bench(tree, vault, doorbell, SandboxSettings(work_seconds=0.05)) as made:
        yield made
    await doorbell.aclose()


async def actor_for(token: str) -> Actor:
    """Whom a token stands for."""
    actor = await Callers(bootstrap.CLOCK).actor_of_token(token)
    assert actor is not None
    return actor


async def order_of(tree: Planted) -> str:
    """An order of the tree's customer, placed by its partner: its TypeID."""
    actor = await actor_for(tree.partner_token)
    return encode("Order", await written(lambda writes: place_order(actor, draft_of(tree), writes)))


def draft_of(tree: Planted) -> OrderDraft:
    """One line of the application."""
    lines = [LineDraft(decode("Plan", tree.plans["team-insights/professional"]), 3, SAAS)]
    return OrderDraft(decode("Organization", tree.customer_id), lines, SalesModel.YEARLY, 1, True, None)


async def listen(client: Live, bench: Bench, tree: Planted, token: str, *types: str) -> None:
    """Subscribe to events of these types and make sure that it has begun: probes are made until one is heard."""
    await client.open(token)
    await client.subscribe(EVENTS, {"types": [*types, PROBE]})
    probing = asyncio.create_task(client.hear())
    while not probing.done():
        await new_token(tree, Permission.CATALOG_READ)
        await bench.work()
        await asyncio.wait({probing}, timeout=0.1)
    assert (await probing)["payload"]["data"]["organizationEvents"]["type"] == PROBE


async def next_event(client: Live) -> dict[str, Any]:
    """The next event that is no probe."""
    while True:
        event: dict[str, Any] = (await client.hear())["payload"]["data"]["organizationEvents"]
        if event["type"] != PROBE:
            return event


async def new_token(tree: Planted, permission: Permission) -> str:
    """A token of the tree's customer that may do one thing."""
    token = bootstrap.new_token()
    await create_api_token(
        await actor_for(tree.partner_token),
        organization_id=decode("Organization", tree.customer_id),
        name=f"only {permission}",
        permissions=[permission],
        expires_at=None,
        token=token,
    )
    return token


async def test_an_order_is_seen_through_all_its_states_once_each(api_url: str, bench: Bench, tree: Planted) -> None:
    """From draft to COMPLETED, in order and without repetition, while the jobs run."""
    actor = await actor_for(tree.partner_token)
    order_id = await written(lambda writes: create_order(actor, draft_of(tree), writes))
    async with live(api_url) as client:
        assert (await client.open(tree.customer_token))["type"] == "connection_ack"
        await client.subscribe(ORDER_UPDATED, {"id": encode("Order", order_id)})
        first = await client.hear()
        assert first["payload"]["data"]["orderUpdated"]["state"] == "DRAFT"
        await submit_order(actor, order_id)
        working = asyncio.create_task(bench.work_until(order_id, "COMPLETED"))
        states = await client.states_until("COMPLETED")
        await working
    assert states == [state for state in ("APPROVED", "PROVISIONING", "COMPLETED") if state in states]


async def test_many_watchers_all_see_the_end(api_url: str, bench: Bench, tree: Planted) -> None:
    """Five connections on one order each see COMPLETED once."""
    order_id = await order_of(tree)

    async def watch() -> list[str]:
        async with live(api_url) as client:
            await client.open(tree.partner_token)
            await client.subscribe(ORDER_UPDATED, {"id": order_id})
            return await client.states_until("COMPLETED")

    watching = [asyncio.create_task(watch()) for _ in range(5)]
    await bench.work_until(decode("Order", order_id), "COMPLETED")
    for states in await asyncio.gather(*watching):
        assert len(states) == len(set(states))


async def test_events_are_those_of_the_subtree_and_the_types(
    api_url: str, bench: Bench, tree: Planted, other_tree: Planted
) -> None:
    """A partner hears of its customers' orders, only the types it named, and never of a stranger's."""
    async with live(api_url) as ours, live(api_url) as theirs:
        for client, who in ((ours, tree), (theirs, other_tree)):
            await listen(client, bench, who, who.partner_token, "ORDER_APPROVED", "ORDER_COMPLETED")
        mine, foreign = await order_of(tree), await order_of(other_tree)
        for order_id in (mine, foreign):
            await bench.work_until(decode("Order", order_id), "COMPLETED")
        for client, order_id in ((ours, mine), (theirs, foreign)):
            heard = [await next_event(client) for _ in range(2)]
            assert [event["type"] for event in heard] == ["ORDER_APPROVED", "ORDER_COMPLETED"]
            assert {event["data"]["order_id"] for event in heard} == {order_id}


async def test_a_customer_hears_amounts_of_its_own_edge_only(api_url: str, bench: Bench, tree: Planted) -> None:
    """What the partner pays is in no event that the customer gets."""
    async with live(api_url) as client:
        await listen(client, bench, tree, tree.customer_token, "ORDER_SUBMITTED")
        await order_of(tree)
        await bench.work()
        data = (await next_event(client))["data"]
    assert (data["price"]["amount"], data["cost"]) == ("1231.89", None)


@pytest.mark.parametrize("token", [None, "", "nonsense", "pvd_" + "A" * 43])
async def test_without_a_valid_token_the_connection_is_refused(api_url: str, token: str | None) -> None:
    """4403, before anything can be asked."""
    async with live(api_url) as client:
        payload = {} if token is None else {"authorization": f"Bearer {token}"}
        await client.say({"type": "connection_init", "payload": payload})
        assert await client.closed() == 4403


@pytest.mark.parametrize("authorization", [["Bearer x"], {"a": 1}, 7, None, True])
async def test_a_credential_that_is_no_text_is_none(api_url: str, authorization: object) -> None:
    """Refused as well: as a bad message, or as nobody's."""
    async with live(api_url) as client:
        await client.say({"type": "connection_init", "payload": {"authorization": authorization}})
        assert await client.closed() in {4400, 4403}


async def test_a_foreign_order_is_as_missing_as_a_missing_one(api_url: str, tree: Planted, other_tree: Planted) -> None:
    """An error and no data, the same for an order of somebody else and for one that never was."""
    foreign, missing = await order_of(other_tree), encode("Order", bootstrap.new_id())
    async with live(api_url) as client:
        await client.open(tree.partner_token)
        for order_id in (foreign, missing):
            await client.subscribe(ORDER_UPDATED, {"id": order_id}, name=order_id)
            message = await client.hear()
            while message["id"] != order_id:  # the end of the operation before
                message = await client.hear()
            error, said = _error(message)
            assert error["extensions"]["code"] == "NOT_FOUND"
            assert error["message"] == f"order {order_id} was not found"
            assert "APPROVED" not in said


def _error(message: dict[str, Any]) -> tuple[dict[str, Any], str]:
    payload = message["payload"]
    errors = payload if isinstance(payload, list) else payload["errors"]
    return errors[0], json.dumps(message)


async def test_a_token_without_the_permission_may_not_watch(api_url: str, tree: Planted) -> None:
    """FORBIDDEN, naming the permission."""
    token = await new_token(tree, Permission.CATALOG_READ)
    async with live(api_url) as client:
        await client.open(token)
        await client.subscribe(ORDER_UPDATED, {"id": await order_of(tree)})
        error, _ = _error(await client.hear())
    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_two_subscriptions_share_a_connection(api_url: str, bench: Bench, tree: Planted) -> None:
    """Each answers under its own name; ending one leaves the other."""
    first, second = await order_of(tree), await order_of(tree)
    async with live(api_url) as client:
        await client.open(tree.partner_token)
        await client.subscribe(ORDER_UPDATED, {"id": first}, name="first")
        await client.subscribe(ORDER_UPDATED, {"id": second}, name="second")
        seen = {}
        for _ in range(2):
            message = await client.hear()
            seen[message["id"]] = message["payload"]["data"]["orderUpdated"]["id"]
        assert seen == {"first": first, "second": second}
        await client.say({"id": "first", "type": "complete"})
        await bench.work_until(decode("Order", second), "COMPLETED")
        assert (await client.states_until("COMPLETED"))[-1] == "COMPLETED"


async def test_a_connection_has_a_bounded_number_of_subscriptions(api_url: str, tree: Planted) -> None:
    """The 21st is refused, the others go on."""
    order_id = await order_of(tree)
    async with live(api_url) as client:
        await client.open(tree.partner_token)
        for number in range(21):
            await client.subscribe(ORDER_UPDATED, {"id": order_id}, name=str(number))
        heard = [await client.hear() for _ in range(21)]
    assert [message["id"] for message in heard if message["type"] == "error"] == ["20"]


SUBSCRIPTION_UPDATED = "subscription ($id: ID!) { subscriptionUpdated(id: $id) { id autoRenew customer { id } } }"


async def test_p5_a_subscription_is_seen_to_change(api_url: str, tree: Planted) -> None:
    """As it is now, and again after each change, once."""
    it = await subscribe(tree)
    subscription_id = decode("Subscription", it.subscription_id)
    actor = await actor_for(tree.partner_token)
    await set_auto_renewal(actor, subscription_id, renews=False)
    async with live(api_url) as client:
        await client.open(tree.customer_token)
        await client.subscribe(SUBSCRIPTION_UPDATED, {"id": it.subscription_id})
        seen = [(await client.hear())["payload"]["data"]["subscriptionUpdated"]["autoRenew"]]
        await set_auto_renewal(actor, subscription_id, renews=True)
        seen.append((await client.hear())["payload"]["data"]["subscriptionUpdated"]["autoRenew"])
        assert seen == [False, True]
