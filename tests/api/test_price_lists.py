"""C5: what each seller asks of its buyers, by lists that it publishes itself."""

import asyncio
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode, encode
from seeding import Planted
from tests.api.bases import fresh_key, plan_input, price_list_input, product_input
from tests.api.sellers import BUSINESS, make_list, place, price, refused, seats, set_prices
from tests.api.walk import document
from tests.api.worlds import grow, new_token, succeed
from tests.house import Api

PRICES = (
    "query ($where: PriceWhere) { prices(where: $where, first: 100) "
    "{ nodes { validFrom validUntil price { amount } } } }"
)


async def listed(api: Api, token: str, list_id: str) -> list[tuple[str, str | None, str]]:
    """The prices of a list, the oldest first."""
    page = await api.ask(token, PRICES, {"where": {"priceListId": {"eq": list_id}}})
    rows = [(node["validFrom"], node["validUntil"], node["price"]["amount"]) for node in page["nodes"]]
    return sorted(rows)


async def test_c5_a_list_for_one_buyer_beats_the_list_for_all(api: Api, tree: Planted) -> None:
    """The story's markup of 12.5 % for all gives way to an explicit price for one customer, and to no other's."""
    other = await grow(api, tree, tree.distributor_id)
    list_id = await make_list(api, tree.partner_token, tree, currency="USD", markupPercent=None)
    await set_prices(api, tree.partner_token, list_id, price(tree, "77.77"))
    order = await place(api, tree.partner_token, seats(tree, 1))
    assert (order["price"]["amount"], order["cost"]["amount"]) == ("77.77", "85.00")
    await make_list(api, other.partner_token, other, currency="USD", markupPercent="0", buyer=None)
    assert (await place(api, other.partner_token, seats(other, 1)))["price"]["amount"] == "85.00"


async def test_c5_a_price_ends_where_the_next_begins(api: Api, tree: Planted) -> None:
    """Of one plan and sales model no two prices hold on one day, in whatever order they were set."""
    token, list_id = tree.partner_token, await make_list(api, tree.partner_token, tree)
    await set_prices(api, token, list_id, price(tree, "10.00"), price(tree, "30.00", validFrom="2026-09-01"))
    await set_prices(api, token, list_id, price(tree, "20.00", validFrom="2026-05-01"))
    await set_prices(api, token, list_id, price(tree, "25.00", validFrom="2026-05-01", validUntil="2026-08-01"))
    assert await listed(api, token, list_id) == [
        ("2026-01-01", "2026-05-01", "10.00"),
        ("2026-05-01", "2026-08-01", "25.00"),
        ("2026-09-01", None, "30.00"),
    ]
    await set_prices(api, token, list_id, price(tree, "5.00", salesModel="MONTHLY", validFrom="2026-02-01"))
    assert ("2026-02-01", None, "5.00") in await listed(api, token, list_id)
    assert ("2026-01-01", "2026-05-01", "10.00") in await listed(api, token, list_id)


async def test_c5_a_price_holds_from_its_day_on(api: Api, tree: Planted) -> None:
    """A price to come changes no order of today; one that has ended sells nothing any more."""
    token = tree.partner_token
    list_id = await make_list(api, token, tree, currency="USD", markupPercent=None)
    await set_prices(api, token, list_id, price(tree, "70.00"), price(tree, "1.00", validFrom="2999-01-01"))
    assert (await place(api, token, seats(tree, 1)))["price"]["amount"] == "70.00"
    await set_prices(api, token, list_id, price(tree, "2.00", validFrom="2026-01-01", validUntil="2026-01-02"))
    # No explicit price of today is left: the list for all, with its markup, is what remains.
    assert (await place(api, token, seats(tree, 1)))["price"]["amount"] == "95.63"


async def test_c5_ten_thousand_prices_are_set_in_one_call(api: Api, tree: Planted) -> None:
    """One request, within five seconds, one event, all or none; sent again under its key, it is done once."""
    token, list_id = tree.partner_token, await make_list(api, tree.partner_token, tree)
    plans = await many_plans(tree, 5_000)
    prices = [
        {"planId": plan, "salesModel": model, "amount": f"{place}.{place % 100:02d}", "validFrom": "2026-01-01"}
        for place, plan in enumerate(plans, start=1)
        for model in ("MONTHLY", "YEARLY")
    ]
    content = {"priceListId": list_id, "prices": prices, "idempotencyKey": fresh_key()}
    query = document("mutation", "setPrices")
    async with asyncio.timeout(5):
        answer = await api.ask(token, query, {"input": content})
    assert (answer["__typename"], answer["SetPricesSuccess_count"]) == ("SetPricesSuccess", 10_000)
    assert await api.ask(token, query, {"input": content}) == answer
    key = decode("PriceList", list_id)
    assert await database.fetch_value("SELECT count(*) FROM prices WHERE price_list_id = $1", key) == 10_000
    sql = "SELECT payload FROM events WHERE aggregate_id = $1 AND type = 'price_list.prices_set'"
    assert [row["payload"]["count"] for row in await database.fetch(sql, key)] == [10_000]


async def many_plans(tree: Planted, count: int) -> list[str]:
    """So many plans beside one of the story."""
    rows = await database.fetch(
        "INSERT INTO plans (id, product_id, scope, key, name, rank, max_quantity, created_at) "
        "SELECT gen_random_uuid(), product_id, scope, 'k' || n, name, 100 + n, max_quantity, created_at "
        "FROM plans CROSS JOIN generate_series(1, $2::int) AS n WHERE id = $1 RETURNING id",
        decode("Plan", tree.plans[BUSINESS]),
        count,
    )
    return [encode("Plan", row["id"]) for row in rows]


async def test_c5_every_problem_of_a_call_is_named_by_its_place(api: Api, tree: Planted, other_tree: Planted) -> None:
    """Nothing is set where one price is wrong: each problem has the place of its price."""
    token, list_id = tree.partner_token, await make_list(api, tree.partner_token, tree)
    wrong = [
        price(tree, "1.00"),
        price(tree, "1.001"),
        price(tree, "-1"),
        price(tree, "1", planId=other_tree.plans[BUSINESS], salesModel="MONTHLY"),
        price(tree, "1", validFrom="2026-03-01", validUntil="2026-03-01"),
        price(tree, "2.00"),
    ]
    content = {"priceListId": list_id, "prices": wrong, "idempotencyKey": fresh_key()}
    problems = await refused(api, token, "setPrices", content)
    assert set(problems) == {
        ("prices.1.amount", "INVALID"),
        ("prices.1", "ALREADY_EXISTS"),
        ("prices.2.amount", "OUT_OF_RANGE"),
        ("prices.2", "ALREADY_EXISTS"),
        ("prices.3.planId", "NOT_FOUND"),
        ("prices.4.validUntil", "OUT_OF_RANGE"),
        ("prices.5", "ALREADY_EXISTS"),
    }
    assert await listed(api, token, list_id) == []
    misspelt = content | {"prices": [price(tree, "1", planId="x"), price(tree, "1"), price(tree, "1", planId="ord_1")]}
    problems = await refused(api, token, "setPrices", misspelt)
    assert problems == [("prices.0.planId", "INVALID"), ("prices.2.planId", "INVALID")]
    assert await refused(api, token, "setPrices", content | {"prices": []}) == [("prices", "REQUIRED")]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": " "}, ("name", "REQUIRED")),
        ({"markupPercent": "-1"}, ("markupPercent", "OUT_OF_RANGE")),
        ({"markupPercent": "10000.1"}, ("markupPercent", "OUT_OF_RANGE")),
        ({"markupPercent": "1.00001"}, ("markupPercent", "INVALID")),
        ({"name": "Taken"}, ("name", "ALREADY_EXISTS")),
        ({"currency": "JPY"}, ("buyer", "ALREADY_EXISTS")),
    ],
)
async def test_c5_a_list_is_refused(api: Api, tree: Planted, changes: dict[str, Any], problem: tuple[str, str]) -> None:
    """A name of its own, a markup that is none below cost, one list for the same buyers and currency."""
    await make_list(api, tree.partner_token, tree, name="Taken", currency="JPY")
    assert await refused(api, tree.partner_token, "createPriceList", price_list_input(tree, **changes)) == [problem]


async def test_c5_a_list_is_for_who_buys_directly(api: Api, tree: Planted) -> None:
    """A buyer stands right below its seller; a distributor has no cost to mark up."""
    content = price_list_input(tree, buyer={"id": tree.customer_id})
    assert await refused(api, tree.distributor_token, "createPriceList", content) == [
        ("markupPercent", "NOT_ALLOWED"),
        ("buyer", "NOT_ALLOWED"),
    ]
    content = price_list_input(tree, buyer={"id": tree.partner_id}, markupPercent=None)
    await succeed(api, tree.distributor_token, "createPriceList", content)


async def test_c5_a_list_is_its_sellers_alone(api: Api, tree: Planted) -> None:
    """Neither the seller above nor a neighbour sees a list, its prices, or can set any: it does not exist for them."""
    list_id = await make_list(api, tree.partner_token, tree)
    await set_prices(api, tree.partner_token, list_id, price(tree, "64.07"))
    neighbour = await grow(api, tree, tree.distributor_id)
    for token in (tree.distributor_token, neighbour.partner_token):
        assert await listed(api, token, list_id) == []
        assert await api.ask(token, "query ($id: ID!) { node(id: $id) { id } }", {"id": list_id}) is None
        assert (await set_prices(api, token, list_id, price(tree, "1")))["__typename"] == "NotFound"
        page = await api.post(token, document("query", "priceLists"), {"first": 100})
        assert list_id not in page.text
    assert (await api.ask(tree.partner_token, "query ($id: ID!) { node(id: $id) { id } }", {"id": list_id}))["id"]


async def test_c5_a_drafted_plan_is_priced_by_its_owner_alone(api: Api, tree: Planted) -> None:
    """To its buyers it does not exist before it is published; its owner prices it first."""
    made = await succeed(api, tree.distributor_token, "createProduct", product_input(tree))
    product_id = made["CreateProductSuccess_product"]["id"]
    plan = (await succeed(api, tree.distributor_token, "createPlan", plan_input(product_id)))["CreatePlanSuccess_plan"]
    asked = price(tree, "10.00", planId=plan["id"])
    own = await make_list(
        api, tree.distributor_token, tree, currency="USD", markupPercent=None, buyer={"id": tree.partner_id}
    )
    assert (await set_prices(api, tree.distributor_token, own, asked))["__typename"] == "SetPricesSuccess"
    buyers = await make_list(api, tree.partner_token, tree)
    answer = await set_prices(api, tree.partner_token, buyers, asked)
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [
        ("prices.0.planId", "NOT_FOUND")
    ]
    await succeed(api, tree.distributor_token, "publishProduct", {"id": product_id})
    assert (await set_prices(api, tree.partner_token, buyers, asked))["__typename"] == "SetPricesSuccess"


async def test_c5_prices_need_their_permissions(api: Api, tree: Planted) -> None:
    """To see takes PRICES_READ, to change PRICES_MANAGE; a customer can be granted neither."""
    reader = await new_token(api, tree.partner_token, tree, permissions=["PRICES_READ"])
    content = {"input": price_list_input(tree)}
    for token in (reader, tree.customer_token):
        error = await api.refuse(token, document("mutation", "createPriceList"), content)
        assert error["extensions"]["code"] == "FORBIDDEN"
    assert (await api.ask(reader, "{ priceLists { totalCount } }"))["totalCount"] == 1
    error = await api.refuse(tree.customer_token, "{ priceLists { totalCount } }")
    assert error["extensions"]["code"] == "FORBIDDEN"
