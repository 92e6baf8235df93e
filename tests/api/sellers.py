"""What the tests of prices, discounts and contracts share: making them, and reading what came of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from seeding import Planted
from tests.api.bases import discount_input, fresh_key, price_list_input
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import CLOUD, Api, order_input

BUSINESS: Final = "cloud-workspace/business"


async def make_list(api: Api, token: str, tree: Planted, **changes: Any) -> str:
    """A new price list's id."""
    answer = await succeed(api, token, "createPriceList", price_list_input(tree, **changes))
    made: str = answer["CreatePriceListSuccess_priceList"]["id"]
    return made


async def set_prices(api: Api, token: str, list_id: str, *prices: Mapping[str, Any]) -> Any:
    """What setting prices answers."""
    content = {"priceListId": list_id, "prices": prices, "idempotencyKey": fresh_key()}
    return await api.ask(token, document("mutation", "setPrices"), {"input": content})


def price(tree: Planted, amount: str, **changes: Any) -> dict[str, Any]:
    """A yearly price of the business plan from the beginning of the year on."""
    content = {"planId": tree.plans[BUSINESS], "salesModel": "YEARLY", "amount": amount, "validFrom": "2026-01-01"}
    return content | changes


async def make_discount(api: Api, token: str, tree: Planted, **changes: Any) -> Any:
    """A new discount on everything, for all buyers, without a limit, unless told otherwise."""
    content = discount_input(tree, buyer=None, planId=None, redemptionLimit=None) | changes
    return (await succeed(api, token, "createDiscount", content))["CreateDiscountSuccess_discount"]


def seats(tree: Planted, quantity: int = 10, **changes: Any) -> dict[str, Any]:
    """An order of one line: so many seats of the business plan, yearly."""
    line = {"planId": tree.plans[BUSINESS], "quantity": quantity, "parameters": CLOUD}
    return order_input(tree, fresh_key(), lines=[line]) | changes


async def place(api: Api, token: str, content: Mapping[str, Any]) -> Any:
    """The order that was placed."""
    return (await succeed(api, token, "placeOrder", content))["PlaceOrderSuccess_order"]


async def refused(api: Api, token: str, mutation: str, content: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """(path, code) of every field for which a mutation is refused."""
    answer = await api.ask(token, document("mutation", mutation), {"input": content})
    assert answer["__typename"] == "InvalidInput", answer
    return [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]]
