"""Lists: keyset pages in every order and direction, totals, filters, cursors, and what a page costs."""

from collections.abc import Mapping
from itertools import pairwise
from json import dumps
from typing import Any, Final
from uuid import uuid4

import pytest

from seeding import Planted
from tests.api.bases import customer_input, fresh_key
from tests.api.walk import ASKED, FORWARDS, root_fields
from tests.api.worlds import succeed
from tests.house import Api, order_input, plant_tree

PAGE: Final = (
    "query ($first: Int, $after: String, $last: Int, $before: String, $where: OrganizationWhere, "
    "$sort: [OrganizationSort!]) { organizations(first: $first, after: $after, last: $last, before: $before, "
    "where: $where, sort: $sort) { totalCount edges { cursor node { id name createdAt } } nodes { id } "
    "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
)
ORDERS: Final = (
    "query ($first: Int, $after: String, $last: Int, $before: String, $where: OrderWhere, $sort: [OrderSort!]) "
    "{ orders(first: $first, after: $after, last: $last, before: $before, where: $where, sort: $sort) "
    "{ totalCount nodes { id number state } pageInfo { endCursor startCursor } } }"
)

NAMES: Final = (
    *("zeta", "Alpha", "beta", "Beta 2", "äther", "Zeta 2", "alpha 2", "10", "9", "-", "\U0001f600"),
    "\U0001f600" * 190,
)


@pytest.fixture(scope="module")
async def named(api: Api, database: None) -> Planted:
    """A tree whose partner has a customer of each of the NAMES, made in this order; nothing here changes it."""
    tree = await plant_tree(uuid4().hex)
    for name in NAMES:
        await succeed(api, tree.partner_token, "createCustomer", customer_input(tree, name=name))
    return tree


async def walk(api: Api, token: str, arguments: Mapping[str, Any], size: str) -> list[dict[str, Any]]:
    """Every edge of a list, page by page: forwards by `first`, backwards by `last`."""
    forwards = size == "first"
    turn, flag, end = (
        ("after", "hasNextPage", "endCursor") if forwards else ("before", "hasPreviousPage", "startCursor")
    )
    edges: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await api.ask(token, PAGE, {**arguments, size: 3, turn: cursor})
        assert [edge["node"]["id"] for edge in page["edges"]] == [node["id"] for node in page["nodes"]]
        assert len(page["edges"]) <= 3
        edges = edges + page["edges"] if forwards else page["edges"] + edges
        assert page["pageInfo"]["hasPreviousPage" if forwards else "hasNextPage"] is (cursor is not None)
        if not page["pageInfo"][flag]:
            return edges
        cursor = page["pageInfo"][end]


SORTS: Final[Mapping[str, list[dict[str, str]] | None]] = {
    "none": None,
    "by name": [{"field": "NAME", "direction": "ASC"}],
    "by name down": [{"field": "NAME", "direction": "DESC"}],
    "by age": [{"field": "CREATED_AT", "direction": "ASC"}],
    "by age down": [{"field": "CREATED_AT", "direction": "DESC"}],
    "by both, one down": [{"field": "CREATED_AT", "direction": "DESC"}, {"field": "NAME", "direction": "ASC"}],
    "by both, other down": [{"field": "NAME", "direction": "DESC"}, {"field": "CREATED_AT", "direction": "ASC"}],
}


@pytest.mark.parametrize("sort", SORTS.values(), ids=SORTS.keys())
async def test_pages_add_up_to_the_list(api: Api, named: Planted, sort: list[dict[str, str]] | None) -> None:
    """Read forwards or backwards, in pages of 3, a list is the whole list in its order, without gap or double."""
    whole = await api.ask(named.partner_token, PAGE, {"first": 100, "sort": sort})
    assert whole["totalCount"] == len(whole["nodes"]) == len(NAMES) + 2
    assert whole["pageInfo"]["hasNextPage"] is whole["pageInfo"]["hasPreviousPage"] is False
    for size in ("first", "last"):
        assert await walk(api, named.partner_token, {"sort": sort}, size) == whole["edges"]
    if sort and len(sort) == 1:
        key = "name" if sort[0]["field"] == "NAME" else "createdAt"
        values = [edge["node"][key] for edge in whole["edges"]]
        if key == "createdAt":
            assert values == sorted(values, reverse=sort[0]["direction"] == "DESC")
        other = "DESC" if sort[0]["direction"] == "ASC" else "ASC"
        turned = await api.ask(named.partner_token, PAGE, {"first": 100, "sort": [sort[0] | {"direction": other}]})
        assert turned["nodes"] == whole["nodes"][::-1]


async def test_pages_are_stable_under_inserts(api: Api, tree: Planted) -> None:
    """What is created between two pages neither repeats nor hides what was there before."""
    for _ in range(12):
        await succeed(api, tree.partner_token, "createCustomer", customer_input(tree))
    arguments: dict[str, Any] = {"first": 5, "sort": SORTS["by age down"]}
    before = (await api.ask(tree.partner_token, PAGE, arguments | {"first": 100}))["nodes"]
    page = await api.ask(tree.partner_token, PAGE, arguments)
    seen = page["nodes"]
    while page["pageInfo"]["hasNextPage"]:
        await succeed(api, tree.partner_token, "createCustomer", customer_input(tree))
        page = await api.ask(tree.partner_token, PAGE, arguments | {"after": page["pageInfo"]["endCursor"]})
        seen += page["nodes"]
    assert seen == before


async def test_a_page_between_two_cursors(api: Api, named: Planted) -> None:
    """`after` and `before` together name what lies between them."""
    edges = (await api.ask(named.partner_token, PAGE, {"first": 100}))["edges"]
    between = {"after": edges[2]["cursor"], "before": edges[9]["cursor"]}
    for size, expected in (("first", edges[3:7]), ("last", edges[5:9])):
        page = await api.ask(named.partner_token, PAGE, between | {size: 4})
        assert page["edges"] == expected
    for left, right in pairwise(edges):
        page = await api.ask(named.partner_token, PAGE, {"after": left["cursor"], "before": right["cursor"]})
        assert page["edges"] == []


async def test_every_row_has_a_cursor_that_works(api: Api, named: Planted) -> None:
    """A list can be read on from any of its rows, however long the text that it is sorted by."""
    edges = (await api.ask(named.partner_token, PAGE, {"first": 100, "sort": SORTS["by name"]}))["edges"]
    for place, edge in enumerate(edges):
        rest = {"first": 100, "sort": SORTS["by name"], "after": edge["cursor"]}
        assert (await api.ask(named.partner_token, PAGE, rest))["edges"] == edges[place + 1 :]


@pytest.mark.parametrize("name", [name for name, root in root_fields("query").items() if "first" in root.args])
@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ("first: 0", "first"),
        ("first: 101", "first"),
        ("first: -1", "first"),
        ("last: 0", "last"),
        ("last: 101", "last"),
        ("first: 1, last: 1", "last"),
        ('after: ""', "after"),
        ('after: "x"', "after"),
        ('after: "AAAA"', "after"),
        ('before: "!!!!"', "before"),
        ('before: "W10"', "before"),
        ('after: "bnVsbA"', "after"),
        ('after: "WyJJRC0iLDFd"', "after"),
        ('after: "WyJJRCsiLCIwMTkzIl0"', "after"),
        ('after: "ä"', "after"),
    ],
)
async def test_bad_pages_are_refused(api: Api, standing: Planted, name: str, arguments: str, path: str) -> None:
    """A size outside 1 to 100, both sizes, or what is no cursor of the list is BAD_INPUT at the argument."""
    if name in FORWARDS and path in {"last", "before"}:
        return
    asked = "".join(f", {argument}: {dumps(value)}" for argument, value in ASKED.get(name, {}).items())
    query = f"{{ {name}({arguments}{asked}) {{ pageInfo {{ hasNextPage }} }} }}"
    error = await api.refuse(standing.partner_token, query)
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert [field["path"] for field in error["extensions"]["fields"]] == [path]


async def test_a_cursor_belongs_to_its_list_and_order(api: Api, named: Planted) -> None:
    """A cursor of another order, or of another list in another order, is refused as such."""
    by_name, by_age = SORTS["by name"], SORTS["by age"]
    page = await api.ask(named.partner_token, PAGE, {"first": 2, "sort": by_name})
    cursor = page["pageInfo"]["endCursor"]
    for sort in (by_age, SORTS["by name down"], SORTS["by both, one down"], None):
        error = await api.refuse(named.partner_token, PAGE, {"first": 2, "sort": sort, "after": cursor})
        assert error["extensions"]["fields"][0]["path"] == "after"
    error = await api.refuse(named.partner_token, ORDERS, {"first": 2, "after": cursor})
    assert error["extensions"]["code"] == "BAD_INPUT"


async def test_sort_keys_are_named_once(api: Api, standing: Planted) -> None:
    """A field sorted by twice is refused, however many keys there are."""
    for times in (2, 500):
        error = await api.refuse(standing.partner_token, PAGE, {"first": 2, "sort": (SORTS["by name"] or []) * times})
        assert error["extensions"]["code"] == "BAD_INPUT"
        assert error["extensions"]["fields"][0]["path"] == "sort"


FILTERS: Final[Mapping[str, tuple[dict[str, Any], set[str]]]] = {
    "equal": ({"name": {"eq": "beta"}}, {"beta"}),
    "one of": ({"name": {"in": ["beta", "9", "nobody"]}}, {"beta", "9"}),
    "one of none": ({"name": {"in": []}}, set()),
    "contains, in any case": ({"name": {"contains": "ETA"}}, {"zeta", "beta", "Beta 2", "Zeta 2"}),
    "contains what LIKE would read": ({"name": {"contains": "%"}}, set()),
    "contains an underscore": ({"name": {"contains": "_"}}, set()),
    "two comparisons of one field": ({"name": {"contains": "beta", "in": ["Beta 2", "zeta"]}}, {"Beta 2"}),
    "two fields": ({"name": {"contains": "2"}, "kind": {"eq": "PARTNER"}}, set()),
    "AND": ({"AND": [{"name": {"contains": "2"}}, {"name": {"contains": "a"}}]}, {"Beta 2", "Zeta 2", "alpha 2"}),
    "OR": ({"OR": [{"name": {"eq": "9"}}, {"name": {"eq": "10"}}]}, {"9", "10"}),
    "OR of none": ({"OR": []}, set()),
    "OR inside AND": (
        {"AND": [{"OR": [{"name": {"eq": "9"}}, {"name": {"eq": "10"}}]}, {"name": {"contains": "1"}}]},
        {"10"},
    ),
    "a field beside OR": ({"name": {"contains": "0"}, "OR": [{"name": {"eq": "9"}}, {"name": {"eq": "10"}}]}, {"10"}),
    "beyond the BMP": ({"name": {"contains": "\U0001f600\U0001f600"}}, {"\U0001f600" * 190}),
}


@pytest.mark.parametrize(("where", "found"), FILTERS.values(), ids=FILTERS.keys())
async def test_filters_find_what_they_say(api: Api, named: Planted, where: dict[str, Any], found: set[str]) -> None:
    """Comparisons of a field and fields beside each other all hold; AND, OR as they say; totals count the same."""
    where = {"AND": [where, {"name": {"in": list(NAMES)}}]}
    page = await api.ask(named.partner_token, PAGE, {"first": 100, "where": where})
    assert {edge["node"]["name"] for edge in page["edges"]} == found
    assert page["totalCount"] == len(found)
    assert [edge["node"]["id"] for edge in await walk(api, named.partner_token, {"where": where}, "first")] == [
        node["id"] for node in page["nodes"]
    ]


async def test_orders_are_filtered_by_everything_they_say(api: Api, tree: Planted) -> None:
    """State, number, customer, reference and time of creation each find the order, and not the other one."""
    first = (
        await succeed(
            api, tree.partner_token, "createOrder", order_input(tree, fresh_key(), subscriptionReference="A-1")
        )
    )["CreateOrderSuccess_order"]
    second = (await succeed(api, tree.partner_token, "placeOrder", order_input(tree, fresh_key())))[
        "PlaceOrderSuccess_order"
    ]
    for where, found in (
        ({"state": {"eq": "DRAFT"}}, [first]),
        ({"state": {"in": ["APPROVED", "DRAFT"]}}, [second, first]),
        ({"number": {"eq": second["number"]}}, [second]),
        ({"subscriptionReference": {"contains": "a-"}}, [first]),
        ({"customerId": {"eq": tree.customer_id}}, [second, first]),
        ({"customerId": {"in": [tree.partner_id]}}, []),
        ({"createdAt": {"lte": first["createdAt"]}}, [first]),
        ({"createdAt": {"gte": second["createdAt"]}}, [second]),
        ({"createdAt": {"gte": "1970-01-01T01:00:00+01:00", "lte": "9999-12-31T00:00:00Z"}}, [second, first]),
    ):
        page = await api.ask(tree.partner_token, ORDERS, {"first": 10, "where": where})
        assert [node["id"] for node in page["nodes"]] == [order["id"] for order in found], where
        assert page["totalCount"] == len(found)


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ({"name": {"in": ["x"] * 101}}, "where.name.in"),
        ({"name": {"eq": "a\x00"}}, "where.name.eq"),
        ({"OR": [{"name": {"eq": str(n)}} for n in range(51)]}, "where"),
        ({"AND": [{"AND": [{"AND": [{"AND": [{"AND": [{}]}]}]}]}]}, "where.AND.0.AND.0.AND.0.AND.0.AND.0"),
    ],
)
async def test_filters_are_bounded(api: Api, standing: Planted, where: dict[str, Any], path: str) -> None:
    """More than 100 values, 50 conditions or 5 levels are refused at their place."""
    error = await api.refuse(standing.partner_token, PAGE, {"where": where})
    assert [field["path"] for field in error["extensions"]["fields"]] == [path]
