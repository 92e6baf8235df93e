"""Documents built to exhaust the server are refused on the cheap path, with the limit named."""

import httpx
import pytest

from resolvers.limits import LIMITS
from seeding import Planted
from tests.api.hostile import CIRCLES, HOSTILE, NESTED
from tests.house import Api


def refusals(answer: httpx.Response) -> list[dict[str, object]]:
    """The extensions of an answer's errors, which is all that it has."""
    assert answer.status_code == 200
    content = answer.json()
    assert "data" not in content
    assert all(len(error["message"]) <= 500 for error in content["errors"])
    return [error["extensions"] for error in content["errors"]]


@pytest.mark.parametrize(("query", "limit", "found"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_limit_refuses_before_validation(api: Api, tree: Planted, query: str, limit: str, found: int) -> None:
    """An exceeded limit is named with figure and budget; unknown fields and types are not even noticed."""
    given = refusals(await api.post(tree.partner_token, query))
    assert {"code": "BAD_REQUEST", "limit": limit, "found": found, "allowed": LIMITS[limit]} in given
    assert all("limit" in extensions for extensions in given)


def test_every_limit_is_exceeded_by_something() -> None:
    """The corpus has a document for each limit."""
    assert {limit for _, limit, _ in HOSTILE.values()} == set(LIMITS)


@pytest.mark.parametrize("query", CIRCLES.values(), ids=CIRCLES.keys())
async def test_fragments_in_a_circle_are_refused_before_validation(api: Api, tree: Planted, query: str) -> None:
    """A circle of fragments is the one thing said of its document."""
    answer = await api.post(tree.partner_token, query)
    assert refusals(answer) == [{"code": "BAD_REQUEST"}]
    assert "in a circle" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("query", NESTED.values(), ids=NESTED.keys())
async def test_the_parser_stops_at_what_nests_too_deeply(api: Api, tree: Planted, query: str) -> None:
    """Nesting past the parser's own depth is a syntax error: nothing walks it."""
    answer = await api.post(tree.partner_token, query)
    assert refusals(answer) == [{"code": "BAD_REQUEST"}]
    assert "nested too deeply" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "W10", "x" * 10_000, "\x00", "é", "bnVsbA"])
async def test_a_bad_cursor_is_bad_input(api: Api, tree: Planted, cursor: str) -> None:
    """A cursor that we did not make is refused as the argument it is, whatever it decodes to."""
    query = "query ($after: String) { orders(after: $after) { totalCount } }"
    (error,) = (await api.post(tree.partner_token, query, {"after": cursor})).json()["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert [field["path"] for field in error["extensions"]["fields"]] == ["after"]
