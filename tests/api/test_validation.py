"""Our walk of the rules finds in a document what graphql-core's `validate` does: the same errors at the same places."""

import re
from typing import Final

import pytest
from graphql import DocumentNode, GraphQLSyntaxError, parse
from graphql import validate as validate_by_graphql_core
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bench.operations import LIST, PLACE, SINGLE
from resolvers.api import SCHEMA
from resolvers.limits import LIMITS
from resolvers.validation import MAX_ERRORS, RULES, validate
from tests.api.hostile import CIRCLES, HOSTILE, LARGEST, NESTED

CORE: Final = SCHEMA._schema  # noqa: SLF001 - graphql-core's own schema has no public name
_MIXED: Final = """
query A($id: ID!, $first: Int = 3, $where: OrderWhere, $no: Boolean!) {
  one: order(id: $id) { ...F lines @skip(if: $no) { id quantity } }
  orders(first: $first, where: $where, sort: [{field: CREATED_AT, direction: DESC}]) {
    nodes { ...F customer { name @include(if: $no) } } pageInfo { endCursor }
  }
  nodes(ids: [$id, "x"]) { id ... on Order { number } ... on Organization @skip(if: true) { name } __typename }
}
query B { viewer { principal } search(term: "x", first: 1) { nodes { text } } }
mutation C($input: CreateOrderInput!) {
  createOrder(input: $input) { __typename ... on CreateOrderSuccess { order { ...F } } ... on Error { code message } }
  placeOrder(input: {customer: {id: "a", reference: "b"}, salesModel: YEARLY, idempotencyKey: "k", lines: []}) {
    ... on InvalidInput { fields { path code } }
  }
}
subscription D($id: ID!) { orderUpdated(id: $id) { ...F } }
fragment F on Order { id number state price { amount currency } ...G }
fragment G on Order { createdAt lines { id price { amount } } }
"""
SEEDS: Final = (LIST, SINGLE, PLACE, _MIXED)
_TOKENS: Final = re.compile(r'"[^"]*"|\.\.\.|\$?\w+|[^\s\w]')
WORDS: Final = sorted({token for seed in SEEDS for token in _TOKENS.findall(seed)} | {"@defer", "1.5", "null", "x"})
TEXTS: Final = {**LARGEST, **CIRCLES, **NESTED, **{name: text for name, (text, _, _) in HOSTILE.items()}}


def found(document: DocumentNode) -> list[tuple[str, object]]:
    """What our walk finds."""
    return [(error.message, error.locations) for error in validate(CORE, document)]


def expected(document: DocumentNode) -> list[tuple[str, object]]:
    """What graphql-core's finds."""
    errors = validate_by_graphql_core(CORE, document, RULES, max_errors=MAX_ERRORS, hide_suggestions=True)
    return [(error.message, error.locations) for error in errors]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_valid_stays_so(seed: str) -> None:
    """All of it but the mixed document, which names a customer in two ways."""
    document = parse(seed)
    assert found(document) == expected(document)
    assert bool(found(document)) == (seed is _MIXED)


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_documents_are_wrong_in_the_same_way(name: str) -> None:
    """Whatever of them has no more words than we parse."""
    try:
        document = parse(TEXTS[name], max_lexical_tokens=LIMITS["tokens"])
    except GraphQLSyntaxError:
        pytest.skip("is refused before it is validated")
    assert found(document) == expected(document)


@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(
        st.tuples(st.integers(0, 10_000), st.sampled_from(("", "before", "instead")), st.sampled_from(WORDS)),
        min_size=1,
        max_size=6,
    ),
)
@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_spoilt_documents_are_wrong_in_the_same_way(seed: str, changes: list[tuple[int, str, str]]) -> None:
    """Words taken out, put in and put in the place of others, as long as it can still be parsed."""
    tokens = _TOKENS.findall(seed)
    for place, how, word in changes:
        at = place % len(tokens)
        tokens[at : at + (how != "before")] = [word] if how else []
    try:
        document = parse(" ".join(tokens))
    except GraphQLSyntaxError:
        document = None
    assume(document is not None)
    assert document is not None
    assert found(document) == expected(document)
