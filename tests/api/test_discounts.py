"""C8: discounts of each seller on its own edge, by code or by themselves."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode, encode
from jobs.workshop import Workshop
from seeding import Planted
from tests.api.bases import discount_input, fresh_key
from tests.api.sellers import BUSINESS, make_discount, place, refused, seats
from tests.api.walk import document
from tests.api.worlds import run_all, scope_of, succeed
from tests.house import Api

# 10 seats, yearly: the customer pays 10 x 95.63, the partner 10 x 85.00.
GROSS, COST = "956.30", "850.00"


def amounts(order: Any, *names: str) -> list[str | None]:
    """The amounts of an order's only line."""
    line = order["lines"][0]
    return [line[name] and line[name]["amount"] for name in names]


async def redeemed(discount_id: str) -> int:
    """How often a discount counts as redeemed."""
    found: int = await database.fetch_value(
        "SELECT redeemed FROM discounts WHERE id = $1", decode("Discount", discount_id)
    )
    return found


@pytest.mark.parametrize(
    ("changes", "off", "left"),
    [
        ({"percent": "10"}, "95.63", "860.67"),
        ({"percent": "0.05"}, "0.48", "955.82"),  # 0.47815, half up
        ({"percent": None, "fixed": "100.00", "currency": "USD"}, "100.00", "856.30"),
        ({"percent": None, "fixed": "5000.00", "currency": "USD"}, GROSS, "0.00"),
        ({"percent": "100"}, GROSS, "0.00"),
    ],
)
async def test_c8_a_code_takes_off_what_the_discount_says(
    api: Api, tree: Planted, changes: dict[str, Any], off: str, left: str
) -> None:
    """Percent or fixed, rounded half up, never below zero; the seller's own cost stays what it was."""
    discount = await make_discount(api, tree.partner_token, tree, **changes)
    order = await place(api, tree.customer_token, seats(tree, discountCodes=[f" {discount['code'].upper()} "]))
    assert amounts(order, "discount", "price", "costDiscount") == [off, left, None]
    assert order["price"]["amount"] == left
    order = await api.ask(tree.partner_token, document("query", "order"), {"id": order["id"]})
    assert amounts(order, "discount", "price", "costDiscount", "cost") == [off, left, "0.00", COST]
    assert await redeemed(discount["id"]) == 1


async def test_c8_a_discount_is_of_one_edge(api: Api, tree: Planted) -> None:
    """What the distributor takes off for its partner lowers the partner's cost and nothing that the customer sees."""
    await make_discount(api, tree.distributor_token, tree, percent="20", code=None)
    order = await place(api, tree.customer_token, seats(tree))
    assert amounts(order, "discount", "price", "costDiscount") == ["0.00", GROSS, None]
    order = await api.ask(tree.partner_token, document("query", "order"), {"id": order["id"]})
    assert amounts(order, "discount", "price", "costDiscount", "cost") == ["0.00", GROSS, "170.00", "680.00"]
    assert order["margin"]["amount"] == "276.30"


async def test_c8_discounts_are_taken_in_one_order(api: Api, tree: Planted) -> None:
    """Percentages first, then fixed amounts: 956.30 less 10 % less 60.67 is 800.00, whichever was made first."""
    fixed = await make_discount(
        api, tree.partner_token, tree, percent=None, fixed="60.67", currency="USD", duration="ONCE", cycles=None
    )
    share = await make_discount(api, tree.partner_token, tree, code=None, duration="FOREVER", cycles=None)
    order = await place(api, tree.customer_token, seats(tree, discountCodes=[fixed["code"]]))
    assert amounts(order, "discount", "price") == ["156.30", "800.00"]
    rows = await database.fetch(
        "SELECT discount_id, line_minor FROM discount_redemptions WHERE order_id = $1", decode("Order", order["id"])
    )
    assert {row["discount_id"]: row["line_minor"] for row in rows} == {
        decode("Discount", fixed["id"]): [6067],
        decode("Discount", share["id"]): [9563],
    }


async def test_c8_a_discount_is_for_what_it_names(api: Api, tree: Planted) -> None:
    """A product, a plan or a buyer: other lines and other customers' orders are left as they are."""
    product = await database.fetch_value(
        "SELECT product_id FROM plans WHERE id = $1", decode("Plan", tree.plans[BUSINESS])
    )
    for changes in ({"planId": tree.plans[BUSINESS]}, {"productId": encode("Product", product)}, {}):
        await make_discount(api, tree.partner_token, tree, code=None, percent="10", **changes)
        expected = ["95.63", "860.67"]
        order = await place(api, tree.customer_token, seats(tree))
        assert amounts(order, "discount", "price") == expected
        await database.execute("UPDATE discounts SET ended_at = now() WHERE scope = $1", await partner_path(tree))
    other = {"planId": tree.plans["team-insights/professional"]}
    await make_discount(api, tree.partner_token, tree, code=None, percent="10", **other)
    assert amounts(await place(api, tree.customer_token, seats(tree)), "discount", "price") == ["0.00", GROSS]


async def partner_path(tree: Planted) -> str:
    """The place of the tree's partner."""
    return (await scope_of(tree.partner_id)).path


async def test_c8_a_code_that_is_not_given_says_why(api: Api, tree: Planted, other_tree: Planted) -> None:
    """Unknown, expired, exhausted, not applicable: at the place of each code, on drafts and orders alike."""

    async def code(**changes: Any) -> str:
        made: str = (await make_discount(api, tree.partner_token, tree, **changes))["code"]
        return made

    foreign = (await make_discount(api, other_tree.partner_token, other_tree))["code"]
    used = await code(redemptionLimit=1)
    await place(api, tree.customer_token, seats(tree, discountCodes=[used]))
    codes = [
        "nobody's",
        foreign,
        await code(validFrom="2999-01-01", validUntil=None),
        await code(validFrom="2026-01-01", validUntil="2026-01-02"),
        used,
        await code(planId=tree.plans["team-insights/professional"]),
        await code(percent=None, fixed="5", currency="JPY"),
        await code(),
    ]
    expected = [
        ("discountCodes.0", "NOT_FOUND"),
        ("discountCodes.1", "NOT_FOUND"),
        ("discountCodes.2", "EXPIRED"),
        ("discountCodes.3", "EXPIRED"),
        ("discountCodes.4", "EXHAUSTED"),
        ("discountCodes.5", "NOT_APPLICABLE"),
        ("discountCodes.6", "NOT_APPLICABLE"),
    ]
    for mutation in ("createOrder", "placeOrder"):
        assert await refused(api, tree.customer_token, mutation, seats(tree, discountCodes=codes)) == expected


async def test_c8_codes_of_sellers_further_up_do_not_exist(api: Api, tree: Planted) -> None:
    """A customer cannot redeem what its partner's seller offers; the partner, who pays that seller, can."""
    code = (await make_discount(api, tree.distributor_token, tree))["code"]
    content = seats(tree, discountCodes=[code])
    assert await refused(api, tree.customer_token, "placeOrder", content) == [("discountCodes.0", "NOT_FOUND")]
    order = await place(api, tree.partner_token, content)
    assert amounts(order, "costDiscount", "cost", "discount") == ["85.00", "765.00", "0.00"]


async def test_c8_a_limit_of_10_is_redeemed_10_times_by_50_at_once(api: Api, tree: Planted) -> None:
    """Fifty clients place an order with one code at once: ten get it, forty are told that it is exhausted."""
    discount = await make_discount(api, tree.partner_token, tree, redemptionLimit=10)
    query = document("mutation", "placeOrder")

    async def order() -> str:
        content = {"input": seats(tree, 1, discountCodes=[discount["code"]])}
        answer = await api.ask(tree.customer_token, query, content)
        fields = answer.get("InvalidInput_fields") or [{"code": answer["__typename"]}]
        code: str = fields[0]["code"]
        return code

    ends = Counter(await asyncio.gather(*(order() for _ in range(50))))
    assert ends == {"PlaceOrderSuccess": 10, "EXHAUSTED": 40}
    assert await redeemed(discount["id"]) == 10
    sql = "SELECT count(*) FROM discount_redemptions WHERE discount_id = $1"
    assert await database.fetch_value(sql, decode("Discount", discount["id"])) == 10


async def test_c8_drafts_redeem_when_they_are_submitted(api: Api, tree: Planted) -> None:
    """Twelve drafts with a code of ten redemptions, submitted at once: ten are, two keep being drafts."""
    discount = await make_discount(api, tree.partner_token, tree, redemptionLimit=10)
    content = [seats(tree, 1, discountCodes=[discount["code"]]) for _ in range(12)]
    drafts = [await succeed(api, tree.customer_token, "createOrder", each) for each in content]
    assert await redeemed(discount["id"]) == 0
    query = document("mutation", "submitOrder")
    answers = await asyncio.gather(
        *(
            api.ask(
                tree.customer_token,
                query,
                {"input": {"id": draft["CreateOrderSuccess_order"]["id"], "idempotencyKey": fresh_key()}},
            )
            for draft in drafts
        )
    )
    assert Counter(answer["__typename"] for answer in answers) == {"SubmitOrderSuccess": 10, "InvalidInput": 2}
    problems = [answer["InvalidInput_fields"] for answer in answers if answer["__typename"] == "InvalidInput"]
    assert {(field["path"], field["code"]) for fields in problems for field in fields} == {
        ("discountCodes.0", "EXHAUSTED")
    }
    submitted = next(answer["SubmitOrderSuccess_order"] for answer in answers if "SubmitOrderSuccess_order" in answer)
    assert amounts(submitted, "discount", "price") == ["9.56", "86.07"]
    assert await redeemed(discount["id"]) == 10


async def test_c8_a_repeated_request_redeems_once(api: Api, tree: Planted) -> None:
    """One key, one redemption; the last one answers again, though the code is exhausted by then."""
    discount = await make_discount(api, tree.partner_token, tree, redemptionLimit=1)
    content = seats(tree, 1, discountCodes=[discount["code"]])
    orders = await asyncio.gather(*(place(api, tree.customer_token, content) for _ in range(5)))
    assert len({order["id"] for order in orders}) == 1
    assert await redeemed(discount["id"]) == 1


async def test_c8_what_comes_to_nothing_gives_its_redemption_back(api: Api, shop: Workshop, tree: Planted) -> None:
    """A cancelled order and one that failed release the code; the next order gets it."""
    discount = await make_discount(api, tree.partner_token, tree, redemptionLimit=1)
    content = seats(tree, 1, discountCodes=[discount["code"]])
    order = await place(api, tree.customer_token, content)
    await succeed(api, tree.customer_token, "cancelOrder", {"id": order["id"]})
    assert await redeemed(discount["id"]) == 0
    order = await place(api, tree.customer_token, content | {"idempotencyKey": fresh_key()})
    assert await redeemed(discount["id"]) == 1
    await database.execute(
        "UPDATE products SET provisioner = 'nobody' WHERE scope = $1", (await scope_of(tree.distributor_id)).path
    )
    await run_all(shop, [tree], order["id"])
    order = await api.ask(tree.customer_token, document("query", "order"), {"id": order["id"]})
    assert (order["state"], await redeemed(discount["id"])) == ("FAILED", 0)


async def test_c8_an_ended_discount_is_given_no_more(api: Api, tree: Planted) -> None:
    """By its seller alone; orders that have it keep it; ending it again changes nothing."""
    discount = await make_discount(api, tree.partner_token, tree)
    content = seats(tree, discountCodes=[discount["code"]])
    order = await place(api, tree.customer_token, content)
    query = document("mutation", "endDiscount")
    for token in (tree.distributor_token,):
        assert (await api.ask(token, query, {"input": {"id": discount["id"]}}))["__typename"] == "NotFound"
    first = await succeed(api, tree.partner_token, "endDiscount", {"id": discount["id"]})
    assert await succeed(api, tree.partner_token, "endDiscount", {"id": discount["id"]}) == first
    again = content | {"idempotencyKey": fresh_key()}
    assert await refused(api, tree.customer_token, "placeOrder", again) == [("discountCodes.0", "EXPIRED")]
    order = await api.ask(tree.customer_token, document("query", "order"), {"id": order["id"]})
    assert amounts(order, "price") == ["860.67"]


async def test_c8_a_code_is_unique_at_its_seller(api: Api, tree: Planted) -> None:
    """In any case, ended or not; another seller may have the same."""
    discount = await make_discount(api, tree.partner_token, tree)
    await succeed(api, tree.partner_token, "endDiscount", {"id": discount["id"]})
    content = discount_input(tree, code=discount["code"].upper())
    assert await refused(api, tree.partner_token, "createDiscount", content) == [("code", "ALREADY_EXISTS")]
    await make_discount(api, tree.distributor_token, tree, code=discount["code"])


async def test_c8_a_discount_is_for_what_its_seller_can_offer(api: Api, tree: Planted, other_tree: Planted) -> None:
    """Foreign plans and products are not found, whom somebody else sells to is not allowed; all is said at once."""
    plan, mine = other_tree.plans[BUSINESS], tree.plans[BUSINESS]
    product = await database.fetch_value("SELECT product_id FROM plans WHERE id = $1", decode("Plan", plan))
    other = await database.fetch_value(
        "SELECT id FROM products WHERE key = 'team-insights' AND scope = $1", (await scope_of(tree.distributor_id)).path
    )
    content = discount_input(tree, planId=plan, productId=encode("Product", product), percent="0")
    assert await refused(api, tree.distributor_token, "createDiscount", content) == [
        ("percent", "OUT_OF_RANGE"),
        ("buyer", "NOT_ALLOWED"),
        ("productId", "NOT_FOUND"),
        ("planId", "NOT_FOUND"),
    ]
    content = discount_input(tree, planId=mine, productId=encode("Product", other))
    assert await refused(api, tree.partner_token, "createDiscount", content) == [("planId", "NOT_ALLOWED")]
