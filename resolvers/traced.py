"""A span for each request, below the caller's own where it names one."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.spans import Kind, Span, Spans

_UNTRACED: Final = frozenset({"/healthz", "/readyz"})
_SERVER_ERROR: Final = 500


class Traced:
    """Stands around the application only where spans are told to somebody."""

    def __init__(self, app: ASGIApp, spans: Spans) -> None:
        self._app = app
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Trace one request; its span names the GraphQL operation that it turned out to be."""
        if scope["type"] != "http" or scope["path"] in _UNTRACED:
            await self._app(scope, receive, send)
            return
        parent = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), None)
        route = "/" + scope["path"].removeprefix("/").partition("/")[0]
        about = {"http__request__method": scope["method"], "http__route": route}
        status = _SERVER_ERROR

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._spans.span(f"{scope['method']} {route}", Kind.SERVER, parent, **about) as span:
            await self._app(scope, receive, answer)
            _tell(span, scope, status)


def _tell(span: Span, scope: Scope, status: int) -> None:
    span.note(http__response__status_code=status)
    if status >= _SERVER_ERROR:
        span.fail(f"answered {status}")
    if operation := scope.get("state", {}).get("operation"):
        span.note(graphql__operation__type=operation.kind.value, graphql__operation__name=operation.name)
