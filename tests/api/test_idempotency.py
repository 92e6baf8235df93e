"""A keyed mutation counts once: whatever is repeated, at once or later, one thing is made and one answer given."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import (
    customer_input,
    endpoint_input,
    fresh_key,
    group_input,
    invitation_input,
    location_input,
    onboarding_input,
    partner_input,
    token_input,
)
from tests.api.walk import document
from tests.api.worlds import scope_of, succeed
from tests.house import PLACE_ORDER, Api, order_input

MADE: Final[Mapping[str, tuple[Callable[[Planted], dict[str, Any]], str]]] = {
    # mutation -> (its input, what its success shows)
    "addGroupAccount": (group_input, "account"),
    "createApiToken": (token_input, "apiToken"),
    "createEmergencyLocation": (location_input, "emergencyLocation"),
    "onboardCustomer": (onboarding_input, "customer"),
    "createCustomer": (customer_input, "customer"),
    "createOrder": (lambda tree: order_input(tree, fresh_key()), "order"),
    "createPartner": (partner_input, "partner"),
    "createWebhookEndpoint": (endpoint_input, "webhookEndpoint"),
    "placeOrder": (lambda tree: order_input(tree, fresh_key()), "order"),
    "inviteMember": (invitation_input, "invitation"),
}
OTHERWISE: Final[Mapping[str, dict[str, Any]]] = {
    "addGroupAccount": {"name": "another"},
    "createApiToken": {"name": "another"},
    "createEmergencyLocation": {"name": "another"},
    "onboardCustomer": {"name": "another"},
    "createCustomer": {"name": "another"},
    "createOrder": {"autoRenew": False},
    "createPartner": {"name": "another"},
    "createWebhookEndpoint": {"description": "another"},
    "placeOrder": {"cycleMultiplier": 2},
    "inviteMember": {"role": "SALES"},
}
TABLES: Final = (
    *("api_tokens", "organizations", "orders", "order_lines", "webhook_endpoints", "events", "invitations"),
    *("accounts", "subscriptions", "emergency_locations", "wallet_entries"),
)


async def rows_below(organization_id: str) -> dict[str, int]:
    """How many rows a tree has, by table."""
    scope = await scope_of(organization_id)
    return {
        table: await database.fetch_value(
            f"SELECT count(*) FROM {table} WHERE scope >= $1 AND scope < $2",  # noqa: S608 - a constant
            scope.lower,
            scope.upper,
        )
        for table in TABLES
    }


def in_progress(answer: Mapping[str, Any]) -> bool:
    """Whether the first request is said to run still."""
    return bool(answer["__typename"] == "Conflict" and answer["code"] == "IDEMPOTENCY_IN_PROGRESS")


async def test_o15_twenty_at_once_make_one_order(api: Api, tree: Planted) -> None:
    """Of 20 equal requests at once one makes the order; the others answer it, or that it is still being made."""
    content = {"input": order_input(tree, fresh_key())}
    before = await rows_below(tree.distributor_id)
    answers: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        while len(answers) < 20:
            missing = 20 - len(answers)
            round_ = await asyncio.gather(*(api.ask(tree.partner_token, PLACE_ORDER, content) for _ in range(missing)))
            waiting = [answer for answer in round_ if in_progress(answer)]
            done = [answer for answer in round_ if not in_progress(answer)]
            assert {answer["__typename"] for answer in done} <= {"PlaceOrderSuccess"}
            assert len(waiting) + len(done) == missing
            answers += done
    assert len({answer["order"]["id"] for answer in answers}) == 1
    assert len({answer["order"]["number"] for answer in answers}) == 1
    after = await rows_below(tree.distributor_id)
    grown = {table: after[table] - before[table] for table in TABLES}
    assert grown == dict.fromkeys(TABLES, 0) | {"orders": 1, "order_lines": 2, "events": 3}


@pytest.mark.parametrize("mutation", MADE)
async def test_many_at_once_make_one_of_anything(api: Api, tree: Planted, mutation: str) -> None:
    """Each keyed mutation, sent 8 times at once with one key, makes one thing and never a duplicate's refusal."""
    make, thing = MADE[mutation]
    content, query = {"input": make(tree)}, document("mutation", mutation)
    shown = f"{mutation[0].upper()}{mutation[1:]}Success_{thing}"
    ids: set[str] = set()
    for _ in range(3):
        answers = await asyncio.gather(*(api.ask(tree.partner_token, query, content) for _ in range(8)))
        for answer in answers:
            if answer["__typename"] == "Conflict":
                assert answer["Conflict_code"] == "IDEMPOTENCY_IN_PROGRESS"
            else:
                ids.add(answer[shown]["id"])
    assert len(ids) == 1


@pytest.mark.parametrize("mutation", MADE)
async def test_o15_a_repeated_request_answers_the_same(api: Api, tree: Planted, mutation: str) -> None:
    """The same key and input answer the very same, and write nothing more."""
    make, _ = MADE[mutation]
    content, query = {"input": make(tree)}, document("mutation", mutation)
    first = await api.ask(tree.partner_token, query, content)
    before = await rows_below(tree.distributor_id)
    assert await api.ask(tree.partner_token, query, content) == first
    assert await rows_below(tree.distributor_id) == before


@pytest.mark.parametrize("mutation", MADE)
async def test_o15_a_key_stands_for_one_input(api: Api, tree: Planted, mutation: str) -> None:
    """The same key with another input is IDEMPOTENCY_MISMATCH, and writes nothing."""
    make, _ = MADE[mutation]
    content, query = make(tree), document("mutation", mutation)
    await api.ask(tree.partner_token, query, {"input": content})
    before = await rows_below(tree.distributor_id)
    answer = await api.ask(tree.partner_token, query, {"input": content | OTHERWISE[mutation]})
    assert (answer["__typename"], answer["Conflict_code"]) == ("Conflict", "IDEMPOTENCY_MISMATCH")
    assert await rows_below(tree.distributor_id) == before


async def test_every_part_of_the_input_counts(api: Api, tree: Planted) -> None:
    """A difference in any one place of a nested input is another input."""
    content = order_input(tree, fresh_key())
    await succeed(api, tree.partner_token, "createOrder", content)
    first = content["lines"][0]
    others = [
        {"lines": [first | {"quantity": 26}, content["lines"][1]]},
        {"lines": [first | {"parameters": first["parameters"] | {"adminUsername": "root"}}, content["lines"][1]]},
        {"lines": content["lines"][::-1]},
        {"lines": content["lines"][:1]},
        {"salesModel": "MONTHLY"},
        {"customer": {"reference": "CUST-1001"}},
        {"subscriptionReference": ""},
    ]
    for change in others:
        answer = await api.ask(tree.partner_token, document("mutation", "createOrder"), {"input": content | change})
        assert answer["Conflict_code"] == "IDEMPOTENCY_MISMATCH", change


async def test_the_order_of_members_does_not_count(api: Api, tree: Planted) -> None:
    """JSON objects have no order: the same members written the other way round are the same input."""
    content = order_input(tree, fresh_key())
    line = content["lines"][0]
    turned = dict(reversed(line.items())) | {"parameters": dict(reversed(line["parameters"].items()))}
    first = await succeed(api, tree.partner_token, "createOrder", content | {"lines": [line]})
    again = await succeed(api, tree.partner_token, "createOrder", content | {"lines": [turned]})
    assert again == first


async def test_a_refused_request_leaves_its_key_free(api: Api, tree: Planted) -> None:
    """A request that was refused did no work: corrected, it may come again under its key."""
    key = fresh_key()
    wrong = order_input(tree, key, lines=[])
    for _ in range(2):
        answer = await api.ask(tree.partner_token, PLACE_ORDER, {"input": wrong})
        assert (answer["__typename"], answer["code"]) == ("InvalidInput", "ORDER_INCOMPLETE")
    await succeed(api, tree.partner_token, "placeOrder", order_input(tree, key))


async def test_a_key_belongs_to_its_principal_and_operation(api: Api, tree: Planted) -> None:
    """Another token, and another mutation, may use the same key for something of their own."""
    content = order_input(tree, fresh_key())
    made = [
        (await succeed(api, tree.partner_token, "createOrder", content))["CreateOrderSuccess_order"]["id"],
        (await succeed(api, tree.customer_token, "createOrder", content))["CreateOrderSuccess_order"]["id"],
        (await succeed(api, tree.distributor_token, "createOrder", content))["CreateOrderSuccess_order"]["id"],
        (await succeed(api, tree.partner_token, "placeOrder", content))["PlaceOrderSuccess_order"]["id"],
    ]
    assert len(set(made)) == 4


async def test_o15_a_key_is_kept_for_24_hours(api: Api, tree: Planted) -> None:
    """Once its time has passed, a key makes something new."""
    content = order_input(tree, fresh_key())
    first = (await succeed(api, tree.partner_token, "createOrder", content))["CreateOrderSuccess_order"]
    token_id = await database.fetch_value("SELECT created_by FROM orders WHERE id = $1", decode("Order", first["id"]))
    left = (
        "SELECT expires_at - now() BETWEEN interval '23:59' AND interval '24:00' "
        "FROM idempotency_keys WHERE principal = $1"
    )
    assert await database.fetch_value(left, token_id) is True
    await database.execute("UPDATE idempotency_keys SET expires_at = now() WHERE principal = $1", token_id)
    second = (await succeed(api, tree.partner_token, "createOrder", content))["CreateOrderSuccess_order"]
    assert second["id"] != first["id"]
    third = (await succeed(api, tree.partner_token, "createOrder", content))["CreateOrderSuccess_order"]
    assert third["id"] == second["id"]


@pytest.mark.parametrize("key", ["", "k" * 256])
@pytest.mark.parametrize("mutation", MADE)
async def test_a_key_has_1_to_255_characters(api: Api, standing: Planted, mutation: str, key: str) -> None:
    """An empty or overlong key is refused by name."""
    make, _ = MADE[mutation]
    content = make(standing) | {"idempotencyKey": key}
    answer = await api.ask(standing.partner_token, document("mutation", mutation), {"input": content})
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["idempotencyKey"]


@pytest.mark.parametrize("key", ["k", "k" * 255, "\u00fc\U0001f511", "\x00", " "])
async def test_any_other_text_is_a_key(api: Api, tree: Planted, key: str) -> None:
    """A key is the client's own: any text will do, and each is told apart."""
    first = await succeed(api, tree.partner_token, "createOrder", order_input(tree, key))
    assert await succeed(api, tree.partner_token, "createOrder", order_input(tree, key)) == first
    other = await succeed(api, tree.partner_token, "createOrder", order_input(tree, f"{key[1:]}x"))
    assert other != first


@pytest.mark.parametrize("mutation", ["createApiToken", "createWebhookEndpoint"])
async def test_a_repeated_request_shows_the_same_secret(api: Api, tree: Planted, mutation: str) -> None:
    """The one answer that shows a secret can be had again under its key; at rest the secret is sealed."""
    make, _ = MADE[mutation]
    content, query = {"input": make(tree)}, document("mutation", mutation)
    first, second = [await api.ask(tree.partner_token, query, content) for _ in range(2)]
    secret = first[f"{mutation[0].upper()}{mutation[1:]}Success_secret"]
    assert second == first
    assert len(secret) > 30
    stored = await database.fetch(
        "SELECT outcome::text AS outcome FROM idempotency_keys WHERE operation = $1", mutation
    )
    assert stored
    assert not any(secret in row["outcome"] for row in stored)


async def test_o15_submitting_twice_under_one_key_submits_once(api: Api, tree: Planted) -> None:
    """`submitOrder` repeated under its key answers the submitted order; under another key it is an illegal move."""
    made = await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key()))
    content = {"id": made["CreateOrderSuccess_order"]["id"], "idempotencyKey": fresh_key()}
    first = await succeed(api, tree.partner_token, "submitOrder", content)
    assert await succeed(api, tree.partner_token, "submitOrder", content) == first
    query = document("mutation", "submitOrder")
    again = await api.ask(tree.partner_token, query, {"input": content | {"idempotencyKey": fresh_key()}})
    assert again["Conflict_code"] == "ILLEGAL_TRANSITION"
