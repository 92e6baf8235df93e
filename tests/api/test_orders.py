"""Orders at the API: drafts, submission, cancelling, and what is refused with which words."""

import asyncio
from typing import Any

import pytest

from domain.orders.states import CANCELLABLE, ORDER, SUBMITTABLE, UNDER_WAY, OrderState
from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import customer_input, fresh_key
from tests.api.targets import BASES, make_targets
from tests.api.walk import document
from tests.api.worlds import new_token, run_all, succeed
from tests.house import CLOUD, SAAS, Api, order_input

QUERY = document("query", "order")


async def make_draft(api: Api, tree: Planted, **changes: Any) -> str:
    """A draft's id."""
    made = await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key(), **changes))
    draft_id: str = made["CreateOrderSuccess_order"]["id"]
    return draft_id


async def answer(api: Api, token: str, mutation: str, content: dict[str, Any]) -> Any:
    """However a mutation ends."""
    return await api.ask(token, document("mutation", mutation), {"input": content})


def line(tree: Planted, plan: str, parameters: Any, quantity: int = 1) -> dict[str, Any]:
    """A line's input."""
    return {"planId": tree.plans[plan], "quantity": quantity, "parameters": parameters}


async def test_a_draft_is_saved_as_it_is_written(api: Api, tree: Planted) -> None:
    """`createOrder` keeps the lines in their order and everything else; the order is a DRAFT with a human number."""
    draft_id = await make_draft(api, tree, cycleMultiplier=3, autoRenew=False, subscriptionReference="ERP-77")
    order = await api.ask(tree.customer_token, QUERY, {"id": draft_id})
    assert order["state"] == "DRAFT"
    assert order["number"].startswith("ORD-")
    assert (order["salesModel"], order["cycleMultiplier"], order["autoRenew"]) == ("YEARLY", 3, False)
    assert (order["subscriptionReference"], order["currency"]) == ("ERP-77", "USD")
    assert [(item["product"]["key"], item["plan"]["key"], item["quantity"]) for item in order["lines"]] == [
        ("cloud-workspace", "business", 25),
        ("team-insights", "professional", 3),
    ]
    assert [item["parameters"] for item in order["lines"]] == [CLOUD, SAAS]
    assert order["customer"]["id"] == tree.customer_id
    assert (order["submittedAt"], order["finishedAt"], order["failure"]) == (None, None, None)


async def test_a_draft_may_be_unfinished(api: Api, tree: Planted) -> None:
    """A draft without lines or without provisioning information is saved; submitting it says what is missing."""
    for lines, missing in (
        ([], {"lines"}),
        (
            [{"planId": tree.plans["cloud-workspace/business"], "quantity": 1}],
            {f"lines.0.parameters.{name}" for name in ("dataLocation", "domain", "adminUsername")},
        ),
    ):
        draft_id = await make_draft(api, tree, lines=lines)
        refused = await answer(api, tree.partner_token, "submitOrder", {"id": draft_id, "idempotencyKey": fresh_key()})
        assert refused["InvalidInput_code"] == "ORDER_INCOMPLETE"
        assert {field["path"] for field in refused["InvalidInput_fields"]} == missing
        assert {field["code"] for field in refused["InvalidInput_fields"]} == {"REQUIRED"}
        assert (await api.ask(tree.partner_token, QUERY, {"id": draft_id}))["state"] == "DRAFT"


async def test_an_order_goes_from_draft_to_completed(api: Api, shop: Workshop, tree: Planted) -> None:
    """Submitted, a draft is APPROVED with its prices fixed; provisioned, it is COMPLETED with active subscriptions."""
    draft_id = await make_draft(api, tree)
    content = {"id": draft_id, "idempotencyKey": fresh_key()}
    submitted = (await succeed(api, tree.customer_token, "submitOrder", content))["SubmitOrderSuccess_order"]
    assert submitted["state"] == "APPROVED"
    assert submitted["submittedAt"] is not None
    assert submitted["price"] == {"__typename": "Money", "amount": "3622.64", "currency": "USD"}
    await run_all(shop, [tree], draft_id)
    order = await api.ask(tree.customer_token, QUERY, {"id": draft_id})
    assert order["state"] == "COMPLETED"
    assert order["finishedAt"] is not None
    for item in order["lines"]:
        assert (item["state"], item["subscription"]["state"]) == ("COMPLETED", "ACTIVE")
        assert item["subscription"]["orderId"] == draft_id
        assert item["subscription"]["termStart"] < item["subscription"]["expiresOn"]


async def test_a_failed_order_keeps_its_reason(api: Api, shop: Workshop, tree: Planted) -> None:
    """An order whose lines cannot be provisioned is FAILED, and says why on itself and on the line."""
    await database.execute(
        "UPDATE products SET provisioner = 'nobody' WHERE organization_id = $1",
        decode("Organization", tree.distributor_id),
    )
    placed = await succeed(api, tree.partner_token, "placeOrder", order_input(tree, fresh_key()))
    order_id = placed["PlaceOrderSuccess_order"]["id"]
    await run_all(shop, [tree], order_id)
    order = await api.ask(tree.customer_token, QUERY, {"id": order_id})
    assert order["state"] == "FAILED"
    assert order["failure"]["code"] == "PROVISIONER_UNKNOWN"
    assert {item["failure"]["code"] for item in order["lines"]} == {"PROVISIONER_UNKNOWN"}
    assert {item["subscription"]["state"] for item in order["lines"]} == {"FAILED"}


@pytest.mark.parametrize("mutation", ["createOrder", "placeOrder"])
async def test_a_closed_product_states_the_other_way(api: Api, standing: Planted, mutation: str) -> None:
    """A product that is not ordered here is refused at its line, with the way it is ordered (ORION trunking)."""
    content = order_input(standing, fresh_key(), lines=[line(standing, "sip-trunk/channel", {})])
    refused = await answer(api, standing.partner_token, mutation, content)
    [field] = refused["InvalidInput_fields"]
    assert (field["path"], field["code"]) == ("lines.0.planId", "NOT_ALLOWED")
    assert "Send a trunking order form to the provisioning desk" in field["message"]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("DRAFT", "no such plan is offered to this customer"),
        ("PAUSED", "Cloud Workspace is not on sale"),
        ("ARCHIVED", "Cloud Workspace is not on sale"),
    ],
)
async def test_a_product_not_on_sale_is_not_ordered(api: Api, tree: Planted, status: str, message: str) -> None:
    """Only an ACTIVE product is sold, and a draft of it saved before is not submitted either."""
    draft_id = await make_draft(api, tree)
    await database.execute(
        "UPDATE products SET status = $2 WHERE organization_id = $1 AND key = 'cloud-workspace'",
        decode("Organization", tree.distributor_id),
        status,
    )
    for mutation, content in (
        ("placeOrder", order_input(tree, fresh_key())),
        ("createOrder", order_input(tree, fresh_key())),
        ("submitOrder", {"id": draft_id, "idempotencyKey": fresh_key()}),
    ):
        refused = await answer(api, tree.partner_token, mutation, content)
        [field] = refused["InvalidInput_fields"]
        assert (field["path"], field["message"]) == ("lines.0.planId", message)


FAULTS: dict[str, tuple[Any, set[tuple[str, str]]]] = {
    "a value outside the enum": (CLOUD | {"dataLocation": "moon"}, {("dataLocation", "INVALID")}),
    "a pattern not kept": (CLOUD | {"domain": "not a domain"}, {("domain", "INVALID")}),
    "a wrong type": (CLOUD | {"adminUsername": 7}, {("adminUsername", "INVALID")}),
    "something missing": (
        {"domain": "a.example"},
        {("dataLocation", "REQUIRED"), ("adminUsername", "REQUIRED")},
    ),
    "something unknown": (CLOUD | {"color": "red"}, {("", "INVALID")}),
    "all of it": (
        {"dataLocation": "moon", "domain": 1, "color": "red"},
        {("dataLocation", "INVALID"), ("domain", "INVALID"), ("adminUsername", "REQUIRED"), ("", "INVALID")},
    ),
    "null": (None, {("dataLocation", "REQUIRED"), ("domain", "REQUIRED"), ("adminUsername", "REQUIRED")}),
}


@pytest.mark.parametrize(("parameters", "faults"), FAULTS.values(), ids=FAULTS.keys())
async def test_parameters_keep_the_products_schema(
    api: Api, standing: Planted, parameters: Any, faults: set[tuple[str, str]]
) -> None:
    """Provisioning information is held against the product's JSON Schema, every fault at its path."""
    lines = [line(standing, "team-insights/professional", SAAS), line(standing, "cloud-workspace/business", parameters)]
    refused = await answer(api, standing.partner_token, "placeOrder", order_input(standing, fresh_key(), lines=lines))
    assert refused["InvalidInput_code"] == "ORDER_INCOMPLETE"
    prefix = "lines.1.parameters"
    found = {
        (field["path"].removeprefix(prefix).lstrip("."), field["code"]) for field in refused["InvalidInput_fields"]
    }
    assert found == faults
    assert all(field["path"].startswith(prefix) for field in refused["InvalidInput_fields"])


async def test_a_plan_without_a_price_is_not_sold(api: Api, standing: Planted) -> None:
    """A sales model that some seller of the chain has no price for is refused, naming plan and model."""
    refused = await answer(
        api, standing.partner_token, "placeOrder", order_input(standing, fresh_key(), salesModel="ONE_TIME")
    )
    assert [field["path"] for field in refused["InvalidInput_fields"]] == ["lines.0.planId", "lines.1.planId"]
    assert refused["InvalidInput_fields"][0]["message"] == "Business is not sold ONE_TIME in USD to this customer"


async def test_another_currency_is_not_sold(api: Api, tree: Planted) -> None:
    """A customer billed in a currency that its seller has no prices in cannot order."""
    content = customer_input(tree, currency="EUR")
    customer = (await succeed(api, tree.partner_token, "createCustomer", content))["CreateCustomerSuccess_customer"]
    content = order_input(tree, fresh_key(), customer={"id": customer["id"]})
    refused = await answer(api, tree.partner_token, "placeOrder", content)
    assert "in EUR" in refused["InvalidInput_fields"][0]["message"]


@pytest.mark.parametrize("who", ["distributor", "partner", "customer"])
async def test_every_tier_may_order_for_the_customer(api: Api, tree: Planted, who: str) -> None:
    """A customer orders for itself; its partner and distributor order for it, by id or by reference."""
    token: str = getattr(tree, f"{who}_token")
    for customer in ({"id": tree.customer_id}, {"reference": "CUST-1001"}):
        placed = await succeed(api, token, "placeOrder", order_input(tree, fresh_key(), customer=customer))
        assert placed["PlaceOrderSuccess_order"]["customer"]["id"] == tree.customer_id


@pytest.mark.parametrize("who", ["distributor", "partner"])
async def test_only_customers_buy(api: Api, standing: Planted, who: str) -> None:
    """An order for a partner or a distributor is refused, saying what it is."""
    organization: str = getattr(standing, f"{who}_id")
    content = order_input(standing, fresh_key(), customer={"id": organization})
    refused = await answer(api, standing.distributor_token, "placeOrder", content)
    [field] = refused["InvalidInput_fields"]
    assert (field["path"], field["code"]) == ("customer", "NOT_ALLOWED")
    assert f"is a {who}; orders are for customers" in field["message"]


async def test_an_order_has_at_most_100_lines(api: Api, tree: Planted) -> None:
    """100 lines are taken, 101 refused."""
    one = line(tree, "team-insights/professional", SAAS)
    placed = await succeed(api, tree.partner_token, "placeOrder", order_input(tree, fresh_key(), lines=[one] * 100))
    assert len(placed["PlaceOrderSuccess_order"]["lines"]) == 100
    content = order_input(tree, fresh_key(), lines=[one] * 101)
    refused = await answer(api, tree.partner_token, "createOrder", content)
    assert [(field["path"], field["code"]) for field in refused["InvalidInput_fields"]] == [("lines", "TOO_LONG")]


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize(
    ("mutation", "sources", "target"),
    [
        ("submitOrder", SUBMITTABLE, OrderState.APPROVED),
        ("cancelOrder", CANCELLABLE | UNDER_WAY, OrderState.CANCELLED),
    ],
)
async def test_what_a_state_allows(
    api: Api, tree: Planted, state: OrderState, mutation: str, sources: frozenset[OrderState], target: OrderState
) -> None:
    """Only a draft is submitted, only what has not come to an end cancelled; a refusal names state and moves."""
    lines: dict[str, Any] = {"lines": []} if state in UNDER_WAY else {}  # of a draft, none has an instance
    content = {"id": await make_draft(api, tree, **lines)}
    await database.execute("UPDATE orders SET state = $2 WHERE id = $1", decode("Order", content["id"]), state.value)
    keyed = {"idempotencyKey": fresh_key()} if mutation == "submitOrder" else {}
    ended = await answer(api, tree.partner_token, mutation, content | keyed)
    if state in sources:
        assert ended["__typename"].endswith("Success")
        return
    assert ended["Conflict_code"] == "ILLEGAL_TRANSITION"
    assert ended["Conflict_current"] == state.value
    assert ended["Conflict_allowed"] == sorted(ORDER.moves[state] - {target})
    assert ended["Conflict_message"] == f"order is {state} and cannot become {target}"
    assert (await api.ask(tree.partner_token, QUERY, content))["state"] == state.value


async def test_of_many_at_once_one_submits(api: Api, tree: Planted) -> None:
    """A draft submitted and cancelled at once by many ends in one way; its events are numbered without a gap."""
    order_id = await make_draft(api, tree)
    submits = [{"id": order_id, "idempotencyKey": fresh_key()} for _ in range(6)]
    ended = await asyncio.gather(
        *(answer(api, tree.partner_token, "submitOrder", content) for content in submits),
        *(answer(api, tree.customer_token, "cancelOrder", {"id": order_id}) for _ in range(3)),
    )
    names = [item["__typename"] for item in ended]
    assert set(names) <= {"SubmitOrderSuccess", "CancelOrderSuccess", "Conflict"}
    assert names.count("SubmitOrderSuccess") <= 1
    assert names.count("CancelOrderSuccess") == 1
    assert (await api.ask(tree.partner_token, QUERY, {"id": order_id}))["state"] == "CANCELLED"
    rows = await database.fetch(
        "SELECT aggregate_seq FROM events WHERE aggregate_id = $1 ORDER BY 1", decode("Order", order_id)
    )
    assert [row["aggregate_seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) == 2 + 2 * names.count("SubmitOrderSuccess")


async def test_cancelling_cancels_every_line(api: Api, shop: Workshop, tree: Planted) -> None:
    """A cancelled order's lines are cancelled, and nothing of it is provisioned, submitted or not."""
    draft_id = await make_draft(api, tree)
    placed = await succeed(api, tree.partner_token, "placeOrder", order_input(tree, fresh_key()))
    order_ids = [draft_id, placed["PlaceOrderSuccess_order"]["id"]]
    for order_id in order_ids:
        await succeed(api, tree.customer_token, "cancelOrder", {"id": order_id})
    await run_all(shop, [tree], *order_ids)
    for order_id in order_ids:
        order = await api.ask(tree.customer_token, QUERY, {"id": order_id})
        assert order["state"] == "CANCELLED"
        assert {(item["state"], item["subscription"] is None) for item in order["lines"]} == {("CANCELLED", True)}


@pytest.mark.parametrize("mutation", ["createOrder", "placeOrder", "submitOrder", "cancelOrder"])
async def test_ordering_needs_its_permission(api: Api, tree: Planted, mutation: str) -> None:
    """A token without ORDERS_MANAGE may look but is FORBIDDEN to order, naming what it lacks."""
    targets = await make_targets(api, tree)
    token = await new_token(api, tree.partner_token, tree, permissions=["ORDERS_READ"])
    error = await api.refuse(token, document("mutation", mutation), {"input": BASES[mutation](tree, targets)})
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["message"] == "this needs the permission orders:manage"
    assert (await api.ask(token, "query ($id: ID!) { order(id: $id) { state } }", {"id": targets.draft_id})) == {
        "state": "DRAFT"
    }
