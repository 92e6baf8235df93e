"""A client of live updates: graphql-transport-ws over a real WebSocket."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

ORDER_UPDATED: Final = "subscription ($id: ID!) { orderUpdated(id: $id) { id state lines { state } } }"
PROTOCOL: Final = Subprotocol("graphql-transport-ws")
FRAME_BYTES_MAX: Final = 256 * 1024
_PATIENCE_SECONDS: Final = 15.0


@dataclass(slots=True)
class Live:
    """One connection."""

    socket: ClientConnection

    async def say(self, message: Mapping[str, Any] | list[Any]) -> None:
        """Send one message."""
        await self.socket.send(json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        """The next message; TimeoutError after 15 s, ConnectionClosed when there is none any more."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            message: dict[str, Any] = json.loads(await self.socket.recv())
        return message

    async def open(self, token: str | None) -> dict[str, Any]:
        """Say who we are; answers what is said to it."""
        payload = {} if token is None else {"authorization": f"Bearer {token}"}
        await self.say({"type": "connection_init", "payload": payload})
        return await self.hear()

    async def closed(self) -> int:
        """The code that the server closes with, whatever it still says before."""
        try:
            while True:
                await self.hear()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006

    async def subscribe(self, query: str, variables: Mapping[str, Any] | None = None, *, name: str = "1") -> None:
        """Begin an operation under a name."""
        await self.say({"id": name, "type": "subscribe", "payload": {"query": query, "variables": variables or {}}})

    async def states_until(self, last: str) -> list[str]:
        """The states of the one order that is watched, up to `last`."""
        states: list[str] = []
        while not states or states[-1] != last:
            message = await self.hear()
            assert message["type"] == "next", message
            assert "errors" not in message["payload"], message
            states.append(message["payload"]["data"]["orderUpdated"]["state"])
        return states


@asynccontextmanager
async def live(url: str, **options: Any) -> AsyncIterator[Live]:
    """Connect to the API at `url` (http://…); `options` are those of websockets."""
    address = url.replace("http", "ws", 1) + "/graphql"
    async with connect(address, **{"subprotocols": [PROTOCOL], **options}) as socket:
        yield Live(socket)
