"""O14 and N2: the numbers that a draft has selected go with its order."""

from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.phones import block, make_seats, make_sku, reservation, stock
from tests.api.sellers import BUSINESS
from tests.api.worlds import run_all, scope_of, succeed
from tests.house import CLOUD, Api, order_input

NUMBERS = block("+14155550100", 10)
STANDING = """
query { numbers(sort: [{field: NUMBER, direction: ASC}]) {
  nodes { number state orderId subscriptionId reservedUntil plan { key } } } }
"""
SUBSCRIPTIONS = "query ($id: ID!) { subscriptions(where: {orderId: {eq: $id}}) { nodes { id state plan { key } } } }"
ALLOWANCE = "query ($id: ID!) { numberAllowance(subscriptionId: $id) { free selected chargeable available } }"


async def with_numbers(api: Api, tree: Planted, count: int) -> str:
    """A draft of two seats with one number each and two numbers bought, which has selected so many."""
    await make_seats(tree, 1)
    await make_sku(tree)
    await stock(tree, NUMBERS)
    lines = [
        {"planId": tree.plans["cloud-workspace/starter"], "quantity": 2, "parameters": CLOUD},
        {"planId": tree.plans[BUSINESS], "quantity": 2, "parameters": CLOUD},
    ]
    content = order_input(tree, fresh_key(), lines=lines)
    order_id: str = (await succeed(api, tree.customer_token, "createOrder", content))["CreateOrderSuccess_order"]["id"]
    await succeed(api, tree.customer_token, "reserveNumbers", reservation(order_id, NUMBERS[:count]))
    return order_id


async def submit(api: Api, tree: Planted, order_id: str) -> None:
    """Submit a draft."""
    await succeed(api, tree.customer_token, "submitOrder", {"id": order_id, "idempotencyKey": fresh_key()})


async def standing(api: Api, tree: Planted) -> list[dict[str, Any]]:
    """The customer's numbers."""
    found: list[dict[str, Any]] = (await api.ask(tree.customer_token, STANDING))["nodes"]
    return found


async def test_o14_numbers_are_assigned_as_their_lines_complete(api: Api, shop: Workshop, tree: Planted) -> None:
    """The free ones are of the seats' subscription, the others of their SKU's; once submitted they do not expire."""
    order_id = await with_numbers(api, tree, 3)
    await submit(api, tree, order_id)
    assert {(node["state"], node["reservedUntil"]) for node in await standing(api, tree)} == {("RESERVED", None)}
    await run_all(shop, [tree], order_id)
    made = (await api.ask(tree.customer_token, SUBSCRIPTIONS, {"id": order_id}))["nodes"]
    by_plan = {node["plan"]["key"]: node["id"] for node in made}
    nodes = await standing(api, tree)
    assert [(node["number"], node["state"], node["orderId"]) for node in nodes] == [
        (number, "ASSIGNED", order_id) for number in NUMBERS[:3]
    ]
    assert [node["subscriptionId"] for node in nodes].count(by_plan["business"]) == 2
    assert [node["subscriptionId"] for node in nodes].count(by_plan["starter"]) == 1
    assert await api.ask(tree.customer_token, ALLOWANCE, {"id": by_plan["starter"]}) == {
        "free": 0, "selected": 1, "chargeable": 1, "available": 1,
    }  # fmt: skip
    told = "SELECT count(*) FROM events WHERE type = 'number.assigned' AND scope = $1"
    assert await database.fetch_value(told, (await scope_of(tree.customer_id)).path) == 3


async def test_o14_a_cancelled_order_lets_its_numbers_go(api: Api, tree: Planted) -> None:
    """They are in stock again at once."""
    order_id = await with_numbers(api, tree, 3)
    await submit(api, tree, order_id)
    await succeed(api, tree.customer_token, "cancelOrder", {"id": order_id})
    assert await standing(api, tree) == []


async def test_o14_a_failed_line_s_numbers_wait_a_day_for_another_try(api: Api, shop: Workshop, tree: Planted) -> None:
    """Then they are free by themselves."""
    order_id = await with_numbers(api, tree, 2)
    await submit(api, tree, order_id)
    scope = (await scope_of(tree.distributor_id)).path
    await database.execute("UPDATE products SET provisioner = 'nobody' WHERE scope = $1", scope)
    await run_all(shop, [tree], order_id)
    nodes = await standing(api, tree)
    assert {node["state"] for node in nodes} == {"RESERVED"}
    assert all(node["reservedUntil"] for node in nodes)


@pytest.mark.parametrize(("seats", "code"), [(1, "ORDER_INCOMPLETE"), (2, None)])
async def test_o14_submission_holds_a_selection_to_the_seats_of_that_moment(
    api: Api, tree: Planted, seats: int, code: str | None
) -> None:
    """A draft that has fewer seats by now than its numbers need is refused."""
    order_id = await with_numbers(api, tree, 4)
    sql = "UPDATE order_lines SET quantity = $2 WHERE order_id = $1 AND position = 1"
    await database.execute(sql, decode("Order", order_id), seats)
    query = """mutation ($input: SubmitOrderInput!) { submitOrder(input: $input) { ... on Error { code } } }"""
    content = {"id": order_id, "idempotencyKey": fresh_key()}
    assert (await api.ask(tree.customer_token, query, {"input": content})).get("code") == code
