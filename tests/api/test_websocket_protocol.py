"""graphql-transport-ws to the letter: what is said, in which order, and which code ends what breaks it."""

import asyncio
import json
import logging
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.exceptions import InvalidStatus

from seeding import Planted
from tests.api.impatient import FRIEND, LIMITS, revoke
from tests.house import PLACE_ORDER, order_input
from tests.live import Live, live

VIEWER = "{ viewer { principal } }"
WAITING = "subscription { organizationEvents { type } }"


def init(token: str) -> str:
    """The first message."""
    return json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})


def subscribe(**changes: Any) -> str:
    """A query as an operation."""
    return json.dumps({"type": "subscribe", "id": "1", "payload": {"query": VIEWER}} | changes)


async def opened(client: Live, tree: Planted) -> Live:
    """The connection, acknowledged."""
    assert await client.open(tree.partner_token) == {"type": "connection_ack"}
    return client


BROKEN: dict[str, tuple[int, list[str | bytes]]] = {
    "no JSON": (4400, ["INIT", "{"]),
    "no JSON before the init": (4400, ["{"]),
    "a list": (4400, ["INIT", "[]"]),
    "no type": (4400, ["INIT", "{}"]),
    "a type that is a list": (4400, ["INIT", '{"type": ["ping"]}']),
    "an unknown type": (4400, ["INIT", '{"type": "start"}']),
    "a key twice": (4400, ["INIT", '{"type": "ping", "type": "pong"}']),
    "a binary frame": (4400, ["INIT", b"{}"]),
    "a binary frame before the init": (4400, [b"\xff"]),
    "nesting without end": (4400, ["INIT", '{"type": ' + "[" * 4_000 + "]" * 4_000 + "}"]),
    "an init of a list": (4400, ['{"type": "connection_init", "payload": []}']),
    "a ping of a text": (4400, ["INIT", '{"type": "ping", "payload": "x"}']),
    "no id": (4400, ["INIT", '{"type": "subscribe", "payload": {"query": "{ a }"}}']),
    "an empty id": (4400, ["INIT", subscribe(id="")]),
    "an id that is a number": (4400, ["INIT", subscribe(id=1)]),
    "an id without end": (4400, ["INIT", subscribe(id="x" * 129)]),
    "the end of no id": (4400, ["INIT", '{"type": "complete"}']),
    "no payload": (4400, ["INIT", subscribe(payload=None)]),
    "a batch": (4400, ["INIT", subscribe(payload=[{"query": VIEWER}])]),
    "no query": (4400, ["INIT", subscribe(payload={})]),
    "a query that is a list": (4400, ["INIT", subscribe(payload={"query": [VIEWER]})]),
    "variables that are a list": (4400, ["INIT", subscribe(payload={"query": VIEWER, "variables": []})]),
    "an operation before the init": (4401, [subscribe()]),
    "two inits": (4429, ["INIT", "INIT"]),
    "an id that is taken": (4409, ["INIT", *[subscribe(payload={"query": WAITING})] * 2]),
    "a message beyond the bound": (1009, ["INIT", subscribe(payload={"query": "#" * LIMITS.message_bytes})]),
    "a flood of pings": (4429, ["INIT", *['{"type": "ping"}'] * 50]),
    "a flood before the init": (4429, ['{"type": "pong"}'] * 50),
    "a flood of operations": (4429, ["INIT", *(subscribe(id=str(number)) for number in range(50))]),
}


@pytest.mark.parametrize(("code", "frames"), BROKEN.values(), ids=BROKEN.keys())
async def test_what_breaks_the_protocol_ends_the_connection_with_its_code(
    impatient_url: str, tree: Planted, caplog: pytest.LogCaptureFixture, code: int, frames: list[str | bytes]
) -> None:
    """Each fault has its close code, and none of them is an error in the log."""
    with capture_logs() as logged, caplog.at_level(logging.WARNING):
        async with live(impatient_url) as client:
            for frame in frames:
                await client.socket.send(init(tree.partner_token) if frame == "INIT" else frame)
            assert await client.closed() == code
    assert [entry for entry in logged if entry["log_level"] == "error"] == []
    assert caplog.records == []


async def test_a_connection_must_open_in_time(impatient_url: str) -> None:
    """4408 for one that never says connection_init, whatever else it says."""
    async with live(impatient_url) as client:
        await client.say({"type": "ping"})
        assert await client.hear() == {"type": "pong"}
        assert await client.closed() == 4408


@pytest.mark.parametrize("offered", [None, ["graphql-ws"], ["GRAPHQL-TRANSPORT-WS"]])
async def test_only_one_subprotocol_is_spoken(impatient_url: str, offered: list[str] | None) -> None:
    """4406, also for a client that offers none."""
    async with live(impatient_url, subprotocols=offered) as client:
        assert await client.closed() == 4406


@pytest.mark.parametrize("origin", [None, FRIEND, FRIEND.upper(), "SELF"])
async def test_programs_and_friendly_pages_may_connect(impatient_url: str, tree: Planted, origin: str | None) -> None:
    """No Origin, one of the CORS list, or the page's own host."""
    async with live(impatient_url, origin=impatient_url if origin == "SELF" else origin) as client:
        await opened(client, tree)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", FRIEND + ".evil.example", FRIEND.replace("https", "http"), "file://"]
)
async def test_pages_of_other_sites_may_not_connect(impatient_url: str, origin: str) -> None:
    """HTTP 403 at the handshake: browsers open WebSockets to foreign sites without asking them."""
    with pytest.raises(InvalidStatus) as refused:
        async with live(impatient_url, origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_queries_and_mutations_go_the_same_way(api_url: str, tree: Planted) -> None:
    """One `next` and `complete` each; costs are told, mutations act."""
    async with live(api_url) as client:
        await opened(client, tree)
        await client.subscribe(VIEWER, name="query")
        answer = await client.hear()
        assert (answer["type"], answer["id"]) == ("next", "query")
        assert answer["payload"]["data"]["viewer"]["principal"].startswith("tok_")
        assert answer["payload"]["extensions"]["cost"]
        assert await client.hear() == {"type": "complete", "id": "query"}
        await client.subscribe(PLACE_ORDER, {"input": order_input(tree, "over a socket")}, name="mutation")
        assert (await client.hear())["payload"]["data"]["placeOrder"]["order"]["state"] == "APPROVED"
        assert await client.hear() == {"type": "complete", "id": "mutation"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "BAD_REQUEST"),
        ("{ nothing }", "BAD_REQUEST"),
        ("query ($id: ID!) { order(id: $id) { id } }", "BAD_REQUEST"),
        ('subscription { orderUpdated(id: "ord_01j00000000000000000000000") { id } }', "NOT_FOUND"),
        ('subscription { orderUpdated(id: "nonsense") { id } }', "BAD_INPUT"),
        ("subscription { orderUpdated { id } }", "BAD_REQUEST"),
    ],
)
async def test_an_operation_that_cannot_begin_is_an_error_message(
    api_url: str, tree: Planted, query: str, code: str
) -> None:
    """`error` ends the operation and frees its id; the connection goes on."""
    async with live(api_url) as client:
        await opened(client, tree)
        await client.subscribe(query)
        message = await client.hear()
        assert (message["type"], message["id"]) == ("error", "1")
        assert [error["extensions"]["code"] for error in message["payload"]] == [code]
        await client.subscribe(VIEWER)
        assert (await client.hear())["type"] == "next"


async def test_an_ended_operation_frees_its_id(impatient_url: str, tree: Planted) -> None:
    """After `complete` from the client the id can be used again at once; unknown ids are nobody's fault."""
    async with live(impatient_url) as client:
        await opened(client, tree)
        for _ in range(5):
            await client.subscribe(WAITING)
            await client.say({"type": "complete", "id": "1"})
        await client.say({"type": "complete", "id": "never begun"})
        await client.subscribe(VIEWER)
        assert (await client.hear())["type"] == "next"


async def test_a_ping_is_answered_with_its_payload(impatient_url: str) -> None:
    """Also before the connection is acknowledged; a pong is not answered."""
    async with live(impatient_url) as client:
        await client.say({"type": "pong"})
        await client.say({"type": "ping", "payload": {"at": 1}})
        assert await client.hear() == {"type": "pong", "payload": {"at": 1}}


async def test_the_handshakes_header_is_a_credential_too(impatient_url: str, tree: Planted) -> None:
    """Programs may send Authorization as over HTTP; what the payload says counts more."""
    header = {"authorization": f"Bearer {tree.partner_token}"}
    async with live(impatient_url, additional_headers=header) as client:
        assert (await client.open(None))["type"] == "connection_ack"
    async with live(impatient_url, additional_headers=header) as client:
        await client.say({"type": "connection_init", "payload": {"authorization": "Bearer nonsense"}})
        assert await client.closed() == 4403


async def test_a_revoked_token_ends_its_connections(impatient_url: str, tree: Planted) -> None:
    """4403 at the next look, with live updates under way or without."""
    async with live(impatient_url) as watching, live(impatient_url) as idle, live(impatient_url) as other:
        await opened(watching, tree)
        await opened(idle, tree)
        assert (await other.open(tree.customer_token))["type"] == "connection_ack"
        await watching.subscribe(WAITING)
        await asyncio.sleep(LIMITS.recheck_seconds * 2)  # looked at, and found good
        await revoke(tree.partner_token)
        assert [await watching.closed(), await idle.closed()] == [4403, 4403]
        await other.say({"type": "ping"})
        assert (await other.hear())["type"] == "pong"


async def test_operations_are_bounded_on_a_connection_and_for_a_principal(impatient_url: str, tree: Planted) -> None:
    """One too many is THROTTLED, naming the figure; an ended one makes room."""
    async with live(impatient_url) as first, live(impatient_url) as second:
        await opened(first, tree)
        await opened(second, tree)
        for number in range(LIMITS.operations_per_connection + 1):
            await first.subscribe(WAITING, name=str(number))
        await _throttled(first, str(LIMITS.operations_per_connection), "3 operations")
        await second.subscribe(WAITING, name="a")
        await second.subscribe(WAITING, name="b")
        await _throttled(second, "b", "4 live operations")
        await first.say({"type": "complete", "id": "0"})
        await first.say({"type": "ping"})
        await first.hear()
        await second.subscribe(VIEWER, name="b")
        assert (await second.hear())["type"] == "next"


async def _throttled(client: Live, name: str, figure: str) -> None:
    message = await client.hear()
    assert (message["type"], message["id"]) == ("error", name)
    assert message["payload"][0]["extensions"]["code"] == "THROTTLED"
    assert figure in message["payload"][0]["message"]


async def test_connections_are_bounded_for_a_principal(impatient_url: str, tree: Planted) -> None:
    """4429 for the connection that is too many; one that has ended makes room."""
    held = [live(impatient_url) for _ in range(LIMITS.connections_per_principal)]
    clients = [await context.__aenter__() for context in held]
    for client in clients:
        await opened(client, tree)
    async with live(impatient_url) as fourth:
        await fourth.socket.send(init(tree.partner_token))
        assert await fourth.closed() == 4429
    for context in held:
        await context.__aexit__(None, None, None)
    async with live(impatient_url) as later:
        await opened(later, tree)


async def test_what_is_watched_ends_with_the_connection(impatient_url: str, tree: Planted) -> None:
    """A client that vanishes leaves nothing behind: its places are free again."""
    for _ in range(LIMITS.connections_per_principal * 2):
        async with live(impatient_url) as client:
            await opened(client, tree)
            for number in range(LIMITS.operations_per_connection):
                await client.subscribe(WAITING, name=str(number))
            await client.say({"type": "ping"})
            assert (await client.hear())["type"] == "pong"
            client.socket.transport.abort()
