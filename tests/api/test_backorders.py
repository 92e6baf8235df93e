"""N4: what stock lacks is ordered back with the order, got by the desk, and completes the line that waits."""

from typing import Any

from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.phones import block, make_seats, reservation, stock
from tests.api.sellers import seats
from tests.api.walk import document
from tests.api.worlds import run_all, run_operations, succeed
from tests.house import Api

NUMBERS = block("+14155550100", 4)
ORDER = "query ($id: ID!) { order(id: $id) { state lines { state } } }"
BACKORDERS = (
    "query ($id: ID!) { backorders(where: {orderId: {eq: $id}}) { nodes { id state quantity fulfilled npa nxx } } }"
)
TICKETS = "query { tickets(where: {kind: {eq: BACKORDER}}) { nodes { state subject customer { id } } } }"


async def waiting(api: Api, shop: Workshop, tree: Planted) -> tuple[str, str]:
    """An order under way whose instance is there, with one number of two, and its backorder for the other."""
    await make_seats(tree, 1)
    await stock(tree, NUMBERS[:1])
    made = await succeed(api, tree.customer_token, "createOrder", seats(tree, 2))
    order_id: str = made["CreateOrderSuccess_order"]["id"]
    wanted = [{"npa": "415", "nxx": "555", "quantity": 2}]
    answer = await succeed(
        api, tree.customer_token, "reserveNumbers", reservation(order_id, wanted=wanted, ifTaken="BACKORDER")
    )
    allowance = answer["ReserveNumbersSuccess_allowance"]
    assert (allowance["selected"], allowance["awaited"], allowance["available"]) == (1, 1, 0)
    backorder = answer["ReserveNumbersSuccess_backorders"][0]
    assert (backorder["state"], backorder["quantity"], backorder["orderId"]) == ("PENDING", 1, order_id)
    await succeed(api, tree.customer_token, "submitOrder", {"id": order_id, "idempotencyKey": fresh_key()})
    await run_operations(shop, tree)
    instance = await database.fetch_value(
        "SELECT i.state FROM instances i JOIN order_lines l ON l.subscription_id = i.subscription_id "
        "WHERE l.order_id = $1",
        decode("Order", order_id),
    )
    assert instance == "ACTIVE"
    return order_id, backorder["id"]


async def look(api: Api, tree: Planted, order_id: str) -> tuple[Any, Any]:
    """The order's state, and its backorders."""
    order = await api.ask(tree.customer_token, ORDER, {"id": order_id})
    return order["state"], (await api.ask(tree.customer_token, BACKORDERS, {"id": order_id}))["nodes"]


async def test_n4_a_backorder_is_a_ticket_and_its_fulfilment_completes_the_order(
    api: Api, shop: Workshop, tree: Planted
) -> None:
    """The line waits for its number though its instance is there; the desk imports it and fulfils the backorder."""
    order_id, backorder_id = await waiting(api, shop, tree)
    state, found = await look(api, tree, order_id)
    assert (state, found[0]["state"], found[0]["fulfilled"]) == ("PROVISIONING", "OPEN", 0)
    (ticket,) = (await api.ask(tree.distributor_token, TICKETS))["nodes"]
    assert ticket == {
        "state": "OPEN", "subject": "Get 1 numbers of 415-555", "customer": {"id": tree.customer_id},
    }  # fmt: skip
    query = document("mutation", "fulfilBackorder")
    content: dict[str, Any] = {"id": backorder_id, "numbers": None, "idempotencyKey": fresh_key()}
    answer = await api.ask(tree.distributor_token, query, {"input": content})
    assert (answer["__typename"], answer["NumbersTaken_numbers"]) == ("NumbersTaken", ["415-555"])
    await stock(tree, [*NUMBERS[1:3], "+14155560100"])
    for numbers, path in ([["+14155560100"], "numbers.0"], [NUMBERS[1:3], "numbers"]):
        content = {"id": backorder_id, "numbers": numbers, "idempotencyKey": fresh_key()}
        answer = await api.ask(tree.distributor_token, query, {"input": content})
        assert [field["path"] for field in answer["InvalidInput_fields"]] == [path]
    content = {"id": backorder_id, "numbers": NUMBERS[1:2], "idempotencyKey": fresh_key()}
    first, again = [await api.ask(tree.distributor_token, query, {"input": content}) for _ in range(2)]
    assert first == again
    state, found = await look(api, tree, order_id)
    assert (state, found[0]["state"], found[0]["fulfilled"]) == ("COMPLETED", "FULFILLED", 1)
    assert (await api.ask(tree.distributor_token, TICKETS))["nodes"][0]["state"] == "COMPLETED"
    sql = "SELECT e164 FROM numbers WHERE order_id = $1 AND state = 'ASSIGNED' ORDER BY e164"
    assert [row["e164"] for row in await database.fetch(sql, decode("Order", order_id))] == NUMBERS[:2]


async def test_n4_a_cancelled_backorder_lets_its_line_complete(api: Api, shop: Workshop, tree: Planted) -> None:
    """The order goes on with what it has, and the ticket ends."""
    order_id, backorder_id = await waiting(api, shop, tree)
    answer = await succeed(api, tree.customer_token, "cancelBackorder", {"id": backorder_id})
    assert answer["CancelBackorderSuccess_backorder"]["state"] == "CANCELLED"
    await run_all(shop, [tree], order_id)
    assert (await look(api, tree, order_id))[0] == "COMPLETED"
    assert (await api.ask(tree.distributor_token, TICKETS))["nodes"][0]["state"] == "FAILED"
    answer = await api.ask(
        tree.customer_token, document("mutation", "cancelBackorder"), {"input": {"id": backorder_id}}
    )
    assert answer["Conflict_current"] == "CANCELLED"


async def test_n4_an_order_that_comes_to_nothing_waits_for_nothing(api: Api, tree: Planted) -> None:
    """Its backorders are cancelled with it; more than the seats allow is never ordered back."""
    await make_seats(tree, 1)
    made = await succeed(api, tree.customer_token, "createOrder", seats(tree, 3))
    order_id = made["CreateOrderSuccess_order"]["id"]
    named = reservation(order_id, NUMBERS[:2], ifTaken="BACKORDER")
    await succeed(api, tree.customer_token, "reserveNumbers", named)
    answer = await api.ask(
        tree.customer_token,
        document("mutation", "reserveNumbers"),
        {"input": reservation(order_id, NUMBERS[2:], ifTaken="BACKORDER")},
    )
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [("numbers", "EXHAUSTED")]
    await succeed(api, tree.customer_token, "cancelOrder", {"id": order_id})
    _, found = await look(api, tree, order_id)
    assert [(each["state"], each["quantity"], each["npa"], each["nxx"]) for each in found] == [
        ("CANCELLED", 2, "415", "555")
    ]
