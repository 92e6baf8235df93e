"""What a document may be, who may introspect, and how a limit is told."""

from pathlib import Path

import pytest
from graphql import Lexer, Source, TokenKind, get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st

import bootstrap
from resolvers.limits import LIMITS, TOKEN_MUTATIONS, examine
from resolvers.texts import read, written
from schema.context import Introspection
from seeding import Planted
from tests.api.gates import Figures, gated
from tests.api.hostile import chain
from tests.api.walk import document, root_fields
from tests.house import Api

SCHEMA = "{ __schema { queryType { name } } }"
# What looks like a token inside a text or a comment is none.
LEXEMES = [
    "name",
    "_n1",
    "on",
    "0",
    "-1",
    "1.5",
    "-1.5e+10",
    "2E3",
    "...",
    "!",
    "$",
    "&",
    "(",
    ")",
    ":",
    "=",
    "@",
    "[",
    "]",
    "{",
    "|",
    "}",
    "a...b@c(d:$e)",
    '""',
    '"{}"',
    '"é"',
    '"#"',
    "#",
    '#"x"',
    '#"""',
    '"\\"{"',
    '"\\\\"',
    '""""""',
    '"""{}"""',
    '"""{"}""}"""',
    '"""#"""',
    '"""{\\"""{"""',
    '"""\\""""""',
]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "limits.md"


def found(query: str) -> dict[str, int]:
    """Limit -> figure of everything that a document exceeds, were nothing allowed but any number of definitions."""
    findings = examine(parse(query), dict.fromkeys(LIMITS, -1) | {"operations": 10**9, "fragments": 10**9})
    return {error.extensions["limit"]: error.extensions["found"] for error in findings.errors if error.extensions}


@pytest.mark.parametrize("operation", ["query", "mutation", "subscription"])
def test_every_field_of_a_thing_may_be_asked_for_at_once(operation: str) -> None:
    """No limit stands in the way of a document that selects all there is below a root field."""
    for name in root_fields(operation):
        assert not examine(parse(document(operation, name))).errors


@pytest.mark.parametrize("is_repeatable", [True, False])
def test_the_standard_introspection_is_within_the_limits(is_repeatable: bool) -> None:
    """The query that tools send for the schema passes: their depth of types is not a document's."""
    query = get_introspection_query(
        schema_description=True, specified_by_url=True, directive_is_repeatable=is_repeatable
    )
    findings = examine(parse(query))
    assert not findings.errors
    assert findings.introspects


def test_a_fragment_counts_wherever_it_is_spread_and_once_in_a_selection() -> None:
    """Two spreads in one selection are one; in two selections they are two."""
    fragment = "fragment F on Order { a: id b: number }"
    assert found(f"{{ x {{ ...F ...F }} }} {fragment}") | {"aliases": 2, "selections": 5} == found(
        f"{{ x {{ ...F ...F }} }} {fragment}"
    )
    twice = found(f"{{ x {{ ...F }} y {{ ...F }} }} {fragment}")
    assert (twice["aliases"], twice["selections"], twice["depth"], twice["rootFields"]) == (4, 8, 2, 2)


def test_inline_fragments_are_part_of_their_selection() -> None:
    """Fields of an inline fragment stand as deep as the fragment, and count among those around it."""
    figures = found("{ ... { x ... on Query { y { z } } } }")
    assert (figures["depth"], figures["rootFields"], figures["selections"]) == (2, 2, 5)


def test_directives_count_wherever_they_stand() -> None:
    """Directives of operations, variables, fragments and spreads count as those of fields do."""
    query = "query ($a: Int @x) @x { y @x ... @x { z } ...F @x } fragment F on Query @x { w @x }"
    assert found(query)["directives"] == 6


def test_the_worst_definition_counts() -> None:
    """Each operation and each fragment is walked by validation, used or not."""
    assert found("query A { x } query B { x { y } } fragment C on X { x { y { z } } }")["depth"] == 3


def test_fragments_of_one_name_and_of_none_do_not_hide_anything() -> None:
    """Of two fragments by one name the heavier counts; a fragment that is not there counts as its spread."""
    light, heavy = "fragment F on X { a }", "fragment F on X { a b c }"
    for query in (f"{{ ...F }} {light} {heavy}", f"{{ ...F }} {heavy} {light}"):
        assert found(query)["selections"] == 4
    assert found("{ ...Nobody }")["selections"] == 1


def test_figures_are_bounded() -> None:
    """What doubles ninety times is told as a number that JSON carries."""
    assert found("{ ...F0 } " + chain(90, "a { ...NEXT } b { ...NEXT }"))["selections"] == 10**9


@given(st.lists(st.sampled_from(LEXEMES), max_size=60), st.sampled_from([" ", ",", "\n", "\ufeff\t", "\r\n,"]))
def test_tokens_and_comments_are_counted_as_the_parser_does(lexemes: list[str], between: str) -> None:
    """Counting without parsing finds a text's tokens and comments, whatever stands in its strings."""
    text = between.join(each + "\n" if each.startswith("#") else each for each in lexemes)
    lexer, tokens, comments = Lexer(Source(text)), 0, 0
    token = lexer.token
    while token.kind is not TokenKind.EOF:
        token = token.next or lexer.read_next_token(token.end)
        comments += token.kind is TokenKind.COMMENT
        tokens += token.kind not in {TokenKind.COMMENT, TokenKind.EOF}
    found, found_comments = read(text, 1_000)
    assert (len(found), found_comments) == (tokens, comments)


def test_what_is_written_out_is_never_more_than_what_is_found() -> None:
    """The counts of a text are exact for fields, and leave out what they cannot be sure of."""
    text = (
        '{ a: x(y: {b: [c, "{ d }", $e]}) @f(g: "h") { on ... on T @i { j } ... { k } ...F } l } fragment F on T { m }'
    )
    # x, on, ... on T, j, k, l; neither the spread nor the other inline fragment
    assert written(read(text, 100)[0]) == {"selections": 6, "aliases": 1}
    assert {name: found(text)[name] for name in ("selections", "aliases")} == {"selections": 9, "aliases": 1}
    for kind in ("query", "mutation", "subscription"):
        for name in root_fields(kind):
            text = document(kind, name)
            figures, exact = written(read(text, 5_000)[0]), found(text)
            assert all(figure <= exact[limit] for limit, figure in figures.items())


def test_mutations_that_make_tokens_are_listed() -> None:
    """Each mutation whose answer has a secret or takes a password is one a document."""
    assert "createApiToken" in TOKEN_MUTATIONS & set(root_fields("mutation"))


async def test_introspection_needs_a_token(api: Api, tree: Planted) -> None:
    """By default who sends a valid token may ask for the schema, and nobody else."""
    assert (await api.refuse(None, SCHEMA))["extensions"]["code"] == "UNAUTHENTICATED"
    assert await api.ask(tree.customer_token, SCHEMA) == {"queryType": {"name": "Query"}}
    assert (await api.post(None, "{ __typename }")).json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "query",
    [
        SCHEMA,
        '{ __type(name: "Order") { name } }',
        "{ ...F } fragment F on Query { a: __schema { queryType { name } } }",
    ],
)
async def test_introspection_can_be_for_nobody_or_everybody(
    addresses: bootstrap.Addresses, tree: Planted, query: str
) -> None:
    """PROVENDER_INTROSPECTION decides, however the document writes it."""
    async with gated(addresses, Figures(introspection=Introspection.NOBODY)) as api:
        assert (await api.refuse(tree.partner_token, query))["extensions"]["code"] == "FORBIDDEN"
    async with gated(addresses, Figures(introspection=Introspection.EVERYONE)) as api:
        assert "errors" not in (await api.post(None, query)).json()


def test_the_documentation_names_every_limit() -> None:
    """docs/limits.md has each limit with its figure."""
    page = DOCS.read_text(encoding="utf-8")
    assert [name for name, allowed in LIMITS.items() if f"| `{name}` | {allowed:,} |" not in page] == []
