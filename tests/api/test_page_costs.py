"""What a page costs: a fixed small number of statements, however many things are on it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final
from uuid import uuid4

import pytest
from asyncpg.connection import LoggedQuery
from tortoise.connection import get_connection

from domain.shared import database
from domain.shared.ids import decode
from jobs.workshop import Workshop
from seeding import Planted
from settings import Settings
from tests.api.bases import customer_input, fresh_key
from tests.api.walk import NEAR, document
from tests.api.worlds import run_all, succeed
from tests.house import Api, order_input, plant_tree

ORDERS: Final = (
    "query ($first: Int) { orders(first: $first) { nodes { id number price { amount } customer { name } "
    "lines { quantity plan { key } product { key } subscription { state plan { key } } } } } }"
)
# Orders, customers, lines, plans, products, subscriptions, the subscriptions' plans.
ORDERS_COST: Final = 7


@asynccontextmanager
async def counted(settings: Settings) -> AsyncIterator[list[str]]:
    """The statements that are run meanwhile, by whichever connection of the pool."""
    statements: list[str] = []

    def log(query: LoggedQuery) -> None:
        if "api_tokens" not in query.query:  # the caller's is looked up once a second
            statements.append(query.query)

    async def on_each_connection(method: str) -> None:
        async with AsyncExitStack() as stack:
            client = get_connection("default")
            for _ in range(settings.database_pool_size):
                connection = await stack.enter_async_context(client.acquire_connection())
                getattr(connection, method)(log)

    await on_each_connection("add_query_logger")
    try:
        yield statements
        await asyncio.sleep(0.01)  # asyncpg tells of a statement on the loop's next lap
    finally:
        await on_each_connection("remove_query_logger")


@pytest.fixture(scope="module")
async def orders(api: Api, shop: Workshop) -> Planted:
    """A tree whose customer has 6 completed orders and 44 drafts; nothing here changes it."""
    tree = await plant_tree(uuid4().hex)
    for _ in range(44):
        await succeed(api, tree.partner_token, "createOrder", order_input(tree, fresh_key()))
    placed = [await succeed(api, tree.partner_token, "placeOrder", order_input(tree, fresh_key())) for _ in range(6)]
    await run_all(shop, [tree], *[answer["PlaceOrderSuccess_order"]["id"] for answer in placed])
    return tree


async def cost(api: Api, settings: Settings, token: str, query: str, variables: Mapping[str, Any]) -> int:
    """How many statements a query takes that has been run before."""
    await api.ask(token, query, variables)
    async with counted(settings) as statements:
        await api.ask(token, query, variables)
    return len(statements)


async def test_a_page_of_50_costs_what_a_page_of_1_does(api: Api, settings: Settings, orders: Planted) -> None:
    """50 orders with customer, lines, plans, products, subscriptions take a statement a relation, as one does."""
    for first in (1, 6, 50):
        assert await cost(api, settings, orders.partner_token, ORDERS, {"first": first}) == ORDERS_COST
    page = await api.ask(orders.partner_token, ORDERS, {"first": 50})
    assert len(page["nodes"]) == 50
    assert page["nodes"][0]["lines"][0]["subscription"]["plan"] == {"key": "business"}
    assert page["nodes"][-1]["lines"][0]["subscription"] is None


@pytest.mark.parametrize(
    "name",
    [
        *("contracts", "discounts", "events", "orders", "priceLists", "prices", "products"),
        *("provisioningOperations", "subscriptions", "webhookDeliveries"),
        *("organizations", "accounts", "walletEntries", "charges", "invoices", "payments", "emergencyLocations"),
    ],
)
async def test_no_list_costs_more_for_more(api: Api, settings: Settings, orders: Planted, name: str) -> None:
    """Selected whole, a longer page of anything takes no more statements than a short one."""
    query = document("query", name, far=NEAR)
    short, long = [await cost(api, settings, orders.partner_token, query, {"first": first}) for first in (1, 50)]
    assert long == short <= 24


async def test_what_is_not_selected_is_not_loaded(api: Api, settings: Settings, orders: Planted) -> None:
    """A list of ids takes one statement, a count one more."""
    token = orders.partner_token
    assert await cost(api, settings, token, "{ orders(first: 50) { nodes { id } } }", {}) == 1
    assert await cost(api, settings, token, "{ orders(first: 50) { totalCount } }", {}) <= 2


async def test_nodes_cost_a_statement_a_kind(api: Api, settings: Settings, orders: Planted) -> None:
    """`nodes` finds 100 things of two kinds by one statement each."""
    page = await api.ask(orders.partner_token, "{ orders(first: 50) { nodes { id } } }")
    ids = [node["id"] for node in page["nodes"]] + [orders.customer_id] * 50
    assert (
        await cost(
            api, settings, orders.partner_token, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids}
        )
        == 2
    )


async def test_selections_of_edges_and_nodes_are_merged(api: Api, orders: Planted) -> None:
    """What is selected below `edges` and below `nodes` may differ at any depth: both get all that they ask for."""
    query = (
        "{ orders(first: 50) { edges { node { lines { subscription { plan { key } } } } } "
        "nodes { lines { subscription { product { key } customer { name } } plan { rank } } } } }"
    )
    for _ in range(3):
        page = await api.ask(orders.partner_token, query)
        assert page["edges"][0]["node"]["lines"][0] == {"subscription": {"plan": {"key": "business"}}}
        assert page["nodes"][0]["lines"][0]["subscription"]["product"] == {"key": "cloud-workspace"}


async def test_aliases_and_fragments_get_what_they_ask_for(api: Api, orders: Planted) -> None:
    """One relation under two names, in fragments and behind conditions, is loaded with the selections of all."""
    query = (
        "query ($yes: Boolean!, $no: Boolean!) { orders(first: 3) { nodes { a: lines { ...A } b: lines { ...B } "
        "... @include(if: $yes) { lines { product { key } } } ... @skip(if: $yes) { customer { id } } "
        "c: lines @include(if: $no) { id } } } } "
        "fragment A on OrderLine { plan { key } } fragment B on OrderLine { plan { name } subscription { id } }"
    )
    for yes in (True, False, True, False):
        page = await api.ask(orders.partner_token, query, {"yes": yes, "no": not yes})
        node = page["nodes"][0]
        assert node["a"][0] == {"plan": {"key": "business"}}
        assert node["b"][0]["plan"] == {"name": "Business"}
        assert ("lines" in node, "customer" in node, "c" in node) == (yes, not yes, not yes)


async def test_the_count_is_the_lists_own(api: Api, orders: Planted) -> None:
    """`totalCount` is what the database counts below the actor."""
    counted_rows = await database.fetch_value(
        "SELECT count(*) FROM orders WHERE organization_id = $1", decode("Organization", orders.customer_id)
    )
    answer = await api.ask(orders.partner_token, "{ orders(first: 1) { totalCount } }")
    assert answer["totalCount"] == counted_rows == 50


async def test_organizations_with_their_accounts_take_two_statements(
    api: Api, settings: Settings, tree: Planted
) -> None:
    """A page of 20 customers, each with its accounts, costs what a page of one does."""
    for _ in range(20):
        await succeed(api, tree.partner_token, "createCustomer", customer_input(tree))
    query = (
        "query ($first: Int) { organizations(first: $first) { nodes { "
        "name state accounts { name available { amount } } } } }"
    )
    for first in (1, 20):
        assert await cost(api, settings, tree.partner_token, query, {"first": first}) == 2
    page = await api.ask(tree.partner_token, query, {"first": 20})
    assert [len(node["accounts"]) for node in page["nodes"]] == [2] * 20
