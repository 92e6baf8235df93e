"""C5: a partner sells a product of its own: nobody above it has a part in its price."""

from typing import Any

from seeding import Planted
from tests.api.bases import fresh_key, plan_input, product_input
from tests.api.sellers import make_list, place, price, refused, set_prices
from tests.api.worlds import succeed
from tests.house import Api, order_input

MONEY = "query ($id: ID!) { order(id: $id) { price { amount } cost { amount } margin { amount } } }"
OFFERS = """
query ($id: ID!) { product(id: $id) { plans { offers { salesModel price { amount } cost { amount } } } } }
"""


async def own_plan(api: Api, tree: Planted) -> tuple[str, str]:
    """A product of the tree's partner that is on sale, and a plan of it that is sold by the month."""
    token = tree.partner_token
    content = product_input(tree, orderability="ORDERABLE", orderOtherwise=None)
    product = (await succeed(api, token, "createProduct", content))["CreateProductSuccess_product"]
    content = plan_input(product["id"], salesModels=["MONTHLY"])
    plan = (await succeed(api, token, "createPlan", content))["CreatePlanSuccess_plan"]
    await succeed(api, token, "publishProduct", {"id": product["id"]})
    return product["id"], plan["id"]


async def amounts(api: Api, token: str, order_id: str) -> tuple[Any, ...]:
    """An order's price, cost and margin, as the holder of a token sees them."""
    order = await api.ask(token, MONEY, {"id": order_id})
    return tuple(order[name] and float(order[name]["amount"]) for name in ("price", "cost", "margin"))


async def test_c5_a_partner_sells_a_product_of_its_own(api: Api, tree: Planted) -> None:
    """It costs the partner nothing, the customer what the partner asks, and is nothing to the distributor."""
    product_id, plan_id = await own_plan(api, tree)
    list_id = await make_list(api, tree.partner_token, tree, currency="USD")
    await set_prices(api, tree.partner_token, list_id, price(tree, "12.50", planId=plan_id, salesModel="MONTHLY"))
    [plan] = (await api.ask(tree.customer_token, OFFERS, {"id": product_id}))["plans"]
    assert [offer["salesModel"] for offer in plan["offers"]] == ["MONTHLY"]
    lines = [{"planId": plan_id, "quantity": 4, "parameters": {}}]
    content = order_input(tree, fresh_key(), lines=lines, salesModel="MONTHLY")
    order_id = (await place(api, tree.partner_token, content))["id"]
    assert await amounts(api, tree.partner_token, order_id) == (50, 0, 50)
    assert await amounts(api, tree.customer_token, order_id) == (50, None, None)
    assert (await amounts(api, tree.distributor_token, order_id))[0] == 0


async def test_c5_a_price_is_set_for_what_is_sold_only(api: Api, tree: Planted) -> None:
    """A plan has prices for the sales models that it is sold by, and for no other."""
    _, plan_id = await own_plan(api, tree)
    list_id = await make_list(api, tree.partner_token, tree)
    yearly = price(tree, "120", planId=plan_id, salesModel="YEARLY")
    content = {"priceListId": list_id, "prices": [yearly], "idempotencyKey": fresh_key()}
    problems = await refused(api, tree.partner_token, "setPrices", content)
    assert problems == [("prices.0.salesModel", "NOT_ALLOWED")]
