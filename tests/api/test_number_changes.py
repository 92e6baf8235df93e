"""N6: numbers of a subscription are added, swapped within their SKU, and given back to rest."""

from typing import Any

from domain.shared import database
from domain.shared.ids import decode, encode
from seeding import Planted
from tests.api.bases import customer_input, fresh_key
from tests.api.phones import block, make_seats, stock
from tests.api.subscribed import subscribe
from tests.api.walk import document
from tests.api.worlds import grow, succeed
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


async def test_n6_and_s6_numbers_are_added_within_the_allowance(api: Api, tree: Planted) -> None:
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


async def test_n6_and_s6_a_number_is_swapped_within_its_sku(api: Api, tree: Planted) -> None:
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


async def test_n6_and_s6_removed_numbers_rest_and_that_is_history(api: Api, tree: Planted) -> None:
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


async def states(tree: Planted, numbers: list[str]) -> list[tuple[str, str | None]]:
    """The state of numbers of the tree's stock, and who has them."""
    rows = await database.fetch(
        "SELECT state, customer_id FROM numbers WHERE e164 = ANY($1) AND seller_id = $2 ORDER BY e164",
        numbers,
        decode("Organization", tree.distributor_id),
    )
    return [(row["state"], row["customer_id"] and encode("Organization", row["customer_id"])) for row in rows]


async def test_n6_what_has_ended_gives_its_numbers_back(api: Api, tree: Planted) -> None:
    """A terminated subscription keeps no number: they rest, and are sold again."""
    subscription_id = await with_numbers(api, tree)
    content = {"id": subscription_id, "confirmation": subscription_id, "idempotencyKey": fresh_key()}
    await succeed(api, tree.partner_token, "terminateSubscription", content)
    assert await states(tree, NUMBERS[:2]) == [("QUARANTINED", None)] * 2


async def test_s1_numbers_go_with_their_subscription(api: Api, tree: Planted) -> None:
    """The new owner has them and sees them, the old one does not any more."""
    subscription_id = await with_numbers(api, tree)
    made = await succeed(api, tree.partner_token, "createCustomer", customer_input(tree))
    heir = made["CreateCustomerSuccess_customer"]["id"]
    content = {"id": subscription_id, "owner": {"id": heir}, "idempotencyKey": fresh_key()}
    await succeed(api, tree.partner_token, "transferSubscription", content)
    assert await states(tree, NUMBERS[:2]) == [("ASSIGNED", heir)] * 2
    assert await own(api, tree, subscription_id) == []


async def test_s1_numbers_stay_with_the_sellers_of_their_stock(api: Api, tree: Planted) -> None:
    """A customer whose sellers do not have the stock cannot have the subscription: nothing of it moves."""
    subscription_id = await with_numbers(api, tree)
    stranger = await grow(api, tree, tree.distributor_id)
    await database.execute(
        "UPDATE numbers SET seller_id = $1 WHERE subscription_id = $2",
        decode("Organization", stranger.partner_id),
        decode("Subscription", subscription_id),
    )
    made = await succeed(api, tree.partner_token, "createCustomer", customer_input(tree))
    owner = {"id": made["CreateCustomerSuccess_customer"]["id"]}
    content = {"id": subscription_id, "owner": owner, "idempotencyKey": fresh_key()}
    answer = await api.ask(tree.partner_token, document("mutation", "transferSubscription"), {"input": content})
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [("owner", "NOT_APPLICABLE")]
    assert "stock" in answer["InvalidInput_message"]
    assert await own(api, tree, subscription_id) == NUMBERS[:2]
