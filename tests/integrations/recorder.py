"""Keeps what goes to and comes from an application, as bytes, for tests that hold it to a contract."""

from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Exchange:
    """A request and its answer, as they went over the wire."""

    method: str
    path: str
    request_headers: dict[str, str]
    request: bytes = b""
    status: int = 0
    answer: bytes = b""
    answer_headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether the answer has the length that it promised."""
        return int(self.answer_headers.get("content-length", "0")) == len(self.answer)


@dataclass
class Recorder:
    """Stands before an application and keeps every exchange with it."""

    app: ASGIApp
    exchanges: list[Exchange] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on unchanged."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(scope["method"], scope["path"], _headers(scope["headers"]))
        self.exchanges.append(exchange)

        async def recorded_receive() -> Message:
            message = await receive()
            exchange.request += message.get("body", b"")
            return message

        async def recorded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status, exchange.answer_headers = message["status"], _headers(message["headers"])
            exchange.answer += message.get("body", b"")
            await send(message)

        await self.app(scope, recorded_receive, recorded_send)


def _headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in raw}
