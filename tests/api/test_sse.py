"""GraphQL over server-sent events, distinct connections mode: every operation, to its end and no longer."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from domain.shared.errors import ErrorCode
from seeding import Planted
from tests.api.impatient import LIMITS, revoke
from tests.house import PLACE_ORDER, order_input

VIEWER = "{ viewer { principal } }"
WAITING = "subscription { organizationEvents { type } }"
ORDER = "subscription ($id: ID!) { orderUpdated(id: $id) { id state } }"
CANCEL = "mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { __typename } }"
PATIENCE_SECONDS = 10


@dataclass(slots=True)
class Stream:
    """An open event stream; `lines` are those that came, comments included."""

    response: httpx.Response
    lines: AsyncIterator[str]

    async def line(self) -> str:
        """The next line that is not empty; "" at the end."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in self.lines:
                if line:
                    return line
        return ""

    async def event(self) -> tuple[str, Any]:
        """The next event: its name and data; ("", None) at the end."""
        while (line := await self.line()).startswith(":"):
            pass
        if not line:
            return "", None
        data = (await self.line()).removeprefix("data:").strip()
        return line.removeprefix("event: "), json.loads(data) if data else None


@asynccontextmanager
async def stream(
    url: str, token: str | None, query: str, variables: Mapping[str, Any] | None = None, **headers: str
) -> AsyncIterator[Stream]:
    """Post an operation that is to be answered by events."""
    given = {"accept": "text/event-stream", **headers}
    if token is not None:
        given["authorization"] = f"Bearer {token}"
    content = {"query": query, "variables": variables}
    async with (
        httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False) as client,
        client.stream("POST", f"{url}/graphql", json=content, headers=given) as response,
    ):
        yield Stream(response, response.aiter_lines())


async def ask(url: str, token: str, query: str, variables: Mapping[str, Any]) -> Any:
    """One operation over plain HTTP: the value of its root field."""
    async with httpx.AsyncClient(trust_env=False) as client:
        headers = {"authorization": f"Bearer {token}"}
        answer = await client.post(f"{url}/graphql", json={"query": query, "variables": variables}, headers=headers)
    content = answer.json()
    assert "errors" not in content, content
    return next(iter(content["data"].values()))


async def test_a_query_is_one_event_and_the_end(api_url: str, tree: Planted) -> None:
    """`next` with the whole response, `complete`, and the connection's end."""
    async with stream(api_url, tree.partner_token, VIEWER) as events:
        assert events.response.status_code == 200
        assert events.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert events.response.headers["cache-control"] == "no-store"
        name, payload = await events.event()
        assert (name, list(payload)) == ("next", ["data", "extensions"])
        assert await events.event() == ("complete", None)
        assert await events.event() == ("", None)


async def test_an_order_is_followed(api_url: str, tree: Planted) -> None:
    """An event at once, and one for each change."""
    placed = await ask(api_url, tree.partner_token, PLACE_ORDER, {"input": order_input(tree, "over events")})
    order_id = placed["order"]["id"]
    async with stream(api_url, tree.customer_token, ORDER, {"id": order_id}) as events:
        assert (await events.event())[1]["data"]["orderUpdated"]["state"] == "APPROVED"
        await ask(api_url, tree.partner_token, CANCEL, {"input": {"id": order_id}})
        assert (await events.event())[1]["data"]["orderUpdated"]["state"] == "CANCELLED"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", ErrorCode.BAD_REQUEST),
        ("{ nothing }", ErrorCode.BAD_REQUEST),
        ("query ($id: ID!) { order(id: $id) { id } }", ErrorCode.BAD_REQUEST),
        ('subscription { orderUpdated(id: "ord_01j00000000000000000000000") { id } }', ErrorCode.NOT_FOUND),
    ],
)
async def test_what_cannot_begin_is_told_in_the_stream(
    api_url: str, tree: Planted, query: str, code: ErrorCode
) -> None:
    """The errors are an event, then comes the end: a client of events reads no other answer."""
    async with stream(api_url, tree.partner_token, query) as events:
        assert events.response.status_code == 200
        name, payload = await events.event()
        assert name == "next"
        assert "data" not in payload
        assert [error["extensions"]["code"] for error in payload["errors"]] == [code]
        assert await events.event() == ("complete", None)


async def test_nobody_may_watch(api_url: str) -> None:
    """Without a credential a live update is UNAUTHENTICATED; with a wrong one, nothing is streamed at all."""
    async with stream(api_url, None, WAITING) as events:
        assert (await events.event())[1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    async with stream(api_url, "nonsense", WAITING) as events:
        assert events.response.status_code == 401
        assert events.response.headers["content-type"].startswith("application/json")


async def test_a_silent_stream_has_a_heartbeat(impatient_url: str, tree: Planted) -> None:
    """Comments come while nothing happens, so that no proxy takes the stream for dead."""
    async with stream(impatient_url, tree.partner_token, WAITING) as events:
        assert [await events.line() for _ in range(4)] == [":"] * 4


async def test_a_revoked_token_ends_its_streams(impatient_url: str, tree: Planted) -> None:
    """At the next look, with an error that says so."""
    async with stream(impatient_url, tree.partner_token, WAITING) as events:
        await asyncio.sleep(LIMITS.recheck_seconds * 2)  # looked at, and found good
        await revoke(tree.partner_token)
        name, payload = await events.event()
        assert (name, payload["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
        assert await events.event() == ("complete", None)


async def test_streams_are_bounded_and_a_client_that_leaves_makes_room(impatient_url: str, tree: Planted) -> None:
    """One too many is THROTTLED, naming the figure; when a client hangs up its place is free at once."""
    for _ in range(3):
        streams = [stream(impatient_url, tree.partner_token, WAITING) for _ in range(LIMITS.operations_per_principal)]
        events = [await context.__aenter__() for context in streams]
        assert [await each.line() for each in events] == [":"] * len(events)
        async with stream(impatient_url, tree.partner_token, VIEWER) as extra:
            error = (await extra.event())[1]["errors"][0]
        assert error["extensions"]["code"] == "THROTTLED"
        assert str(LIMITS.operations_per_principal) in error["message"]
        for context in streams:
            await context.__aexit__(None, None, None)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await _is_full(impatient_url, tree):
                pass


async def _is_full(url: str, tree: Planted) -> bool:
    async with stream(url, tree.partner_token, VIEWER) as events:
        return "errors" in (await events.event())[1]


@pytest.mark.parametrize(
    ("accept", "query", "media_type"),
    [
        ("application/json", WAITING, "application/json"),
        ("*/*", WAITING, "application/json"),
        ("application/graphql-response+json, application/json, text/event-stream", WAITING, "text/event-stream"),
        ("application/graphql-response+json, text/event-stream", VIEWER, "application/graphql-response+json"),
        ("text/event-stream, application/json;q=0.9", VIEWER, "text/event-stream"),
        ("text/event-stream;q=0, application/json", WAITING, "application/json"),
    ],
)
async def test_live_updates_stream_for_whoever_takes_streams(
    impatient_url: str, tree: Planted, accept: str, query: str, media_type: str
) -> None:
    """Queries are answered in what is wanted most; live updates as a stream wherever one is taken at all."""
    async with stream(impatient_url, tree.partner_token, query, accept=accept) as events:
        assert events.response.headers["content-type"].startswith(media_type)
        if query == WAITING and media_type == "application/json":
            content = json.loads(await events.response.aread())
            assert "text/event-stream" in content["errors"][0]["message"]
