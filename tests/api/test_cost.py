"""What operations cost: told beforehand, counted afterwards, paid from a budget."""

from random import Random
from typing import Any

import httpx
import orjson
import pytest
from graphql import GraphQLObjectType, OperationType, get_operation_ast, parse, validate
from hypothesis import given
from hypothesis import strategies as st

import bootstrap
from domain.catalog.queries import MAX_PLANS
from domain.shared import database
from domain.shared.ids import decode, encode
from domain.webhooks.queries import MAX_ATTEMPTS
from resolvers.cost import LIST_SIZES, Price, is_row
from resolvers.pricing import Pricing
from seeding import Planted
from tests.api.bases import endpoint_input
from tests.api.gates import Figures, gated
from tests.api.priced import Writer, is_list_of_rows, members
from tests.api.walk import CORE, FORWARDS, document, root_fields
from tests.house import PLACE_ORDER, Api, order_input

NOWHERE = "redis://127.0.0.1:1/0"
CANCEL = 'cancelOrder(input: {id: "x"})'
PAGE = "query ($n: Int) { orders(first: $n) { nodes { id customer { id } lines { id plan { id } } } } }"


def price(query: str, variables: dict[str, Any] | None = None) -> Price:
    """The price of a document's one operation."""
    document = parse(query)
    operation = get_operation_ast(document, None)
    assert operation is not None
    return Pricing(CORE, document).price(operation, variables or {})


@pytest.mark.parametrize(
    ("query", "variables", "points"),
    [
        ("{ __typename }", {}, 1),
        ("{ viewer { principal } }", {}, 1),
        ("{ viewer { organization { id } } }", {}, 1),
        ('{ order(id: "x") { id price { amount } failure { code } } }', {}, 1),
        ('{ order(id: "x") { customer { id } } }', {}, 2),
        ('{ order(id: "x") { lines { id plan { id } } } }', {}, 1 + 100 * 2),
        ('{ product(id: "x") { plans { id } } }', {}, 51),
        ("{ orders { nodes { id } } }", {}, 20),
        ("{ orders(first: 3) { nodes { id } } }", {}, 3),
        ("{ orders(last: 3) { nodes { id } edges { cursor node { id } } pageInfo { hasNextPage } } }", {}, 6),
        ("{ orders(first: 3) { edges { cursor } } }", {}, 1),
        ("{ orders(first: 500) { nodes { id } } }", {}, 100),
        ("{ orders(first: -5) { nodes { id } } }", {}, 100),
        ("{ orders { totalCount } }", {}, 10),
        ("{ a: orders { totalCount } b: orders { totalCount } }", {}, 20),
        ("{ orders(first: 2) { nodes { id } } orders(first: 2) { nodes { number } } }", {}, 2),
        (PAGE, {"n": 50}, 10_100),
        (PAGE, {"n": None}, 4_040),
        (PAGE, {}, 4_040),
        (PAGE, {"n": 7.0}, 1_414),
        (PAGE, {"n": "many"}, 20_200),
        ("query ($n: Int = 4) { orders(first: $n) { nodes { id } } }", {}, 4),
        ("query ($n: Int = 4) { orders(first: $n) { nodes { id } } }", {"n": 9}, 9),
        ('{ nodes(ids: ["a", "b"]) { id } }', {}, 2),
        ('{ nodes(ids: ["a", "b"]) { ... on Order { lines { id } } ... on Plan { id } } }', {}, 202),
        ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 5}, 5),
        ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 5_000}, 100),
        ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": "a"}, 1),
        ("query ($id: ID!) { nodes(ids: [$id, $id]) { id } }", {"id": "a"}, 2),
        ("{ orders @skip(if: true) { nodes { id } } }", {}, 1),
        ("{ orders(first: 2) { ... @include(if: false) { nodes { id } } edges { node { id } } } }", {}, 2),
        ("query ($a: Boolean!) { orders(first: 2) { nodes @include(if: $a) { id } } }", {"a": True}, 2),
        ("query ($a: Boolean!) { orders(first: 2) { nodes @include(if: $a) { id } } }", {"a": False}, 1),
        ("query ($a: Boolean = true) { orders(first: 2) { nodes @skip(if: $a) { id } } }", {}, 1),
        ("{ __schema { types { name } } }", {}, 100),
        (f"mutation {{ {CANCEL} {{ ... on CancelOrderSuccess {{ order {{ id lines {{ id }} }} }} }} }}", {}, 111),
        (f"mutation {{ a: {CANCEL} {{ __typename }} b: {CANCEL} {{ __typename }} }}", {}, 20),
        ('subscription { orderUpdated(id: "x") { id customer { id } } }', {}, 2),
    ],
)  # fmt: skip
def test_the_price_list(query: str, variables: dict[str, Any], points: int) -> None:
    """Rows 1, values 0, mutations 10, counts 10; lists times their size; an operation at least 1."""
    assert not validate(CORE, parse(query))
    assert price(query, variables).points == points


@given(st.randoms(use_true_random=False), st.sampled_from(["query", "mutation", "subscription"]))
def test_the_price_is_an_upper_bound_and_the_count_exact(random: Random, operation: str) -> None:
    """Whatever is asked and whatever the answer holds: it was priced at no less, and is counted as it is."""
    writer = Writer(random)
    root = CORE.get_root_type(OperationType(operation))
    assert root is not None
    chosen = writer.select(root, 0)[: 1 if operation == "subscription" else None]
    body = writer.text(chosen)
    head = f"{operation} ({', '.join(writer.declared)})" if writer.declared else operation
    query = f"{head} {{ {body} }} {' '.join(writer.fragments)}"
    errors = [error.message for error in validate(CORE, parse(query)) if "is never used" not in error.message]
    assert not errors, (query, errors)
    asked = price(query, writer.variables)
    for _ in range(5):
        data, points = writer.answer(chosen, root)
        assert points <= asked.points
        assert asked.actual(data) == max(1, points)


def test_every_list_of_rows_has_a_largest_size() -> None:
    """A list of rows is a page, or named by ids, or has its largest size in LIST_SIZES, which names nothing else."""
    found = set()
    for kind in CORE.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, definition in kind.fields.items():
                is_sized = "ids" in definition.args or kind.name.endswith("Connection")
                if is_list_of_rows(definition) and not is_sized:
                    found.add((kind.name, name))
    assert found == set(LIST_SIZES)


def test_every_page_takes_a_size() -> None:
    """Whatever answers a connection takes `first`, and `last` unless it is read forwards only; edges are in pages."""
    for kind in CORE.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, definition in kind.fields.items():
                for member in members(definition):
                    if member.name.endswith("Connection"):
                        sizes = {"first"} if name in FORWARDS else {"first", "last"}
                        assert definition.args.keys() & {"first", "last"} == sizes, (kind.name, name)
                    if member.name.endswith("Edge"):
                        assert kind.name.endswith("Connection")


def test_rows_are_what_has_an_id() -> None:
    """Everything that `node` finds costs 1; money, errors, pages and results cost nothing."""
    kinds = {name: kind for name, kind in CORE.type_map.items() if isinstance(kind, GraphQLObjectType)}
    for name in ("Order", "OrderLine", "Plan", "Organization", "WebhookAttempt"):
        assert is_row(kinds[name])
    for name in ("Money", "PageInfo", "OrderEdge", "OrderConnection", "PlaceOrderSuccess", "InvalidInput", "Failure"):
        assert not is_row(kinds[name])
    assert set(root_fields("query")) >= {"node", "nodes"}


async def test_an_answer_says_what_it_cost(addresses: bootstrap.Addresses, tree: Planted) -> None:
    """Every answer has what was asked for, what it cost and what is left; the rest of the reservation came back."""
    async with gated(addresses, Figures(restore_per_second=1)) as api:
        await api.post(tree.partner_token, PLACE_ORDER, {"input": order_input(tree, "k1")})
        answer = (await api.post(tree.partner_token, PAGE, {"n": 50})).json()
    cost = answer["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (10_100, 6)
    status = cost["throttleStatus"]
    assert (status["maximumAvailable"], status["restoreRate"]) == (200_000, 1)
    placed = 10 + 1 + 2 * 3
    assert 200_000 - placed - 6 <= status["currentlyAvailable"] <= 200_000 - placed - 6 + 5


async def test_a_refused_operation_costs_its_mutations(addresses: bootstrap.Addresses, tree: Planted) -> None:
    """An operation that fails costs at least 1, and 10 for each mutation that it tried."""
    async with gated(addresses, Figures()) as api:
        wrong = await api.post(tree.partner_token, PLACE_ORDER, {"input": {}})
        missing = await api.post(tree.partner_token, '{ order(id: "ord_x") { lines { id } } }')
    assert wrong.json()["extensions"]["cost"]["actualQueryCost"] == 10
    assert missing.json()["extensions"]["cost"]["actualQueryCost"] == 1


async def test_an_answer_that_is_lost_costs_its_price(addresses: bootstrap.Addresses, tree: Planted) -> None:
    """Where one field's failure takes all others with it, nothing comes back: their work was done."""
    async with gated(addresses, Figures()) as api:
        query = '{ orders(first: 7) { nodes { id } } products(after: "x") { totalCount } }'
        answer = (await api.post(tree.partner_token, query)).json()
    assert answer["data"] is None
    assert answer["extensions"]["cost"]["actualQueryCost"] == 17


async def test_one_query_has_a_cap(addresses: bootstrap.Addresses, tree: Planted) -> None:
    """A query that may cost more than the cap is refused with both figures, and nothing is paid."""
    async with gated(addresses, Figures(query_cap=10_099)) as api:
        answer = (await api.post(tree.partner_token, PAGE, {"n": 50})).json()
    extensions = answer["errors"][0]["extensions"]
    assert extensions == {"code": "BAD_REQUEST", "limit": "cost", "found": 10_100, "allowed": 10_099}
    assert answer["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 200_000


async def test_an_answer_of_too_many_values_is_refused(addresses: bootstrap.Addresses, tree: Planted) -> None:
    """Values cost nothing, so how many an answer may hold is bounded: ten for each point of the cap."""
    aliases = " ".join(f"a{n}: parameterSchema" for n in range(150))
    async with gated(addresses, Figures()) as api:
        query = f"{{ products(first: 100) {{ nodes {{ {aliases} }} }} }}"
        extensions = (await api.refuse(tree.partner_token, query))["extensions"]
    assert extensions == {"code": "BAD_REQUEST", "limit": "values", "found": 300_000, "allowed": 250_000}


def throttled(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The extensions of the one error, which says when to come back."""
    assert answer.status_code == status
    content = answer.json()
    assert content["extensions"]["cost"]["actualQueryCost"] is None
    (error,) = content["errors"]
    extensions: dict[str, Any] = error["extensions"]
    assert extensions["code"] == "THROTTLED"
    assert 0 < extensions["retryAfterSeconds"] <= 10
    assert f"{extensions['retryAfterSeconds']:g} s" in error["message"]
    return extensions


@pytest.mark.parametrize("is_redis_there", [True, False])
async def test_an_empty_bucket_says_when_to_come_back(
    addresses: bootstrap.Addresses, tree: Planted, is_redis_there: bool
) -> None:
    """Past the budget the answer is THROTTLED: 429, or 200 for the older media type; others are served."""
    at = addresses if is_redis_there else bootstrap.Addresses(addresses.database_url, NOWHERE)
    query = "{ organizations(first: 100) { totalCount nodes { id } } }"
    async with gated(at, Figures(maximum=110, query_cap=110, restore_per_second=11)) as api:
        served = 0
        while "errors" not in (answer := await api.post(tree.partner_token, query)).json():
            served += 1
        assert 1 <= served <= 10
        extensions = throttled(answer, 200)
        assert (extensions["limit"], extensions["found"]) == ("budget", 110)
        assert extensions["allowed"] < 110
        headers = {"authorization": f"Bearer {tree.partner_token}", "accept": "application/graphql-response+json"}
        answer = await api.client.post("/graphql", json={"query": query}, headers=headers)
        throttled(answer, 429)
        assert 1 <= int(answer.headers["retry-after"]) <= 11
        assert "errors" not in (await api.post(tree.customer_token, query)).json()


async def test_live_operations_pay(addresses: bootstrap.Addresses, tree: Planted) -> None:
    """A live update is priced like a query, as one event, and refused in its own stream."""
    query = 'subscription { orderUpdated(id: "x") { id lines { id plan { id } } } }'
    async with gated(addresses, Figures(query_cap=200)) as api:
        headers = {"authorization": f"Bearer {tree.partner_token}", "accept": "text/event-stream"}
        answer = await api.client.post("/graphql", json={"query": query}, headers=headers)
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: {")]
    assert orjson.loads(events[0])["errors"][0]["extensions"]["found"] == 201


async def test_a_product_shows_its_first_plans(api: Api, tree: Planted) -> None:
    """A product with more plans than a list holds shows the first by rank."""
    plan = decode("Plan", tree.plans["team-insights/professional"])
    product = await database.fetch_value("SELECT product_id FROM plans WHERE id = $1", plan)
    await database.execute(
        "INSERT INTO plans (id, product_id, scope, key, name, rank, max_quantity, created_at) "
        "SELECT gen_random_uuid(), id, scope, 'p' || n, 'p', 1000 + n, 1, now() FROM products, "
        "generate_series(1, 60) AS n WHERE id = $1",
        product,
    )
    query = "query ($id: ID!) { product(id: $id) { plans { rank } } }"
    shown = await api.ask(tree.partner_token, query, {"id": encode("Product", product)})
    ranks = [each["rank"] for each in shown["plans"]]
    assert len(ranks) == MAX_PLANS
    assert ranks == sorted(ranks)
    assert ranks[-1] < 1_060


async def test_a_delivery_shows_its_last_attempts(api: Api, tree: Planted) -> None:
    """A delivery with more attempts than a list holds shows the last, in order."""
    content = endpoint_input(tree)
    query = document("mutation", "createWebhookEndpoint")
    made = await api.ask(tree.partner_token, query, {"input": content})
    endpoint = decode("WebhookEndpoint", made["CreateWebhookEndpointSuccess_webhookEndpoint"]["id"])
    delivery = bootstrap.new_id()
    await database.execute(
        "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, scope, state, attempts, created_at) "
        "SELECT $1, w.id, e.id, e.type, w.scope, 'FAILED', 60, now() FROM webhook_endpoints w "
        "JOIN events e ON e.scope = w.scope WHERE w.id = $2 LIMIT 1",
        delivery,
        endpoint,
    )
    await database.execute(
        "INSERT INTO webhook_attempts (id, delivery_id, number, at, duration_ms, request_headers, response_head) "
        "SELECT gen_random_uuid(), $1, n, now(), 1, '{}', '' FROM generate_series(1, 60) AS n",
        delivery,
    )
    query = "query ($id: ID!) { node(id: $id) { ... on WebhookDelivery { attempts { number } } } }"
    shown = await api.ask(tree.partner_token, query, {"id": encode("WebhookDelivery", delivery)})
    assert [each["number"] for each in shown["attempts"]] == list(range(61 - MAX_ATTEMPTS, 61))
