"""Documents that are no GraphQL, ask for what is not there, or are built to exhaust the server."""

import time
from typing import Any

import httpx
import pytest

from seeding import Planted
from tests.house import Api

ORDERS = "query ($where: OrderWhere) { orders(where: $where) { totalCount } }"


def nested(name: str, depth: int) -> str:
    """A document of `depth` selections, one inside the other."""
    return f"{{ {name} {{ " * depth + name + " } }" * depth


def doubling(depth: int) -> str:
    """Fragments each of which spreads the next one twice: 2^depth spreads for whoever walks them all."""
    links = [f"fragment F{n} on Order {{ ...F{n + 1} ...F{n + 1} }}" for n in range(depth)]
    return "{ orders { nodes { ...F0 } } } " + " ".join(links) + f" fragment F{depth} on Order {{ id }}"


def crossing(depth: int) -> str:
    """As `doubling`, through a relation that is selected twice a level under other names."""
    links = [
        f"fragment F{n} on Order {{ ...G{n} a{n}: customer {{ id }} b{n}: customer {{ id }} }} "
        f"fragment G{n} on Order {{ ...F{n + 1} ...F{n + 1} }}"
        for n in range(depth)
    ]
    return (
        "{ orders { nodes { ...F0 } edges { node { ...F0 } } } } "
        + " ".join(links)
        + f" fragment F{depth} on Order {{ id }}"
    )


def introspection(depth: int) -> str:
    """The types' fields' types' fields …: the answer grows exponentially with the depth."""
    return "{ __schema { types { " + "fields { type { " * depth + "name" + " } }" * depth + " } } }"


def codes(answer: httpx.Response) -> set[str]:
    """The codes of an answer's errors, of which there are some; each has a message, and no trace of our code."""
    assert "Traceback" not in answer.text
    errors = answer.json()["errors"]
    assert all(error["message"] for error in errors)
    return {error["extensions"]["code"] for error in errors}


BAD_DOCUMENTS = {
    "no GraphQL": "hello",
    "an open brace": "{ viewer {",
    "a comment only": "# nothing",
    "only a fragment": "fragment F on Order { id }",
    "a NUL character": "{ viewer\x00 { principal } }",
    "a lone surrogate": '{ order(id: "\\ud800") { id } }',
    "an unknown field": "{ nothing }",
    "an unknown field below": "{ viewer { secret } }",
    "no selection": "{ viewer }",
    "a selection of a scalar": "{ viewer { principal { x } } }",
    "a missing argument": "{ order { id } }",
    "an unknown argument": '{ order(id: "x", force: true) { id } }',
    "a value of the wrong type": "{ order(id: 1.5) { id } }",
    "an unknown enum value": "{ orders(where: {state: {eq: NONE}}) { totalCount } }",
    "an enum value as a text": '{ orders(where: {state: {eq: "DRAFT"}}) { totalCount } }',
    "an unknown input field": "{ orders(where: {secret: {eq: 1}}) { totalCount } }",
    "an undeclared variable": "{ order(id: $id) { id } }",
    "an unused variable": "query ($id: ID) { viewer { principal } }",
    "a variable of the wrong type": "query ($id: Int!) { order(id: $id) { id } }",
    "an unknown directive": "{ viewer @admin { principal } }",
    "an unknown fragment": "{ viewer { ...F } }",
    "a fragment cycle": "{ orders { nodes { ...A } } } fragment A on Order { ...B } fragment B on Order { ...A }",
    "a fragment in itself": "{ orders { nodes { ...A } } } fragment A on Order { customer { id } ...A }",
    "a fragment of another type": "{ viewer { ...A } } fragment A on Order { id }",
    "two operations of one name": "query A { viewer { principal } } query A { viewer { principal } }",
    "two operations, none named": "query A { viewer { principal } } query B { viewer { principal } }",
    "a live update over HTTP": 'subscription { orderUpdated(id: "x") { id } }',
    "a type definition": "type A { b: C }",
    "two references in one": 'mutation { createOrder(input: {customer: {id: "a", reference: "b"}, lines: [], '
    'salesModel: YEARLY, idempotencyKey: "k"}) { __typename } }',
    "100,000 tokens": "{ " + "a " * 100_000 + "}",
    "5,000 aliases": "{ " + " ".join(f"a{n}: viewer {{ principal }}" for n in range(5_000)) + "}",
    "selections nested 2,000 deep": nested("viewer", 2_000),
    "selections nested 1,200 deep": nested("viewer", 1_200),
    "lists nested 2,000 deep": "{ nodes(ids: " + "[" * 2_000 + "]" * 2_000 + ") { id } }",
    "objects nested 2,000 deep": "{ orders(where: " + "{AND: " * 1_500 + "{}" + "}" * 1_500 + ") { totalCount } }",
    "types nested 2,000 deep": "query ($a: " + "[" * 2_000 + "ID" + "]" * 2_000 + ") { viewer { principal } }",
    "inline fragments nested 1,000 deep": "{ " + "... { " * 1_000 + "viewer { principal }" + " }" * 1_000 + " }",
    "introspection nested 20 deep": introspection(20),
}


@pytest.mark.parametrize("query", BAD_DOCUMENTS.values(), ids=BAD_DOCUMENTS.keys())
@pytest.mark.parametrize(("accept", "status"), [("application/graphql-response+json", 400), ("application/json", 200)])
async def test_a_document_that_cannot_be_run_says_why(
    api: Api, standing: Planted, query: str, accept: str, status: int
) -> None:
    """What does not parse or validate is BAD_REQUEST: 400, or 200 for clients of the older media type; no data."""
    began = time.perf_counter()
    headers = {"authorization": f"Bearer {standing.partner_token}", "accept": accept}
    answer = await api.client.post("/graphql", json={"query": query}, headers=headers)
    assert answer.status_code == status, answer.text
    assert codes(answer) == {"BAD_REQUEST"}
    assert "data" not in answer.json()
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("query", [doubling(40), crossing(40)], ids=["doubling", "crossing"])
async def test_fragments_are_walked_once(api: Api, standing: Planted, query: str) -> None:
    """Fragments that spread fragments cost what they are long, not what they unfold to."""
    began = time.perf_counter()
    answer = await api.post(standing.partner_token, query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"] == {"orders": {key: [] for key in answer.json()["data"]["orders"]}}
    assert time.perf_counter() - began < 5


BAD_VARIABLES: dict[str, tuple[str, Any]] = {
    "an object for a text": ("query ($id: ID!) { order(id: $id) { id } }", {"id": {}}),
    "a missing variable": ("query ($id: ID!) { order(id: $id) { id } }", {}),
    "null for what must be": ("query ($id: ID!) { order(id: $id) { id } }", {"id": None}),
    "2^31": ("query ($n: Int) { orders(first: $n) { totalCount } }", {"n": 2**31}),
    "-2^31 - 1": ("query ($n: Int) { orders(first: $n) { totalCount } }", {"n": -(2**31) - 1}),
    "2^63": ("query ($n: Int) { orders(first: $n) { totalCount } }", {"n": 2**63}),
    "a fraction": ("query ($n: Int) { orders(first: $n) { totalCount } }", {"n": 1.5}),
    "1e308": ("query ($n: Int) { orders(first: $n) { totalCount } }", {"n": 1e308}),
    "true for a number": ("query ($n: Int) { orders(first: $n) { totalCount } }", {"n": True}),
    "a list for one": ("query ($w: OrderWhere) { orders(where: $w) { totalCount } }", {"w": [1]}),
    "an unknown field": (ORDERS, {"where": {"secret": {"eq": "x"}}}),
    "an unknown enum value": (ORDERS, {"where": {"state": {"eq": "NONE"}}}),
    "a day for an instant": (ORDERS, {"where": {"createdAt": {"gte": "2026-01-01"}}}),
    "an instant without offset": (ORDERS, {"where": {"createdAt": {"gte": "2026-01-01T00:00:00"}}}),
    "a month 13": (ORDERS, {"where": {"createdAt": {"gte": "2026-13-01T00:00:00Z"}}}),
    "before the year 1": (ORDERS, {"where": {"createdAt": {"gte": "0001-01-01T00:00:00+14:00"}}}),
    "past the year 9999": (ORDERS, {"where": {"createdAt": {"gte": "9999-12-31T23:59:59-14:00"}}}),
    "a number for an instant": (ORDERS, {"where": {"createdAt": {"gte": 1}}}),
}


@pytest.mark.parametrize(("query", "variables"), BAD_VARIABLES.values(), ids=BAD_VARIABLES.keys())
async def test_variables_of_the_wrong_type_are_refused(api: Api, standing: Planted, query: str, variables: Any) -> None:
    """A variable that its type does not take is BAD_REQUEST, naming the variable."""
    answer = await api.post(standing.partner_token, query, variables)
    assert answer.status_code == 200
    assert codes(answer) == {"BAD_REQUEST"}
    assert "$" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("depth", [50, 200, 500])
async def test_variables_nested_deep_are_refused(api: Api, standing: Planted, depth: int) -> None:
    """A `where` nested deeper than allowed is refused with a clear error, however deep it is."""
    where = '{"AND": [' * depth + "{}" + "]}" * depth
    body = f'{{"query": "{ORDERS}", "variables": {{"where": {where}}}}}'
    headers = {"authorization": f"Bearer {standing.partner_token}", "content-type": "application/json"}
    answer = await api.client.post("/graphql", content=body, headers=headers)
    assert answer.status_code in {200, 400}, answer.text
    assert codes(answer) <= {"BAD_INPUT", "BAD_REQUEST"}


@pytest.mark.parametrize("name", ["", "B", "\x00", "a" * 10_000])
async def test_the_operation_must_be_in_the_document(api: Api, standing: Planted, name: str) -> None:
    """An operationName that names none of the document's operations is BAD_REQUEST."""
    content = {"query": "query A { viewer { principal } }", "operationName": name}
    headers = {"authorization": f"Bearer {standing.partner_token}"}
    answer = await api.client.post("/graphql", json=content, headers=headers)
    assert codes(answer) == {"BAD_REQUEST"}


async def test_names_are_not_suggested(api: Api, standing: Planted) -> None:
    """A misspelt name is refused without telling the names that there are."""
    for query in ("{ viewr { principal } }", "{ viewer { principl } }", '{ ordre(id: "x") { id } }'):
        assert "Did you mean" not in (await api.post(standing.partner_token, query)).text
