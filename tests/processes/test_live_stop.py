"""An API that stops lets go of its live connections at once, so that their clients find another."""

import asyncio

import httpx
from websockets.frames import Frame, Opcode

from tests.live import live
from tests.processes.town import Town

WATCH = "subscription { organizationEvents { type } }"


async def test_live_connections_do_not_hold_up_a_stop(town: Town) -> None:
    """SIGTERM: WebSockets are closed with 1012, event streams end without `complete`, and nothing is in the log."""
    headers = {"authorization": f"Bearer {town.token}", "accept": "text/event-stream"}
    async with live(town.api_url) as client, httpx.AsyncClient(timeout=10, trust_env=False) as http:
        await client.open(town.token)
        await client.subscribe(WATCH)
        async with http.stream("POST", f"{town.api_url}/graphql", json={"query": WATCH}, headers=headers) as answer:
            lines = answer.aiter_lines()
            assert await anext(lines) == ":"
            async with asyncio.timeout(5):
                stopping = asyncio.create_task(asyncio.to_thread(town.household.stop, "api"))
                assert await client.closed() == 1012
                assert [line async for line in lines if line not in {"", ":"}] == []
                assert await stopping == 0
    assert "Traceback" not in town.household.tail("api")


async def test_a_frame_of_broken_utf_8_is_no_error_of_ours(town: Town) -> None:
    """1007, by the WebSocket itself, and no traceback in the log."""
    async with live(town.api_url) as client:
        client.socket.transport.write(Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True))
        assert await client.closed() == 1007
    assert "Traceback" not in town.household.tail("api")
