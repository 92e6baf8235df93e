"""N6: numbers of a subscription are added, swapped within their SKU, and given back to rest."""

from typing import Any

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.phones import block, make_seats, stock
from tests.api.subscribed import subscribe
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import Api

NUMBERS = block("+14155550100", 24)
OWN = """
query ($id: ID!) { numbers(where: {subscriptionId: {eq: $id}}, sort: [{field: NUMBER, direction: ASC}]) {
  nodes { number state } } }
"""


async def own(api: Api, tree: Planted, subscription_id: str) -> list[str]:
    """The numbers of a subscription, but for the one that it began with."""
    nodes = (await api.ask(tree.customer_token, OWN, {"id": subscription_id}))["nodes"]
    return [node["number"] for node in nodes if node["number"] in NUMBERS]


async def with_numbers(api: Api, tree: Planted) -> str:
    """A subscription of ten seats with two numbers each, that has two of these."""
    await make_seats(tree, 2)
    await stock(tree, NUMBERS)
    subscription_id = (await subscribe(tree)).subscription_id
    await succeed(api, tree.partner_token, "addNumbers", naming(subscription_id, NUMBERS[:2]))
    return subscription_id


def naming(subscription_id: str, numbers: list[str]) -> dict[str, Any]:
    """Numbers to add or to remove."""
    return {"id": subscription_id, "numbers": numbers, "idempotencyKey": fresh_key()}


async def test_n6_numbers_are_added_within_the_allowance(api: Api, tree: Planted) -> None:
    """Beyond it none is, and one that somebody has is named; nothing is assigned then."""
    subscription_id = await with_numbers(api, tree)
    assert await own(api, tree, subscription_id) == NUMBERS[:2]
    query = document("mutation", "addNumbers")
    answer = await api.ask(tree.partner_token, query, {"input": naming(subscription_id, NUMBERS[2:21])})
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [("numbers", "EXHAUSTED")]
    answer = await api.ask(tree.partner_token, query, {"input": naming(subscription_id, [NUMBERS[2], "+19995550000"])})
    assert answer["NumbersTaken_numbers"] == ["+19995550000"]
    answer = await api.ask(tree.partner_token, query, {"input": naming(subscription_id, [])})
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["numbers"]
    assert await own(api, tree, subscription_id) == NUMBERS[:2]


async def test_n6_a_number_is_swapped_within_its_sku(api: Api, tree: Planted) -> None:
    """For nothing; to another SKU it is refused; the old one rests before it is sold again."""
    subscription_id = await with_numbers(api, tree)
    await stock(tree, ["+18005550100"], plan=tree.plans["team-insights/enterprise"])
    swap = {"id": subscription_id, "number": NUMBERS[0], "idempotencyKey": fresh_key()}
    query = document("mutation", "swapNumber")
    answer = await api.ask(tree.partner_token, query, {"input": swap | {"newNumber": "+18005550100"}})
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [("newNumber", "NOT_ALLOWED")]
    swap["idempotencyKey"] = fresh_key()
    await succeed(api, tree.partner_token, "swapNumber", swap | {"newNumber": NUMBERS[5]})
    assert await own(api, tree, subscription_id) == [NUMBERS[1], NUMBERS[5]]
    row = await database.fetch_row(
        "SELECT state, customer_id, free_from > now() + interval '44 days' AS rests FROM numbers "
        "WHERE e164 = $1 AND seller_id = $2",
        NUMBERS[0],
        decode("Organization", tree.distributor_id),
    )
    assert tuple(row or ()) == ("QUARANTINED", None, True)


async def test_n6_removed_numbers_rest_and_that_is_history(api: Api, tree: Planted) -> None:
    """Nobody has them meanwhile; what is no number of the subscription is refused at its place."""
    subscription_id = await with_numbers(api, tree)
    query = document("mutation", "removeNumbers")
    answer = await api.ask(tree.partner_token, query, {"input": naming(subscription_id, NUMBERS[1:3])})
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [("numbers.1", "NOT_FOUND")]
    await succeed(api, tree.partner_token, "removeNumbers", naming(subscription_id, NUMBERS[:1]))
    assert await own(api, tree, subscription_id) == NUMBERS[1:2]
    again = await api.ask(
        tree.partner_token, document("mutation", "addNumbers"), {"input": naming(subscription_id, NUMBERS[:1])}
    )
    assert again["NumbersTaken_numbers"] == NUMBERS[:1]
    told = await database.fetch(
        "SELECT payload->'before' AS before, payload->'after' AS after FROM events WHERE aggregate_id = $1 "
        "AND type = 'subscription.numbers_changed' ORDER BY aggregate_seq",
        decode("Subscription", subscription_id),
    )
    assert [tuple(row) for row in told] == [
        ({"numbers": []}, {"numbers": NUMBERS[:2]}),
        ({"numbers": NUMBERS[:1]}, {"numbers": []}),
    ]
