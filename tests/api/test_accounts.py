"""A4 and A5: the accounts of a customer, who of them is invoiced, and the system subscriptions that come with them."""

import asyncio
from typing import Any

import pytest

from domain.shared import database
from domain.shared.ids import decode
from seeding import Planted
from tests.api.bases import customer_input, fresh_key, plan_input, terms_input
from tests.api.targets import BASES, make_targets
from tests.api.walk import document
from tests.api.worlds import EVERYTHING_OF_A_SELLER, grow, new_token, scope_of, succeed
from tests.house import Api, order_input

ACCOUNTS = """
query ($id: ID!) { accounts(first: 100, where: {organizationId: {eq: $id}}) {
  nodes { id kind name currency isInvoiced creditTerms customerId } } }
"""
SYSTEM = """
query ($id: ID!) { subscriptions(first: 100, where: {customerId: {eq: $id}, isProtected: {eq: true}}) {
  nodes { accountId orderId state isProtected quantity unitPrice { amount } unitCost { amount } expiresOn autoRenew
          product { key isSystem } } } }
"""


async def new_customer(api: Api, tree: Planted, mode: str) -> Any:
    """A customer of the tree's partner, called Hotel."""
    content = customer_input(tree, name="Hotel", billingMode=mode)
    return (await succeed(api, tree.partner_token, "createCustomer", content))["CreateCustomerSuccess_customer"]


async def accounts_of(api: Api, token: str, customer_id: str) -> dict[str, Any]:
    """The accounts of a customer by their names."""
    page = await api.ask(token, ACCOUNTS, {"id": customer_id})
    return {node["name"]: node for node in page["nodes"]}


async def add_group(api: Api, tree: Planted, customer_id: str, name: str) -> Any:
    """The answer to adding a group."""
    content = {"customer": {"id": customer_id}, "name": name, "idempotencyKey": fresh_key()}
    return await api.ask(tree.partner_token, document("mutation", "addGroupAccount"), {"input": content})


@pytest.mark.parametrize(("mode", "invoiced"), [("ENTERPRISE", {"Hotel Enterprise"}), ("GROUP", {"Hotel", "Annex"})])
async def test_a4_two_accounts_are_made_and_the_mode_says_who_is_invoiced(
    api: Api, tree: Planted, mode: str, invoiced: set[str]
) -> None:
    """A customer has its owner account and a first group; invoices live on the one, or on each group."""
    customer = await new_customer(api, tree, mode)
    assert customer["billingMode"] == mode
    assert [(account["kind"], account["name"]) for account in customer["accounts"]] == [
        ("ENTERPRISE", "Hotel Enterprise"),
        ("GROUP", "Hotel"),
    ]
    await add_group(api, tree, customer["id"], "Annex")
    accounts = await accounts_of(api, tree.partner_token, customer["id"])
    assert set(accounts) == {"Hotel Enterprise", "Hotel", "Annex"}
    assert {name for name, account in accounts.items() if account["isInvoiced"]} == invoiced
    assert {account["currency"] for account in accounts.values()} == {"USD"}
    assert {account["customerId"] for account in accounts.values()} == {customer["id"]}


async def test_a4_the_mode_is_chosen(api: Api, tree: Planted) -> None:
    """Without a billing mode no customer is created, nor with one that does not exist."""
    for mode in (None, "NONE"):
        error = await api.refuse(
            tree.partner_token,
            document("mutation", "createCustomer"),
            {"input": customer_input(tree, billingMode=mode)},
        )
        assert "billingMode" in error["message"]


@pytest.mark.parametrize("name", ["Hotel", " hotel  ENTERPRISE ", "Annex"])
async def test_a4_a_group_has_a_name_of_its_own(api: Api, tree: Planted, name: str) -> None:
    """A name that an account of the customer has (in any case) is ALREADY_EXISTS at `name`; another's is not."""
    customer = await new_customer(api, tree, "GROUP")
    await add_group(api, tree, customer["id"], "Annex")
    answer = await add_group(api, tree, customer["id"], name)
    assert answer["InvalidInput_code"] == "ALREADY_EXISTS"
    assert [field["path"] for field in answer["InvalidInput_fields"]] == ["name"]
    assert (await add_group(api, tree, tree.customer_id, name))["__typename"] == "AddGroupAccountSuccess"


async def test_a4_groups_added_at_once_are_all_there(api: Api, tree: Planted) -> None:
    """Twelve groups at once get places of their own."""
    answers = await asyncio.gather(*(add_group(api, tree, tree.customer_id, f"Group {n}") for n in range(12)))
    assert {answer["__typename"] for answer in answers} == {"AddGroupAccountSuccess"}
    assert len(await accounts_of(api, tree.partner_token, tree.customer_id)) == 14


async def test_a4_a_customer_has_a_hundred_accounts_at_most(api: Api, tree: Planted) -> None:
    """The next one is a Conflict that says so."""
    for n in range(98):
        assert (await add_group(api, tree, tree.customer_id, f"Group {n}"))["__typename"] == "AddGroupAccountSuccess"
    answer = await add_group(api, tree, tree.customer_id, "one more")
    assert answer["Conflict_message"] == "a customer has at most 100 accounts"


async def test_a4_only_customers_have_accounts(api: Api, tree: Planted) -> None:
    """A group for a partner is refused at `customer`."""
    answer = await add_group(api, tree, tree.partner_id, "G")
    assert [(field["path"], field["code"]) for field in answer["InvalidInput_fields"]] == [("customer", "NOT_ALLOWED")]


async def test_a4_without_the_permission_accounts_are_not_seen(api: Api, tree: Planted) -> None:
    """BILLING_READ is needed to list accounts or find one, and an organization shows none without it."""
    reader = [name for name in EVERYTHING_OF_A_SELLER if name not in {"BILLING_READ", "BILLING_MANAGE"}]
    token = await new_token(api, tree.partner_token, tree, permissions=reader)
    assert (await api.refuse(token, ACCOUNTS, {"id": tree.customer_id}))["extensions"]["code"] == "FORBIDDEN"
    account_id = next(iter((await accounts_of(api, tree.partner_token, tree.customer_id)).values()))["id"]
    assert await api.ask(token, document("query", "node"), {"id": account_id}) is None
    shown = await api.ask(token, document("query", "organization"), {"id": tree.customer_id})
    assert shown["accounts"] == []


async def system_of(api: Api, token: str, customer_id: str) -> list[Any]:
    """The protected subscriptions of a customer."""
    nodes: list[Any] = (await api.ask(token, SYSTEM, {"id": customer_id}))["nodes"]
    return nodes


async def test_a5_accounts_come_with_their_system_subscriptions(api: Api, tree: Planted) -> None:
    """The enterprise link is on the enterprise account; group link and retail rates are on each group."""
    customer = await new_customer(api, tree, "ENTERPRISE")
    await add_group(api, tree, customer["id"], "Annex")
    by_id = {node["id"]: name for name, node in (await accounts_of(api, tree.partner_token, customer["id"])).items()}
    found = await system_of(api, tree.partner_token, customer["id"])
    assert sorted((by_id[node["accountId"]], node["product"]["key"]) for node in found) == [
        ("Annex", "group-link"),
        ("Annex", "retail-rates"),
        ("Hotel", "group-link"),
        ("Hotel", "retail-rates"),
        ("Hotel Enterprise", "enterprise-link"),
    ]


async def test_a5_system_subscriptions_are_free_active_and_protected(api: Api, tree: Planted) -> None:
    """They cost nothing on any edge of any chain, came of no order, and do not expire."""
    sub = await grow(api, tree, tree.partner_id)
    for token in (tree.distributor_token, tree.partner_token, sub.partner_token, sub.customer_token):
        found = await system_of(api, token, sub.customer_id)
        assert len(found) == 3
        for node in found:
            assert (node["state"], node["isProtected"], node["product"]["isSystem"]) == ("ACTIVE", True, True)
            assert (node["orderId"], node["expiresOn"], node["autoRenew"]) == (None, None, False)
            assert node["unitPrice"] == {"amount": "0.00"}
            assert node["unitCost"] in (None, {"amount": "0.00"})


async def test_a5_system_products_are_not_for_sale(api: Api, tree: Planted) -> None:
    """They stand in no list of products unless it asks for them, and an order that names one is told how it is had."""
    query = (
        "query ($where: ProductWhere) { products(first: 100, where: $where) { totalCount nodes { key plans { id } } } }"
    )
    keys = {"enterprise-link", "group-link", "retail-rates"}
    usual = await api.ask(tree.partner_token, query, {})
    assert keys.isdisjoint({node["key"] for node in usual["nodes"]})
    assert usual["totalCount"] == len(usual["nodes"])
    system = await api.ask(tree.partner_token, query, {"where": {"isSystem": {"eq": True}}})
    assert {node["key"] for node in system["nodes"]} == keys
    either = await api.ask(tree.partner_token, query, {"where": {"isSystem": {"in": [True, False]}}})
    assert len(either["nodes"]) == len(usual["nodes"]) + 3
    line = {"planId": system["nodes"][0]["plans"][0]["id"], "quantity": 1}
    answer = await api.ask(
        tree.partner_token,
        document("mutation", "createOrder"),
        {"input": order_input(tree, fresh_key(), lines=[line])},
    )
    [field] = answer["InvalidInput_fields"]
    assert (field["path"], field["code"]) == ("lines.0.planId", "NOT_ALLOWED")
    assert field["message"].endswith("It comes with the account by itself.")


@pytest.mark.parametrize("mutation", ["updateProduct", "pauseProduct", "archiveProduct", "createPlan", "publishTerms"])
async def test_a5_system_products_are_managed_by_nobody(api: Api, tree: Planted, mutation: str) -> None:
    """Not even the distributor that owns them changes them, adds plans or terms, or takes them off sale."""
    query = "{ products(first: 1, where: {isSystem: {eq: true}}) { nodes { id } } }"
    [product] = (await api.ask(tree.distributor_token, query))["nodes"]
    contents = {
        "updateProduct": {"id": product["id"], "orderability": "ORDERABLE", "orderOtherwise": None},
        "createPlan": plan_input(product["id"]),
        "publishTerms": terms_input(product["id"]),
    }
    content = contents.get(mutation, {"id": product["id"]})
    error = await api.refuse(tree.distributor_token, document("mutation", mutation), {"input": content})
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert "system products" in error["message"]


async def test_a5_no_mutation_changes_a_protected_subscription(api: Api, tree: Planted) -> None:
    """Whatever the API does at a customer, until it is closed, its system subscriptions stay as they are."""
    targets = await make_targets(api, tree)
    scope = await scope_of(tree.customer_id)
    rows = (
        "SELECT md5(string_agg(s::text, '|' ORDER BY s.id)) FROM subscriptions s "
        "WHERE is_protected AND scope = $1 AND created_at < $2"
    )
    at = await database.fetch_value("SELECT clock_timestamp()")
    before = await database.fetch_value(rows, scope.path, at)
    assert before is not None
    for name, base in BASES.items():
        await api.ask(tree.partner_token, document("mutation", name), {"input": base(tree, targets)})
    assert await database.fetch_value(rows, scope.path, at) == before


async def test_a5_a_distributor_has_each_system_product_once(api: Api, tree: Planted) -> None:
    """They are made with the distributor, below no other organization."""
    rows = await database.fetch(
        "SELECT d.key FROM products d WHERE d.is_system AND d.organization_id = $1 ORDER BY d.key",
        decode("Organization", tree.distributor_id),
    )
    assert [row["key"] for row in rows] == ["enterprise-link", "group-link", "retail-rates"]
