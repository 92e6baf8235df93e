"""C3: what a plan is offered for, as each tier sees it."""

from typing import Any, Final

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from settings import Settings
from tests.api.bases import fresh_key
from tests.api.sellers import BUSINESS, make_list, place, price, refused, seats, set_prices
from tests.api.test_page_costs import cost
from tests.api.worlds import grow, new_token, sell_by_markup, succeed
from tests.house import Api

PRODUCTS: Final = (
    "query ($first: Int) { products(first: $first) { nodes { id plans { id key offers "
    "{ salesModel currency price { amount } cost { amount } margin { amount } } } } } }"
)
# Products, plans, the chain of the viewer, its offers.
PRODUCTS_COST: Final = 4


async def offers(api: Api, token: str, tree: Planted, plan: str = BUSINESS) -> dict[str, list[Any]]:
    """Sales model -> (price, cost, margin) of one plan."""
    page = await api.ask(token, PRODUCTS, {"first": 100})
    plans = [found for product in page["nodes"] for found in product["plans"] if found["id"] == tree.plans[plan]]
    return {
        offer["salesModel"]: [offer[name] and offer[name]["amount"] for name in ("price", "cost", "margin")]
        for offer in plans[0]["offers"]
    }


async def test_c3_each_tier_is_offered_at_its_own_prices(api: Api, tree: Planted) -> None:
    """Price is what one's buyers pay, cost what one pays oneself; a customer has a price and nothing else."""
    sub = await grow(api, tree, tree.partner_id)
    assert await offers(api, tree.distributor_token, tree) == {
        "MONTHLY": ["8.50", None, None],
        "YEARLY": ["85.00", None, None],
    }
    assert (await offers(api, tree.partner_token, tree))["YEARLY"] == ["95.63", "85.00", "10.63"]
    assert (await offers(api, tree.customer_token, tree))["YEARLY"] == ["95.63", None, None]
    # A sub-partner that asks nothing yet sees what it would pay; its customer is offered nothing.
    assert (await offers(api, sub.partner_token, tree))["YEARLY"] == [None, "95.63", None]
    assert await offers(api, sub.customer_token, tree) == {}
    await sell_by_markup(sub.partner_id, 10)
    assert (await offers(api, sub.partner_token, tree))["YEARLY"] == ["105.19", "95.63", "9.56"]
    assert (await offers(api, sub.customer_token, tree))["YEARLY"] == ["105.19", None, None]


async def test_c3_what_has_no_price_for_a_sales_model_is_not_offered_by_it(api: Api, tree: Planted) -> None:
    """The story's business plan has no one-time price: it is neither offered nor sold so; with one, it is both."""
    assert set(await offers(api, tree.customer_token, tree)) == {"MONTHLY", "YEARLY"}
    once = seats(tree, 1, salesModel="ONE_TIME")
    assert await refused(api, tree.customer_token, "placeOrder", once) == [("lines.0.planId", "NOT_ALLOWED")]
    list_id = await make_list(
        api, tree.distributor_token, tree, currency="USD", markupPercent=None, buyer={"id": tree.partner_id}
    )
    await set_prices(api, tree.distributor_token, list_id, price(tree, "200.00", salesModel="ONE_TIME"))
    assert (await offers(api, tree.customer_token, tree))["ONE_TIME"] == ["225.00", None, None]
    order = await place(api, tree.customer_token, once | {"idempotencyKey": fresh_key()})
    assert order["price"]["amount"] == "225.00"


async def test_c3_what_a_plan_is_not_sold_by_is_not_offered(api: Api, tree: Planted) -> None:
    """Prices of another sales model than the plan's own, and of an archived plan, are no offers."""
    plan_id = tree.plans[BUSINESS]
    await succeed(api, tree.distributor_token, "updatePlan", {"id": plan_id, "salesModels": ["YEARLY"]})
    assert set(await offers(api, tree.customer_token, tree)) == {"YEARLY"}
    await succeed(api, tree.distributor_token, "archivePlan", {"id": plan_id})
    query = "query ($id: ID!) { node(id: $id) { ... on Plan { status offers { salesModel } } } }"
    shown = await api.ask(tree.customer_token, query, {"id": plan_id})
    assert shown == {"status": "ARCHIVED", "offers": []}


async def test_c3_a_price_for_one_buyer_is_offered_to_that_buyer(api: Api, tree: Planted) -> None:
    """The buyer sees its own price, its seller the one for all."""
    list_id = await make_list(api, tree.partner_token, tree, currency="USD", markupPercent=None)
    await set_prices(api, tree.partner_token, list_id, price(tree, "71.00"))
    assert (await offers(api, tree.customer_token, tree))["YEARLY"] == ["71.00", None, None]
    assert (await offers(api, tree.partner_token, tree))["YEARLY"] == ["95.63", "85.00", "10.63"]


async def test_c3_cost_needs_its_permission(api: Api, tree: Planted) -> None:
    """Without COSTS_READ an offer has neither cost nor margin, also where it has no price yet."""
    sub = await grow(api, tree, tree.partner_id)
    owner = {"id": sub.partner_id}
    token = await new_token(api, tree.distributor_token, tree, organization=owner, permissions=["CATALOG_READ"])
    assert (await offers(api, token, tree))["YEARLY"] == [None, None, None]


@pytest.mark.parametrize("first", [1, 20, 100])
async def test_a_page_of_100_products_is_priced_in_four_statements(
    api: Api, settings: Settings, tree: Planted, first: int
) -> None:
    """However many products, plans, sales models and tiers: one statement finds their prices."""
    sub = await grow(api, tree, tree.partner_id)
    await sell_by_markup(sub.partner_id, 10)
    await many_products(tree, 120)  # random ids: some may lie below those of the story
    assert await cost(api, settings, sub.partner_token, PRODUCTS, {"first": first}) == PRODUCTS_COST
    page = await api.ask(sub.partner_token, PRODUCTS, {"first": first})
    assert len(page["nodes"]) == first
    assert all(len(plan["offers"]) == 1 for product in page["nodes"] for plan in product["plans"])


async def many_products(tree: Planted, count: int) -> None:
    """So many products of the tree's distributor, each with three plans that have a yearly price."""
    await database.execute(
        """
        WITH made AS (
          INSERT INTO products (id, organization_id, scope, key, name, description, type, status, orderability,
                                provisioner, parameter_schema, created_at)
          SELECT gen_random_uuid(), organization_id, scope, 'many-' || n, name, '', type, status, orderability,
                 provisioner, parameter_schema, now()
          FROM products CROSS JOIN generate_series(1, $2::int) AS n
          WHERE id = (SELECT product_id FROM plans WHERE id = $1) RETURNING id, scope, organization_id
        ), planned AS (
          INSERT INTO plans (id, product_id, scope, key, name, rank, max_quantity, created_at)
          SELECT gen_random_uuid(), id, scope, 'p' || n, 'Plan', n, 100, now()
          FROM made CROSS JOIN generate_series(1, 3) AS n RETURNING id, rank
        )
        INSERT INTO prices (id, price_list_id, plan_id, sales_model, unit_minor, valid_from)
        SELECT gen_random_uuid(), (SELECT price_list_id FROM prices WHERE plan_id = $1 LIMIT 1), id, 'YEARLY',
               1000 + rank, '2026-01-01' FROM planned
        """,
        decode("Plan", tree.plans[BUSINESS]),
        count,
    )


async def test_an_offer_is_what_an_order_costs(api: Api, tree: Planted) -> None:
    """The page's prices are those at which the customer's order is placed."""
    for sales_model, (offered, _, _) in (await offers(api, tree.customer_token, tree)).items():
        order = await place(api, tree.customer_token, seats(tree, 1, salesModel=sales_model))
        assert order["price"]["amount"] == offered
