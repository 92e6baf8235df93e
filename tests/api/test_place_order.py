"""placeOrder at the API."""

from decimal import Decimal

from domain.shared.ids import decode_any
from seeding import Planted
from tests.house import CLOUD, PLACE_ORDER, SAAS, Api, order_input


async def test_each_tier_pays_its_own_price(api: Api, tree: Planted) -> None:
    """Yearly 25 x 85 + 3 x 365 = 3,220 on the distributor's edge; the partner adds 12.5 %, rounded once a unit."""
    answer = await api.ask(tree.partner_token, PLACE_ORDER, {"input": order_input(tree, "k1")})
    assert answer["__typename"] == "PlaceOrderSuccess"
    order = answer["order"]
    assert decode_any(order["id"])[0] == "Order"
    assert order["state"] == "APPROVED"
    # 85.00 x 1.125 = 95.625 -> 95.63; 365.00 x 1.125 = 410.625 -> 410.63 (half up, once a unit price).
    assert order["price"] == {"amount": "3622.64", "currency": "USD"}
    assert order["cost"] == {"amount": "3220.00"}
    assert order["margin"] == {"amount": "402.64"}
    assert [line["plan"]["key"] for line in order["lines"]] == ["business", "professional"]


async def test_o3_many_products_and_plans_in_one_order(api: Api, tree: Planted) -> None:
    """Each line keeps its place, its plan and its quantity, the same plan twice, too."""
    wanted = [
        ("cloud-workspace/business", 25, CLOUD),
        ("team-insights/professional", 3, SAAS),
        ("cloud-workspace/starter", 1, CLOUD),
        ("cloud-workspace/business", 4, CLOUD | {"domain": "second.example"}),
    ]
    lines = [{"planId": tree.plans[key], "quantity": many, "parameters": given} for key, many, given in wanted]
    answer = await api.ask(tree.partner_token, PLACE_ORDER, {"input": order_input(tree, "many", lines=lines)})
    made = [(f"{line['product']['key']}/{line['plan']['key']}", line["quantity"]) for line in answer["order"]["lines"]]
    assert made == [(key, many) for key, many, _ in wanted]


async def test_m1_the_amounts_of_an_order_are_the_sums_of_its_lines_to_the_cent(api: Api, tree: Planted) -> None:
    """On both edges; rounding happened once, in the unit price of each line."""
    plans = ("cloud-workspace/business", "team-insights/professional", "cloud-workspace/starter")
    for quantities in ((1, 1, 1), (7, 13, 3), (999, 37, 11)):
        lines = [
            {"planId": tree.plans[key], "quantity": many, "parameters": SAAS if "team" in key else CLOUD}
            for key, many in zip(plans, quantities, strict=True)
        ]
        content = order_input(tree, f"sums-{quantities}", lines=lines)
        order = (await api.ask(tree.partner_token, PLACE_ORDER, {"input": content}))["order"]
        for edge in ("price", "cost"):
            amounts = [Decimal(line[edge]["amount"]) for line in order["lines"]]
            assert Decimal(order[edge]["amount"]) == sum(amounts)
            for amount, many in zip(amounts, quantities, strict=True):
                assert (amount * 100) % many == 0, "a unit price of whole cents, times the quantity"
