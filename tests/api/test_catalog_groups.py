"""Categories and order types through the API: made, listed, and what products are found by."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.catalog.queries import CATEGORIES, ORDER_TYPES, PRODUCTS, TERMS
from schema.catalog import ProductSortField
from schema.catalog_groups import CatalogGroupSortField
from schema.catalog_terms import TermsDocumentSortField
from seeding import Planted
from settings import Settings
from tests.api.bases import AN_ADD_ON, catalog_group_input, plan_input, product_input, terms_input
from tests.api.test_page_costs import counted
from tests.api.test_products import answer, make_product, make_published, problems
from tests.api.worlds import succeed
from tests.house import Api

FOUND = "query ($where: ProductWhere, $sort: [ProductSort!]) { products(where: $where, sort: $sort) { nodes { key } } }"
EVERYTHING = """
query ($first: Int) { products(first: $first) { nodes { id key provisioner dataLocations { key }
  categories { key } orderTypes { key } terms { version sha256 }
  plans { key product { key } addons { per plan { key } } components { quantity plan { key } } } } } }
"""
# Products, categories, order types, terms, plans, their products, add-ons, those' plans, components, those' plans.
EVERYTHING_COSTS = 10


async def make_group(api: Api, token: str, mutation: str, **changes: Any) -> str:
    """A category or order type of the caller's."""
    made = await succeed(api, token, mutation, catalog_group_input(**changes))
    [group] = [value for name, value in made.items() if name != "__typename"]
    group_id: str = group["id"]
    return group_id


async def keys(api: Api, token: str, **variables: Any) -> list[str]:
    """The keys of the products that a list shows."""
    return [node["key"] for node in (await api.ask(token, FOUND, variables))["nodes"]]


@pytest.mark.parametrize("listed", ["categories", "orderTypes"])
async def test_a9_categories_and_order_types_are_listed_by_position(api: Api, tree: Planted, listed: str) -> None:
    """Sellers' and own ones stand in one list, by their positions."""
    mutation = {"categories": "setCategory", "orderTypes": "setOrderType"}[listed]
    await make_group(api, tree.distributor_token, mutation, key="second", position=2000)
    await make_group(api, tree.partner_token, mutation, key="first", position=1000)
    query = f"{{ {listed}(sort: [{{field: POSITION, direction: ASC}}]) {{ totalCount nodes {{ key position }} }} }}"
    shown = await api.ask(tree.customer_token, query)
    assert shown["nodes"][-2:] == [{"key": "first", "position": 1000}, {"key": "second", "position": 2000}]
    assert shown["totalCount"] == len(shown["nodes"])


@pytest.mark.parametrize("mutation", ["setCategory", "setOrderType"])
async def test_a_group_is_made_once_and_renamed_by_its_key(api: Api, tree: Planted, mutation: str) -> None:
    """The same key names the same group; what is refused says why."""
    first = await make_group(api, tree.partner_token, mutation, key="voice", name="Voice")
    assert await make_group(api, tree.partner_token, mutation, key="voice", name="Telephony") == first
    assert await make_group(api, tree.distributor_token, mutation, key="voice") != first
    refused = await answer(
        api, tree.partner_token, mutation, catalog_group_input(key="Not a key", name="", position=-1)
    )
    assert problems(refused) == {("key", "INVALID"), ("name", "REQUIRED"), ("position", "OUT_OF_RANGE")}


async def test_c1_products_are_found_by_category_and_order_type(api: Api, tree: Planted) -> None:
    """A product may be in several of each; it is found by any of them, and by all of them together."""
    token = tree.distributor_token
    voice, data = [await make_group(api, token, "setCategory", key=key) for key in ("voice", "data")]
    seats = await make_group(api, token, "setOrderType", key="seats")
    both, _ = await make_published(api, tree, key="both", categoryIds=[voice, data], orderTypeIds=[seats])
    await make_published(api, tree, key="one", categoryIds=[voice])
    for where, found in (
        ({"categoryId": {"eq": voice}}, ["both", "one"]),
        ({"categoryId": {"in": [voice, data]}}, ["both", "one"]),
        ({"categoryId": {"eq": data}}, ["both"]),
        ({"orderTypeId": {"eq": seats}}, ["both"]),
        ({"AND": [{"categoryId": {"eq": voice}}, {"categoryId": {"eq": data}}]}, ["both"]),
        ({"categoryId": {"eq": data}, "type": {"eq": "HARDWARE"}}, []),
    ):
        sort = [{"field": "KEY", "direction": "ASC"}]
        assert await keys(api, tree.customer_token, where=where, sort=sort) == found
    query = "query ($id: ID!) { product(id: $id) { categories { key } orderTypes { key } } }"
    shown = await api.ask(tree.customer_token, query, {"id": both})
    assert {group["key"] for group in shown["categories"]} == {"voice", "data"}
    assert shown["orderTypes"] == [{"key": "seats"}]
    await succeed(api, token, "updateProduct", {"id": both, "categoryIds": [data]})
    assert await keys(api, tree.customer_token, where={"categoryId": {"eq": voice}}) == ["one"]


async def test_c1_a_product_is_in_groups_of_its_sellers_or_its_own(
    api: Api, tree: Planted, other_tree: Planted
) -> None:
    """A foreign category or order type is refused as one that does not exist."""
    foreign = await make_group(api, other_tree.distributor_token, "setCategory")
    alien = await make_group(api, other_tree.distributor_token, "setOrderType")
    sellers = await make_group(api, tree.distributor_token, "setCategory")
    content = product_input(tree, categoryIds=[sellers, foreign], orderTypeIds=[alien])
    refused = await answer(api, tree.partner_token, "createProduct", content)
    assert problems(refused) == {("categoryIds", "NOT_FOUND"), ("orderTypeIds", "NOT_FOUND")}
    assert sellers not in str(refused)


async def test_c1_products_are_found_by_type_and_status(api: Api, tree: Planted) -> None:
    """Each product type can be asked for, as can each status and orderability, sorted by any of them."""
    for kind in ("HARDWARE", "SERVICE", "CONNECTOR", "APP"):
        await make_product(api, tree, key=f"a-{kind.lower()}", type=kind)
    mine = {"key": {"contains": "a-"}, "status": {"eq": "DRAFT"}}
    hardware = await keys(api, tree.distributor_token, where=mine | {"type": {"eq": "HARDWARE"}})
    assert hardware == ["a-hardware"]
    sort = [{"field": "TYPE", "direction": "DESC"}]
    assert await keys(api, tree.distributor_token, where=mine, sort=sort) == [
        *("a-service", "a-hardware", "a-connector", "a-app")
    ]
    closed = await keys(
        api, tree.distributor_token, where={"orderability": {"in": ["CLOSED"]}, "status": {"eq": "ACTIVE"}}
    )
    assert closed == ["sip-trunk"]


async def test_a_page_of_products_takes_a_statement_a_relation(api: Api, tree: Planted, settings: Settings) -> None:
    """However many products, plans, add-ons and components are shown: one statement each relation, none each row."""
    token = tree.distributor_token
    category, order_type = await make_group(api, token, "setCategory"), await make_group(api, token, "setOrderType")
    part = tree.plans["team-insights/professional"]
    for place in range(6):
        product_id = await make_product(
            api, tree, categoryIds=[category], orderTypeIds=[order_type], type="BUNDLE" if place % 2 else "SERVICE"
        )
        content = plan_input(product_id, components=[{"planId": part}] if place % 2 else [], **AN_ADD_ON)
        made = (await succeed(api, token, "createPlan", content))["CreatePlanSuccess_plan"]["id"]
        if not place % 2:
            addons = [{"planId": made, "maxQuantity": 2}]
            await succeed(api, token, "createPlan", plan_input(product_id, addons=addons))
        await succeed(
            api, token, "publishTerms", terms_input(product_id, validFrom=datetime.now(UTC).date().isoformat())
        )
    for first in (2, 50):
        async with counted(settings) as statements:
            page = await api.ask(token, EVERYTHING, {"first": first})
        assert len(page["nodes"]) == min(first, 9)
        assert len(statements) == EVERYTHING_COSTS, statements


@pytest.mark.parametrize(
    ("listing", "published"),
    [
        (PRODUCTS, ProductSortField),
        (CATEGORIES, CatalogGroupSortField),
        (ORDER_TYPES, CatalogGroupSortField),
        (TERMS, TermsDocumentSortField),
    ],
)
def test_what_a_list_is_sorted_by_is_published(listing: Any, published: Any) -> None:
    """The API's sort fields are those of the list, no more and no less."""
    assert {field.name for field in published} == set(listing.sorts)
