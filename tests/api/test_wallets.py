"""A11: who sees an account's credit, who sets it, and what a wallet holds."""

import asyncio
from decimal import Decimal

import pytest

from seeding import Planted
from tests.api.bases import fresh_key, wallet_input
from tests.api.credit import (
    account,
    entries_add_up,
    place,
    set_terms,
    top_up,
)
from tests.api.walk import document
from tests.api.worlds import EVERYTHING_OF_A_SELLER, account_of, grow, new_token, sell_by_markup, succeed
from tests.house import Api, order_input


async def test_a11_amounts_are_seen_by_the_two_they_are_between(api: Api, tree: Planted) -> None:
    """A distributor and a partner further up see an account of a sub-partner's customer, but none of its amounts."""
    sub = await grow(api, tree, tree.partner_id)
    await sell_by_markup(sub.partner_id, 10)
    secret = Decimal("7919.13")
    await set_terms(api, sub, "POSTPAID", secret)
    await succeed(
        api, sub.partner_token, "topUpWallet", wallet_input(await account_of(sub.customer_id, 0), amount=str(secret))
    )
    for token in (sub.partner_token, sub.customer_token):
        assert (await account(api, sub, token=token))["available"] == secret * 2
    for token in (tree.partner_token, tree.distributor_token):
        assert set((await account(api, sub, token=token)).values()) == {None}
        for name in ("accounts", "walletEntries", "events", "organizations"):
            text = (await api.post(token, document("query", name), {"first": 100})).text
            assert "errors" not in text
            assert "7919" not in text
            assert "15838" not in text
        lines = order_input(sub, fresh_key())["lines"] * 40
        answer = await place(api, sub, token, lines=lines)
        assert answer["__typename"] == "InsufficientCredit"
        assert answer["InsufficientCredit_short"] is None
        assert "USD" not in answer["InsufficientCredit_message"]


@pytest.mark.parametrize("mutation", ["setCreditTerms", "topUpWallet", "grantCredit"])
async def test_a11_only_its_seller_sets_terms_and_fills_wallets(api: Api, tree: Planted, mutation: str) -> None:
    """The customer itself, a seller further up, and a token without BILLING_MANAGE are FORBIDDEN."""
    account_id = await account_of(tree.customer_id, 0)
    content = (
        {"accountId": account_id, "terms": "PREPAID", "idempotencyKey": fresh_key()}
        if mutation == "setCreditTerms"
        else wallet_input(account_id)
    )
    reader = [name for name in EVERYTHING_OF_A_SELLER if name != "BILLING_MANAGE"]
    tokens = [
        tree.customer_token,
        tree.distributor_token,
        await new_token(api, tree.partner_token, tree, permissions=reader),
    ]
    for token in tokens:
        error = await api.refuse(token, document("mutation", mutation), {"input": content})
        assert error["extensions"]["code"] == "FORBIDDEN"
    await succeed(api, tree.partner_token, mutation, content)


async def test_a11_a_customer_is_never_granted_billing_manage(api: Api, tree: Planted) -> None:
    """Its tokens cannot have the permission."""
    content = {"organization": {"id": tree.customer_id}, "name": "t", "permissions": ["BILLING_MANAGE"]}
    query = document("mutation", "createApiToken")
    answer = await api.ask(tree.partner_token, query, {"input": content | {"idempotencyKey": fresh_key()}})
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["permissions"]


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1e20", "10000000000000.01"])
@pytest.mark.parametrize("mutation", ["topUpWallet", "grantCredit"])
async def test_a11_amounts_are_positive_and_of_the_currency(
    api: Api, standing: Planted, mutation: str, amount: str
) -> None:
    """Nothing, less than nothing, parts of a cent and more than a wallet holds are refused at `amount`."""
    content = wallet_input(await account_of(standing.customer_id, 0), amount=amount)
    answer = await api.ask(standing.partner_token, document("mutation", mutation), {"input": content})
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["amount"]


async def test_a11_a_wallet_is_bounded(api: Api, tree: Planted) -> None:
    """The sum of what is paid in may not go beyond what a wallet holds, whoever pays at once."""
    most = "10000000000000.00"
    await top_up(api, tree, Decimal(most))
    content = wallet_input(await account_of(tree.customer_id, 0), amount="0.01")
    answer = await api.ask(tree.partner_token, document("mutation", "topUpWallet"), {"input": content})
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [("amount", "OUT_OF_RANGE")]


async def test_a11_entries_are_only_added(api: Api, tree: Planted) -> None:
    """Concurrent payments and grants are each an entry, and the balance is their sum."""
    account_id = await account_of(tree.customer_id, 0)
    mutations = ["topUpWallet", "grantCredit"] * 10
    await asyncio.gather(
        *(succeed(api, tree.partner_token, name, wallet_input(account_id, amount="1.01")) for name in mutations)
    )
    assert (await account(api, tree))["balance"] == Decimal("20.20")
    query = "query ($id: ID!) { walletEntries(first: 50, where: {accountId: {eq: $id}}) { nodes { kind } totalCount } }"
    page = await api.ask(tree.customer_token, query, {"id": account_id})
    assert page["totalCount"] == 20
    assert {node["kind"] for node in page["nodes"]} == {"TOP_UP", "CREDIT"}
    await entries_add_up(tree)
