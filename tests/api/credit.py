"""What the tests of credit share: accounts as they are seen, terms, payments, and orders that hold."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, Final

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import fresh_key, wallet_input
from tests.api.walk import document
from tests.api.worlds import account_of, succeed
from tests.house import Api, order_input

PRICE: Final = Decimal("3622.64")  # of the base order, on the partner's edge
ACCOUNT: Final = (
    "query ($id: ID!) { node(id: $id) { ... on Account "
    "{ creditLimit { amount } balance { amount } held { amount } available { amount } } } }"
)
PLACE: Final = document("mutation", "placeOrder")


async def account(api: Api, tree: Planted, position: int = 0, token: str | None = None) -> Any:
    """An account of the tree's customer, as its partner (or another) sees it."""
    shown = await api.ask(
        token or tree.partner_token,
        ACCOUNT,
        {"id": await account_of(tree.customer_id, position)},
    )
    return {name: money and Decimal(money["amount"]) for name, money in shown.items()}


async def set_terms(api: Api, tree: Planted, terms: str, limit: Decimal | None = None, position: int = 0) -> None:
    """Credit terms for an account of the tree's customer."""
    content = {
        "accountId": await account_of(tree.customer_id, position),
        "terms": terms,
        "creditLimit": str(limit) if limit is not None else None,
        "idempotencyKey": fresh_key(),
    }
    await succeed(api, tree.partner_token, "setCreditTerms", content)


async def top_up(api: Api, tree: Planted, amount: Decimal) -> None:
    """Pay into the customer's enterprise account."""
    content = wallet_input(await account_of(tree.customer_id, 0), amount=str(amount))
    await succeed(api, tree.partner_token, "topUpWallet", content)


async def place(api: Api, tree: Planted, token: str | None = None, **changes: Any) -> Any:
    """The answer to placing the base order."""
    content = {"input": order_input(tree, fresh_key(), **changes)}
    return await api.ask(token or tree.partner_token, PLACE, content)


async def submit(api: Api, tree: Planted, token: str | None = None) -> Any:
    """The answer to submitting the base order as a draft; its members named as those of placing."""
    made = await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key()))
    content = {"id": made["CreateOrderSuccess_order"]["id"], "idempotencyKey": fresh_key()}
    answer = await api.ask(token or tree.partner_token, document("mutation", "submitOrder"), {"input": content})
    renamed = {name.replace("SubmitOrder", "PlaceOrder"): value for name, value in answer.items()}
    return renamed | {"__typename": answer["__typename"].replace("SubmitOrder", "PlaceOrder")}


Ordering = Callable[..., Awaitable[Any]]
EITHER_WAY: Final = pytest.mark.parametrize("order", [place, submit], ids=["placeOrder", "submitOrder"])


async def entries_add_up(tree: Planted) -> None:
    """What an account says is the sum of its wallet's entries, and each entry tells what was there after it."""
    rows = await database.fetch(
        "SELECT a.balance_minor, a.held_minor, a.credit_limit_minor, "
        "coalesce(sum(e.amount_minor) FILTER (WHERE e.kind NOT IN ('HOLD', 'RELEASE')), 0) AS balance, "
        "coalesce(-sum(e.amount_minor) FILTER (WHERE e.kind IN ('HOLD', 'RELEASE')), 0) AS held "
        "FROM accounts a LEFT JOIN wallet_entries e ON e.account_id = a.id WHERE a.organization_id = $1 GROUP BY a.id",
        decode("Organization", tree.customer_id),
    )
    assert rows
    for row in rows:
        assert (row["balance_minor"], row["held_minor"]) == (row["balance"], row["held"])
