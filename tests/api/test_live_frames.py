"""What a WebSocket may be sent: no frame, protocol or origin brings the server down or gets past the door."""

from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from seeding import Planted
from tests.live import FRAME_BYTES_MAX, live

INIT = '{"type": "connection_init", "payload": {"authorization": "Bearer TOKEN"}}'
HOSTILE: dict[str, list[str | bytes]] = {
    "no JSON": ["hello"],
    "a list": ["[]"],
    "a number": ["123"],
    "null": ["null"],
    "a text": ['"connection_init"'],
    "no type": ["{}"],
    "a type that is a list": ['{"type": []}'],
    "an unknown type": ['{"type": "shutdown"}'],
    "a binary frame": [b"\x00\xff"],
    "a frame beyond the limit": ['{"type": "' + "x" * FRAME_BYTES_MAX + '"}'],
    "an init of a list": ['{"type": "connection_init", "payload": []}'],
    "a subscription before the init": ['{"type": "subscribe", "id": "1", "payload": {"query": "{ a }"}}'],
    "two inits": [INIT, INIT],
    "no id": [INIT, '{"type": "subscribe", "payload": {"query": "{ a }"}}'],
    "no payload": [INIT, '{"type": "subscribe", "id": "1"}'],
    "a payload that is a list": [INIT, '{"type": "subscribe", "id": "1", "payload": []}'],
    "a payload that is a text": [INIT, '{"type": "subscribe", "id": "1", "payload": "query"}'],
    "no query": [INIT, '{"type": "subscribe", "id": "1", "payload": {}}'],
    "a query that is a number": [INIT, '{"type": "subscribe", "id": "1", "payload": {"query": 7}}'],
    "a query that is no GraphQL": [INIT, '{"type": "subscribe", "id": "1", "payload": {"query": "{"}}'],
    "an id that is a list": [INIT, '{"type": "subscribe", "id": [], "payload": {"query": "{ a }"}}'],
    "the end of an id that is a list": [INIT, '{"type": "complete", "id": [1]}'],
    "variables that are a list": [
        INIT,
        '{"type": "subscribe", "id": "1", "payload": {"query": "subscription { a }", "variables": [1]}}',
    ],
    "an operation name that is a list": [
        INIT,
        '{"type": "subscribe", "id": "1", "payload": {"query": "subscription { a }", "operationName": [1]}}',
    ],
    "nesting without end": [INIT, "[" * 100_000],
}


@pytest.mark.parametrize("frames", HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_frames_end_their_own_connection_at_most(
    api_url: str, tree: Planted, frames: list[str | bytes]
) -> None:
    """The connection is closed with a code that names the fault, or answers an error; all others go on."""
    async with live(api_url) as bystander:
        await bystander.open(tree.partner_token)
        async with live(api_url) as client:
            heard = await _provoke(client, [_with_token(frame, tree.partner_token) for frame in frames])
        assert heard in {"error", 1009, 4400, 4401, 4429}
        await bystander.say({"type": "ping"})
        assert (await bystander.hear())["type"] == "pong"
    async with live(api_url) as later:
        assert (await later.open(tree.partner_token))["type"] == "connection_ack"


def _with_token(frame: str | bytes, token: str) -> str | bytes:
    return frame.replace("TOKEN", token) if isinstance(frame, str) else frame


async def _provoke(client: Any, frames: list[str | bytes]) -> object:
    """Send the frames: the code of the close that follows, or "error" for an error that is told."""
    try:
        for frame in frames:
            await client.socket.send(frame)
        while (message := await client.hear())["type"] != "error" and "errors" not in message.get("payload", {}):
            pass
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else 1006
    return "error"


async def test_another_protocol_is_refused(api_url: str) -> None:
    """Only graphql-transport-ws is spoken."""
    async with live(api_url, subprotocols=[Subprotocol("graphql-ws")]) as client:
        assert await client.closed() == 4406


async def test_a_page_of_another_site_may_not_connect(api_url: str) -> None:
    """A browser's Origin that is not ours is refused at the handshake: no WebSocket is hijacked."""
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        async with live(api_url, origin=Origin("https://evil.example")) as client:
            await client.hear()
