"""Documents built to exhaust the server are refused on the cheap path, with the limit named."""

import json
from contextlib import suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from resolvers.limits import LIMITS
from seeding import Planted
from tests.api.bases import fresh_key
from tests.api.hostile import BODIES, CIRCLES, HOSTILE, LARGEST, NESTED, SOCKETS, VARIABLES
from tests.house import PLACE_ORDER, Api, order_input
from tests.live import live

# A walk: what it covers, others have covered, and to trace it takes as long as to run it.
pytestmark = pytest.mark.no_cover


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
    assert {limit for _, limit, _ in HOSTILE.values()} | {"variables"} == set(LIMITS)


async def test_variables_are_counted_before_they_are_coerced(api: Api, tree: Planted) -> None:
    """More values than a query may have are refused with the limit's name; bulk input of a mutation may have more."""
    query, variables = VARIABLES
    counted = {"code": "BAD_REQUEST", "limit": "variables", "found": 5_001, "allowed": 5_000}
    assert refusals(await api.post(tree.partner_token, query, variables)) == [counted]
    bulk = order_input(tree, fresh_key(), lines=[{"planId": "x", "quantity": 1}] * 2_000)
    assert (await api.ask(tree.partner_token, PLACE_ORDER, {"input": bulk}))["__typename"] == "InvalidInput"


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


@pytest.mark.parametrize("query", LARGEST.values(), ids=LARGEST.keys())
async def test_what_is_within_the_limits_is_refused_by_validation(api: Api, tree: Planted, query: str) -> None:
    """The largest documents there can be exceed no limit: they are read to the end, and refused for what they ask."""
    given = refusals(await api.post(tree.partner_token, query))
    assert given
    assert all(extensions == {"code": "BAD_REQUEST"} for extensions in given)


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES.keys())
async def test_a_body_is_refused_with_its_status(api: Api, tree: Planted, body: str, status: int) -> None:
    """What is too large, or no JSON, or nested too deeply, or has no document in all its bulk is no request."""
    headers = {"authorization": f"Bearer {tree.partner_token}", "content-type": "application/json"}
    answer = await api.client.post("/graphql", content=body, headers=headers)
    assert answer.status_code == status
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["BAD_REQUEST"]


@pytest.mark.parametrize(("frames", "code"), SOCKETS.values(), ids=SOCKETS.keys())
async def test_a_hostile_client_is_hung_up_on(api_url: str, tree: Planted, frames: list[str], code: int) -> None:
    """Floods and what breaks the protocol end the connection with the code that says why."""
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {tree.partner_token}"}}
    async with live(api_url, max_size=None) as client:
        with suppress(ConnectionClosed):
            for frame in frames:
                await client.socket.send(json.dumps(init) if frame == "INIT" else frame)
        assert await client.closed() == code


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "W10", "x" * 10_000, "\x00", "é", "bnVsbA"])
async def test_a_bad_cursor_is_bad_input(api: Api, tree: Planted, cursor: str) -> None:
    """A cursor that we did not make is refused as the argument it is, whatever it decodes to."""
    query = "query ($after: String) { orders(after: $after) { totalCount } }"
    (error,) = (await api.post(tree.partner_token, query, {"after": cursor})).json()["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert [field["path"] for field in error["extensions"]["fields"]] == ["after"]
