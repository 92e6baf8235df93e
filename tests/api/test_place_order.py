"""placeOrder at the API."""

from domain.shared.ids import decode_any
from seeding import Planted
from tests.house import PLACE_ORDER, Api, order_input


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
