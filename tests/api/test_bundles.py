"""C4: bundles on orders: one price, one subscription, and all that is in it."""

from typing import Any

from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import fresh_key, location_input
from tests.api.phones import block, reservation, stock
from tests.api.sellers import BUSINESS, refused
from tests.api.walk import document
from tests.api.worlds import run_all, succeed
from tests.bundles import BUNDLE, make_bundle
from tests.house import SAAS, Api, order_input

NUMBERS = block("+14155550100", 9)
PREVIEW = document("query", "previewOrder")
ALLOWANCE = "query ($id: ID!) { numberAllowance(subscriptionId: $id) { free selected chargeable available } }"
MADE = "query ($id: ID!) { subscriptions(where: {orderId: {eq: $id}}) { nodes { id quantity unitPrice { amount } } } }"
CHARGED = "SELECT coalesce(sum(amount_minor), 0)::bigint FROM charges WHERE order_id = $1 AND seller_id = $2"


def bundles(tree: Planted, quantity: int = 3) -> dict[str, Any]:
    """An order of so many."""
    lines = [{"planId": tree.plans[BUNDLE], "quantity": quantity, "parameters": SAAS}]
    return order_input(tree, fresh_key(), lines=lines)


async def test_c4_a_bundle_is_previewed_and_charged_at_its_own_price(api: Api, shop: Workshop, tree: Planted) -> None:
    """What is in it is named, at no price of its own; one subscription comes of it, with all its numbers."""
    await make_bundle(tree)
    await stock(tree, NUMBERS)
    content = {name: value for name, value in bundles(tree).items() if name != "idempotencyKey"}
    seen = await api.ask(tree.customer_token, PREVIEW, {"input": content, "id": None})
    assert [(part["name"], part["quantity"]) for part in seen["lines"][0]["components"]] == [
        ("Cloud Workspace, Business", 6),
        ("Cloud Workspace, Starter", 3),
    ]
    made = await succeed(api, tree.customer_token, "createOrder", bundles(tree))
    order_id = made["CreateOrderSuccess_order"]["id"]
    chosen = await succeed(api, tree.customer_token, "reserveNumbers", reservation(order_id, NUMBERS[:4]))
    allowance = chosen["ReserveNumbersSuccess_allowance"]
    assert [allowance[name] for name in ("free", "selected", "chargeable", "available")] == [9, 4, 0, 5]
    placed = await succeed(api, tree.customer_token, "submitOrder", {"id": order_id, "idempotencyKey": fresh_key()})
    price = placed["SubmitOrderSuccess_order"]["price"]["amount"]
    assert price == seen["price"]["firstCharge"]["amount"]
    await run_all(shop, [tree], order_id)
    (subscription,) = (await api.ask(tree.customer_token, MADE, {"id": order_id}))["nodes"]
    assert subscription["quantity"] == 3
    assert await api.ask(tree.customer_token, ALLOWANCE, {"id": subscription["id"]}) == {
        "free": 9, "selected": 4, "chargeable": 0, "available": 5,
    }  # fmt: skip
    added = {"id": subscription["id"], "numbers": NUMBERS[4:9], "idempotencyKey": fresh_key()}
    await succeed(api, tree.customer_token, "addNumbers", added)
    charged = await database.fetch_value(CHARGED, decode("Order", order_id), decode("Organization", tree.partner_id))
    assert f"{charged / 100:.2f}" == price


async def test_c4_a_bundle_is_not_sold_without_what_is_in_it(api: Api, tree: Planted) -> None:
    """A part that is not sold any more takes the bundle with it; the refusal names it."""
    await make_bundle(tree)
    await database.execute("UPDATE plans SET status = 'ARCHIVED' WHERE id = $1", decode("Plan", tree.plans[BUSINESS]))
    answer = await api.ask(tree.partner_token, document("mutation", "placeOrder"), {"input": bundles(tree)})
    (field,) = answer["InvalidInput_fields"]
    assert (field["path"], field["code"]) == ("lines.0.planId", "NOT_ALLOWED")
    assert "Cloud Workspace, Business in it is not sold" in field["message"]


async def test_c4_voice_in_a_bundle_needs_an_emergency_location(api: Api, tree: Planted) -> None:
    """As it does by itself (ORION)."""
    await make_bundle(tree)
    await database.execute(
        "UPDATE products SET provisioner = 'voice' WHERE key = 'cloud-workspace' AND organization_id = $1",
        decode("Organization", tree.distributor_id),
    )
    assert await refused(api, tree.partner_token, "placeOrder", bundles(tree)) == [("emergencyLocation", "REQUIRED")]
    await succeed(api, tree.partner_token, "createEmergencyLocation", location_input(tree))
    await succeed(api, tree.partner_token, "placeOrder", bundles(tree))
