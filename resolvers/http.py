"""GraphQL over HTTP: the right answer, in the right media type, with the right status, to whatever is sent."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import ExitStack
from math import ceil
from typing import Any, Final

import orjson
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.shared.errors import ErrorCode
from resolvers.authentication import authenticate
from resolvers.errors import Unauthenticated
from resolvers.execution import Request
from resolvers.negotiation import EVENT_STREAM, GRAPHQL_JSON, JSON, acceptable
from resolvers.operations import Payload, Refused, begin, broken, refusal
from resolvers.sessions import Live, LiveContext, Session
from resolvers.sse import EventStream
from resolvers.wire import BadRequest, check_content, read_address, read_body, read_request
from schema.context import Context, House


class Asked:
    """One HTTP request; its headers by lower-case name, of equal names the first."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.receive = receive
        self.method: str = scope["method"]
        self.query: bytes = scope["query_string"]
        self.state: dict[str, Any] = scope["state"]
        client = scope.get("client")
        self.address: str = client[0] if client else ""
        self._headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))

    def header(self, name: bytes) -> str:
        """The value of a header, empty without it; Starlette's would look through all of them for each."""
        return self._headers.get(name, b"").decode("latin-1")


Reader = Callable[[Asked, int], Awaitable[Request]]

ANONYMOUS_BODY_BYTES: Final = 64 * 1024  # who says nothing of himself has little to say
_ONLY_LIVE: Final = f"live updates come over WebSocket, or for Accept: {EVENT_STREAM}, at this same address"


async def read_post(http: Asked, max_body_bytes: int) -> Request:
    """The request in a body; BadRequest says what is wrong with it."""
    check_content(http.header(b"content-type"), http.header(b"content-encoding"))
    return read_request(await read_body(http.receive, http.header(b"content-length"), max_body_bytes))


async def read_get(http: Asked, _max_body_bytes: int) -> Request:
    """The request in the address, which the server bounds; BadRequest says what is wrong with it."""
    return read_address(http.query)


# By method. Queries by GET, `{**POST_ONLY, "GET": read_get}`, are off by default: addresses end up in logs.
POST_ONLY: Final[Mapping[str, Reader]] = {"POST": read_post}


class NotServed(Refused):
    """It is no request to execute: the status says so in either media type."""

    def __init__(self, status: int, payload: Payload) -> None:
        super().__init__(payload)
        self.status = status


class GraphQLEndpoint:
    """/graphql over HTTP; `page` is what a browser sees there, if anything."""

    def __init__(
        self,
        house: House,
        live: Live,
        *,
        max_body_bytes: int,
        readers: Mapping[str, Reader] = POST_ONLY,
        page: str | None = None,
    ) -> None:
        self._house = house
        self._live = live
        self._max_body_bytes = max_body_bytes
        self._readers = readers
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever is sent, never with a 500 of the server's own."""
        with ExitStack() as held:
            response = await self._respond(Asked(scope, receive), held)
            await response(scope, receive, send)

    async def _respond(self, http: Asked, held: ExitStack) -> ASGIApp:
        accept = http.header(b"accept")
        if http.method in {"GET", "HEAD"} and self._page and "text/html" in accept:
            return HTMLResponse(self._page)
        if http.method not in self._readers:
            return self._other_method(http.method)
        media_types = acceptable(accept)
        plain = next((media_type for media_type in media_types if media_type != EVENT_STREAM), JSON)
        try:
            request, session = await self._read(http, media_types)
            return await self._operate(http, request, session, media_types, held)
        except NotServed as error:
            return _answer(error.status, plain, error.payload)
        except Refused as error:
            if media_types[0] == EVENT_STREAM:
                return EventStream(_once(error.payload), session, self._live, http.state["request_id"])
            # A client of the older media type takes any other status for "no GraphQL server answered".
            return _answer(error.status if plain == GRAPHQL_JSON else 200, plain, error.payload)

    async def _read(self, http: Asked, media_types: tuple[str, ...]) -> tuple[Request, Session]:
        """What is asked, and by whom."""
        if not media_types:
            raise NotServed(406, _refusal(f"answers are {GRAPHQL_JSON}, {JSON} or {EVENT_STREAM}"))
        authorization = http.header(b"authorization")
        try:
            actor = await authenticate(authorization, self._house.callers)
            limit = self._max_body_bytes if actor else min(ANONYMOUS_BODY_BYTES, self._max_body_bytes)
            request = await self._readers[http.method](http, limit)
        except BadRequest as error:
            raise NotServed(error.status, _refusal(error.message, error.code)) from error
        except Unauthenticated as error:
            raise NotServed(401, _refusal(error.message, error.code)) from error
        except Exception as error:  # with the database away nobody can be authenticated: masked, not a bare 500
            raise NotServed(503, broken(error, http.state["request_id"]).payload) from error
        return request, Session(self._house, authorization, actor, http.address)

    async def _operate(
        self, http: Asked, request: Request, session: Session, media_types: tuple[str, ...], held: ExitStack
    ) -> ASGIApp:
        """Answer a well-formed request: in one piece, or as a stream where that is wanted first or the only way."""
        request_id = http.state["request_id"]
        may_stream = EVENT_STREAM in media_types
        context = Context(self._house, session.actor, request_id, address=session.address)
        if may_stream:
            context = LiveContext(session, request_id)
        operation = await begin(request, context)
        http.state["operation"] = operation
        if http.method != "POST" and not operation.is_query:
            return _answer(405, JSON, _refusal("only queries come by GET"), {"allow": "POST"})
        if media_types[0] == EVENT_STREAM or (operation.is_live and may_stream):
            held.enter_context(self._live.operations.taken_by(session.holder))
            return EventStream(operation.payloads(), session, self._live, request_id)
        if operation.is_live:
            raise refusal(_ONLY_LIVE, ErrorCode.BAD_REQUEST)
        return _answer(200, media_types[0], await operation.answer())

    def _other_method(self, method: str) -> ASGIApp:
        allow = {"allow": ", ".join(self._readers)}
        if method == "OPTIONS":
            return Response(status_code=204, headers=allow)
        return _answer(405, JSON, _refusal("send operations by POST"), allow)


def _refusal(message: str, code: ErrorCode = ErrorCode.BAD_REQUEST) -> Payload:
    return refusal(message, code).payload


async def _once(payload: Payload) -> AsyncGenerator[Payload, None]:
    yield payload


class Answer:
    """A whole answer, sent as it is: Starlette's Response would work out its headers each time."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self._start = {"type": "http.response.start", "status": status, "headers": headers}
        self._body = {"type": "http.response.body", "body": body}

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        await send(self._start)
        await send(self._body)


_CONTENT_TYPES: Final = {name: f"{name}; charset=utf-8".encode() for name in (JSON, GRAPHQL_JSON)}


def _answer(status: int, media_type: str, payload: Payload, headers: Mapping[str, str] | None = None) -> Answer:
    body = orjson.dumps(payload, default=str)
    fixed = [(b"content-type", _CONTENT_TYPES[media_type]), (b"content-length", b"%d" % len(body))]
    if status != 200 or "errors" in payload:  # noqa: PLR2004 - OK
        fixed += [(name.encode(), value.encode()) for name, value in _advice(status, payload, headers or {}).items()]
    return Answer(status, fixed, body)


def _advice(status: int, payload: Payload, headers: Mapping[str, str]) -> Mapping[str, str]:
    """What the headers of a refusal say: how to authenticate, when to come back."""
    more = dict(headers)
    if status == 401:  # noqa: PLR2004 - RFC 9110: says how to authenticate
        more["www-authenticate"] = "Bearer"
    for error in payload.get("errors", ())[:1]:
        wait_seconds = error.get("extensions", {}).get("retryAfterSeconds")
        if wait_seconds is not None:
            more["retry-after"] = str(ceil(wait_seconds))
    return more
