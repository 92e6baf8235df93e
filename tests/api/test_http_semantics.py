"""GraphQL over HTTP: media types, methods, statuses and bodies, by the letter of its specification and RFC 9110."""

import asyncio
import gzip
from typing import Any

import httpx
import orjson
import pytest

from integrations.deadlines import Deadlines
from resolvers.negotiation import EVENT_STREAM, GRAPHQL_JSON, JSON, acceptable
from resolvers.wire import BadRequest, read_address, read_body
from seeding import Planted
from tests.api.impatient import FRIEND
from tests.house import Api

VIEWER = "{ viewer { principal } }"


def bearer(tree: Planted) -> dict[str, str]:
    """The partner's credential."""
    return {"authorization": f"Bearer {tree.partner_token}"}


@pytest.mark.parametrize(
    ("accept", "answers"),
    [
        (None, (JSON, GRAPHQL_JSON)),
        ("", (JSON, GRAPHQL_JSON)),
        ("*/*", (JSON, GRAPHQL_JSON)),
        ("application/*", (JSON, GRAPHQL_JSON)),
        ("application/json", (JSON,)),
        ("APPLICATION/JSON", (JSON,)),
        (f"{GRAPHQL_JSON}, {JSON}", (GRAPHQL_JSON, JSON)),
        (f"{JSON}, {GRAPHQL_JSON}", (JSON, GRAPHQL_JSON)),
        (f"{JSON};q=0.9, {GRAPHQL_JSON}", (GRAPHQL_JSON, JSON)),
        (f"{JSON};q=0.1, {GRAPHQL_JSON};q=0.2, {EVENT_STREAM};q=0.3", (EVENT_STREAM, GRAPHQL_JSON, JSON)),
        (f"{GRAPHQL_JSON}; charset=utf-8; q=0.5, */*;q=0.1", (GRAPHQL_JSON, JSON)),
        (f"{JSON};q=0, */*", (GRAPHQL_JSON,)),
        (f"{JSON};q=0", ()),
        ("text/html, application/xhtml+xml, */*;q=0.8", (JSON, GRAPHQL_JSON)),
        ("text/html", ()),
        ("text/*", ()),
        (EVENT_STREAM, (EVENT_STREAM,)),
        (f"{JSON};q=2", ()),
        (f"{JSON};q=nan", ()),
        (f"{JSON};q=-1", ()),
        (f"{JSON};q=", ()),
        (f"{JSON};q=1.000", (JSON,)),
        (f"{JSON}; Q=0.5", (JSON,)),
        (",,;;,", ()),
    ],
)
def test_the_accept_header_is_read_as_rfc_9110_says(accept: str | None, answers: tuple[str, ...]) -> None:
    """The highest q wins, then what is named first; q=0 excludes, the narrowest range counts, nonsense is nothing."""
    assert acceptable(accept) == answers


# What is asked, and the status for `application/graphql-response+json`; for `application/json` it is 200.
OPERATIONS = {
    "a valid one": ({"query": VIEWER}, 200),
    "a field error, data null": ({"query": '{ viewer { principal } orders(after: "x") { totalCount } }'}, 200),
    "no GraphQL": ({"query": "{"}, 400),
    "an unknown field": ({"query": "{ nothing }"}, 400),
    "no such operation": ({"query": "query A { viewer { principal } }", "operationName": "B"}, 400),
    "a missing variable": ({"query": "query ($id: ID!) { order(id: $id) { id } }"}, 400),
    "a live update": ({"query": 'subscription { orderUpdated(id: "x") { id } }'}, 400),
}


@pytest.mark.parametrize(("content", "status"), OPERATIONS.values(), ids=OPERATIONS.keys())
@pytest.mark.parametrize("media_type", [GRAPHQL_JSON, JSON])
async def test_the_status_says_whether_the_operation_ran(
    api: Api, tree: Planted, content: dict[str, Any], status: int, media_type: str
) -> None:
    """200 with a `data` entry, null or not; without one 400; clients of the older media type always get 200."""
    answer = await api.client.post("/graphql", json=content, headers=bearer(tree) | {"accept": media_type})
    assert answer.status_code == (status if media_type == GRAPHQL_JSON else 200)
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert ("data" in answer.json()) is (status == 200)


@pytest.mark.parametrize("media_type", [GRAPHQL_JSON, JSON])
async def test_a_wrong_credential_is_401(api: Api, media_type: str) -> None:
    """In either media type, with the scheme that is asked for."""
    headers = {"authorization": "Bearer nonsense", "accept": media_type}
    answer = await api.client.post("/graphql", json={"query": VIEWER}, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE"])
async def test_other_methods_are_405(api: Api, tree: Planted, method: str) -> None:
    """Nothing but POST runs anything; the answer says so."""
    answer = await api.client.request(method, "/graphql", params={"query": VIEWER}, headers=bearer(tree))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_options_name_the_methods(api: Api) -> None:
    """OPTIONS is 204 with Allow; to other sites' preflights nothing is allowed."""
    answer = await api.client.options("/graphql")
    assert (answer.status_code, answer.headers["allow"]) == (204, "POST")
    preflight = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = await api.client.options("/graphql", headers=preflight)
    assert "access-control-allow-origin" not in answer.headers


async def test_a_friendly_page_may_ask(impatient_url: str) -> None:
    """The preflight of a page of the CORS list is answered with its origin."""
    preflight = {
        "origin": FRIEND,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.options(f"{impatient_url}/graphql", headers=preflight)
    assert answer.headers["access-control-allow-origin"] == FRIEND


async def test_a_browser_gets_graphiql_in_development(api: Api) -> None:
    """Whoever asks for HTML by GET gets the page; programs get 405."""
    answer = await api.client.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.status_code == 200
    assert "graphiql" in answer.text.lower()


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, identity", "x"])
async def test_packed_bodies_are_refused(api: Api, tree: Planted, encoding: str) -> None:
    """415: nothing is unpacked, so nothing can unpack to a gigabyte."""
    body = gzip.compress(orjson.dumps({"query": VIEWER}))
    headers = bearer(tree) | {"content-type": "application/json", "content-encoding": encoding}
    assert (await api.client.post("/graphql", content=body, headers=headers)).status_code == 415


async def test_identity_is_no_packing(api: Api, tree: Planted) -> None:
    """`content-encoding: identity` is as good as none."""
    headers = bearer(tree) | {"content-encoding": "Identity"}
    assert (await api.client.post("/graphql", json={"query": VIEWER}, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        '{"query": "{ viewer { principal } }", "query": "{ __typename }"}',
        '{"query": "{ viewer { principal } }", "variables": {"a": 1, "a": 2}}',
        '{"query": "{ viewer { principal } }", "variables": {"a": [{"b": {"c": 1, "\\u0063": 2}}]}}',
        '{"query": "{ viewer { principal } }", "extensions": {"": 1, "": 1}}',
    ],
)
async def test_a_key_twice_is_refused(api: Api, tree: Planted, body: str) -> None:
    """Of two equal keys a proxy may read the one and we the other: 400, at any depth."""
    headers = bearer(tree) | {"content-type": "application/json"}
    answer = await api.client.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 400
    assert "twice" in answer.json()["errors"][0]["message"]


async def test_a_body_must_come_in_time() -> None:
    """408 for one that stops in the middle."""

    async def stalled() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    with pytest.raises(BadRequest) as refused:
        await read_body(stalled, "", 1000, deadlines=Deadlines(0.01))
    assert refused.value.status == 408


class TestQueriesByGet:
    """PROVENDER_QUERIES_BY_GET serves queries, and nothing that changes anything."""

    @staticmethod
    async def get(url: str, tree: Planted, params: Any, accept: str = GRAPHQL_JSON) -> httpx.Response:
        """One request by GET."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(f"{url}/graphql", params=params, headers=bearer(tree) | {"accept": accept})

    async def test_queries_are_answered(self, impatient_url: str, tree: Planted) -> None:
        """Variables are JSON in the address."""
        query = "query ($n: Int) { orders(first: $n) { totalCount } }"
        answer = await self.get(impatient_url, tree, {"query": query, "variables": '{"n": 1}', "operationName": ""})
        assert answer.status_code == 200, answer.text
        assert answer.json()["data"]["orders"]["totalCount"] == 0

    @pytest.mark.parametrize("query", ["mutation { __typename }", "subscription { organizationEvents { type } }"])
    async def test_all_else_is_405(self, impatient_url: str, tree: Planted, query: str) -> None:
        """A mutation by GET would let any link act."""
        answer = await self.get(impatient_url, tree, {"query": query}, "text/event-stream, application/json")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

    @pytest.mark.parametrize(
        "params",
        [
            {},
            {"query": ""},
            [("query", VIEWER), ("query", VIEWER)],
            {"query": VIEWER, "variables": "{"},
            {"query": VIEWER, "variables": "[]"},
            {"query": VIEWER, "extensions": "1"},
            {"query": VIEWER, "variables": '{"a": 1, "a": 2}'},
            [("query", VIEWER), *[(f"x{number}", "") for number in range(100)]],
        ],
        ids=str,
    )
    async def test_a_malformed_address_is_400(self, impatient_url: str, tree: Planted, params: Any) -> None:
        """As a malformed body is."""
        assert (await self.get(impatient_url, tree, params)).status_code == 400

    async def test_an_address_that_is_no_utf_8_is_400(self, impatient_url: str, tree: Planted) -> None:
        """Broken percent-encoding is refused, not guessed at."""
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"{impatient_url}/graphql?query=%ff%fe", headers=bearer(tree))
        assert answer.status_code == 400

    def test_an_address_may_come_unescaped(self) -> None:
        """As some programs send it: in UTF-8, or it is refused."""
        assert read_address('query={ search(term: "é") }'.encode()).query == '{ search(term: "é") }'
        with pytest.raises(BadRequest) as refused:
            read_address(b"query=\xff\xfe")
        assert refused.value.status == 400
