"""The short way through a query answers what graphql-core does, and gives way wherever it cannot."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest

import bootstrap
from domain.shared.actor import Actor
from resolvers.direct import NOT_ANSWERED
from resolvers.execution import Request
from resolvers.operations import Operation, Refused, begin
from schema.context import Context, House
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.gates import Figures, house_with
from tests.api.walk import document
from tests.api.worlds import succeed
from tests.house import Api, order_input

FIELDS: Final = "id number price { amount } cost { amount } lines { id state price { amount currency } }"
SHORT: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "one thing": (f"query ($id: ID!) {{ order(id: $id) {{ {FIELDS} }} }}", {}),
    "another name": (f"query ($id: ID!) {{ mine: order(id: $id) {{ number {FIELDS} }} }}", {}),
    "a fragment below": (
        f"query ($id: ID!) {{ order(id: $id) {{ ...F }} }} fragment F on Order {{ {FIELDS} customer {{ name }} }}",
        {},
    ),
    "a condition below": (
        f"query ($id: ID!, $no: Boolean!) {{ order(id: $id) {{ id number @include(if: $no) {FIELDS} }} }}",
        {"no": False},
    ),
    "a page": (f"{{ orders(first: 5) {{ nodes {{ {FIELDS} }} edges {{ cursor }} pageInfo {{ endCursor }} }} }}", {}),
    "a default": ("query ($n: Int = 1) { orders(first: $n) { nodes { id } } }", {}),
}
LONG: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "nothing found": ("query ($id: ID!) { order(id: $id) { number } }", {"id": "ord_01j00000000000000000000000"}),
    "a bad cursor": ('{ orders(first: 1, after: "x") { nodes { id } } }', {}),
    "a value of another kind": ("query ($n: Int) { orders(first: $n) { nodes { id } } }", {"n": "many"}),
    "a count": ("{ orders(first: 1) { totalCount } }", {}),
    "two fields": ("{ orders(first: 1) { nodes { id } } viewer { principal } }", {}),
    "a condition on it": (
        "query ($id: ID!, $yes: Boolean!) { order(id: $id) @include(if: $yes) { id } }",
        {"yes": True},
    ),
    "the type's name": ("{ __typename }", {}),
}


@pytest.fixture
async def house(addresses: bootstrap.Addresses, database: None) -> AsyncIterator[House]:
    """What a process offers to its requests."""
    line, doorbell = bootstrap.open_line(addresses), bootstrap.open_doorbell(addresses)
    yield house_with(line, doorbell, Figures(query_cap=10**9, maximum=10**9))
    await line.aclose()
    await doorbell.aclose()


async def answers(house: House, actor: Actor, query: str, variables: Mapping[str, Any]) -> tuple[list[Any], Operation]:
    """What a query answers, run four times; the first two are graphql-core's."""
    found = []
    for _ in range(4):
        context = Context(house, actor, "request")
        operation = await begin(Request(query, variables, None), context)
        try:
            payload = await operation.answer()
        except Refused as error:
            payload = error.payload
        found.append({name: part for name, part in payload.items() if name != "extensions"})
    return found, operation


async def taken(operation: Operation, variables: Mapping[str, Any]) -> bool:
    """Whether the short way answers."""
    short_way = operation.prepared.source.short_way(operation.prepared.operation)
    if short_way is None:
        return False
    data = await short_way.answer(operation.prepared.source.plans, variables, operation.context)
    return data is not NOT_ANSWERED


@pytest.mark.parametrize(("query", "given"), SHORT.values(), ids=SHORT.keys())
async def test_the_short_way_answers_the_same(
    api: Api, house: House, tree: Planted, query: str, given: Mapping[str, Any]
) -> None:
    """One root field, everything below it plain: taken from the third time on, and nobody can tell."""
    placed = await succeed(api, tree.partner_token, "placeOrder", order_input(tree, fresh_key()))
    variables = {"id": placed["PlaceOrderSuccess_order"]["id"], **given} if "$id" in query else given
    actor = await house.callers.actor_of_token(tree.partner_token)
    assert actor is not None
    found, operation = await answers(house, actor, query, variables)
    assert all(answer == found[0] for answer in found)
    assert "errors" not in found[0]
    assert await taken(operation, variables)


@pytest.mark.parametrize(("query", "given"), LONG.values(), ids=LONG.keys())
async def test_where_it_cannot_graphql_core_answers(
    api: Api, house: House, tree: Planted, query: str, given: Mapping[str, Any]
) -> None:
    """Errors, nulls, counts, several fields and conditions: the same answer each time."""
    placed = await succeed(api, tree.partner_token, "placeOrder", order_input(tree, fresh_key()))
    variables = {"id": placed["PlaceOrderSuccess_order"]["id"], **given} if "$id" in query else given
    actor = await house.callers.actor_of_token(tree.partner_token)
    assert actor is not None
    found, operation = await answers(house, actor, query, variables)
    assert all(answer == found[0] for answer in found)
    assert not await taken(operation, variables)


@pytest.mark.parametrize("name", ["order", "orders", "subscriptions", "products", "organizations", "events"])
async def test_every_field_of_a_kind_comes_out_the_same(api: Api, tree: Planted, name: str) -> None:
    """A query that selects whatever there is answers the same, however often it has run."""
    placed = await succeed(api, tree.partner_token, "placeOrder", order_input(tree, fresh_key()))
    variables = {"id": placed["PlaceOrderSuccess_order"]["id"]} if name == "order" else {"first": 20}
    found = [await api.ask(tree.partner_token, document("query", name), variables) for _ in range(5)]
    assert all(answer == found[0] for answer in found)
