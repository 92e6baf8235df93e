"""GraphQL over WebSocket: who may open one; the conversation itself is in `resolvers.conversation`."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from resolvers.conversation import CloseCode, Conversation
from resolvers.sessions import Live
from schema.context import House

SUBPROTOCOL = "graphql-transport-ws"


class WebSocketEndpoint:
    """/graphql over WebSocket, for programs, our own pages and those of `allowed_origins` (`https://…`, or `*`)."""

    def __init__(self, house: House, live: Live, *, allowed_origins: Sequence[str]) -> None:
        self._house = house
        self._live = live
        self._allowed_origins = frozenset(origin.lower().rstrip("/") for origin in allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection until its end; a page of a foreign origin gets HTTP 403."""
        socket = WebSocket(scope, receive, send)
        if not self._is_welcome(socket.headers.get("origin"), socket.headers.get("host", "")):
            await socket.close()
        elif SUBPROTOCOL not in socket.scope["subprotocols"]:
            await socket.accept()
            await socket.close(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, f"speak {SUBPROTOCOL}")
        else:
            await socket.accept(SUBPROTOCOL)
            await Conversation(socket, self._house, self._live).run()

    def _is_welcome(self, origin: str | None, host: str) -> bool:
        """Browsers always say the page's origin, and open WebSockets to foreign sites without asking them."""
        if origin is None or "*" in self._allowed_origins:
            return True
        return origin.lower() in self._allowed_origins or urlsplit(origin).netloc.lower() == host.lower()
