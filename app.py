"""The API process: routes, lifespan, request ids and security headers."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import orjson
import structlog
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from strawberry.http.ides import get_graphql_ide_html

import bootstrap
from domain.access.queries import Callers
from domain.events.catalogue import EventType, json_schema
from domain.shared import database
from domain.shared.errors import FieldCode, FieldError
from integrations.doorbell import Bell, Doorbell
from integrations.http.guard import ForbiddenUrl, check_url
from integrations.line import RedisLine
from integrations.registered import RegisteredDocuments
from integrations.throttle import Throttle
from integrations.webhooks.signing import SECRET_BYTES_MIN, new_secret
from resolvers.callbacks import CallbackEndpoint
from resolvers.documents import KnownDocuments, check_trusted
from resolvers.http import POST_ONLY, GraphQLEndpoint, read_get
from resolvers.live import LiveNews
from resolvers.sessions import Live, LiveLimits
from resolvers.websocket import WebSocketEndpoint
from schema.context import Gate, House, Introspection
from settings import Settings

log = structlog.get_logger(__name__)

_HEADERS: Final[Mapping[str, str]] = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_READY_SECONDS: Final = 1.0
_RING_EVERY_SECONDS: Final = 0.02
_LIVE_LIMITS: Final = LiveLimits()


class RequestLog:
    """Gives every request an id (the caller's, if it is a plain one), puts it on the answer and on every log line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        request_id = given.decode() if given.isalnum() and len(given) <= 64 else secrets.token_hex(8)  # noqa: PLR2004 - a plain id's bound
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status, started = 500, time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            took_ms = round((time.perf_counter() - started) * 1000, 1)
            log.info("request", method=scope["method"], path=scope["path"], status=status, took_ms=took_ms)
            structlog.contextvars.clear_contextvars()


class OutboxBell:
    """The bell that mutations ring: behind their backs, and once for all who ring within a moment."""

    def __init__(self, doorbell: Doorbell) -> None:
        self._doorbell = doorbell
        self._ringing: asyncio.Task[None] | None = None
        self._is_wanted = False

    def ring_outbox(self) -> None:
        """Events wait in the outbox."""
        self._is_wanted = True
        if self._ringing is None:
            self._ringing = asyncio.create_task(self._ring())

    async def _ring(self) -> None:
        try:
            while self._is_wanted:
                self._is_wanted = False
                await self._doorbell.ring(Bell.OUTBOX)
                await asyncio.sleep(_RING_EVERY_SECONDS)
        finally:
            self._ringing = None


def _gate(settings: Settings, line: RedisLine) -> Gate:
    try:
        trusted = check_trusted(bootstrap.read_trusted_documents(settings.trusted_documents))
    except ValueError as error:
        raise SystemExit(f"PROVENDER_TRUSTED_DOCUMENTS: {error}") from error
    return Gate(
        budget=Throttle(line, maximum=settings.cost_maximum, restore_per_second=settings.cost_restore_per_second),
        documents=KnownDocuments(
            RegisteredDocuments(line), trusted, trusted_only=settings.trusted_documents_mode == "only"
        ),
        introspection=Introspection(settings.introspection),
        query_cap=settings.cost_query_cap,
    )


def _house(settings: Settings, doorbell: Doorbell, news: LiveNews, gate: Gate) -> House:
    policy, vault = bootstrap.egress_policy(settings), bootstrap.open_vault(settings)

    def check_webhook_url(url: str) -> list[FieldError]:
        try:
            check_url(url, policy)
        except ForbiddenUrl as error:
            return [FieldError("url", FieldCode.INVALID, error.reason)]
        return []

    return House(
        clock=bootstrap.CLOCK,
        callers=Callers(bootstrap.CLOCK),
        bells=OutboxBell(doorbell),
        news=news,
        gate=gate,
        seal=vault.seal,
        open_sealed=vault.open,
        new_token=bootstrap.new_token,
        new_webhook_secret=lambda: new_secret(secrets.token_bytes(SECRET_BYTES_MIN)),
        check_webhook_url=check_webhook_url,
    )


async def _healthz(_request: Request) -> Response:
    """The process runs."""
    return JSONResponse({"status": "ok"})


def _readyz(doorbell: Doorbell) -> Any:
    async def readyz(_request: Request) -> Response:
        """The process can serve: the database answers. Redis is reported; without it everything comes later."""
        try:
            async with asyncio.timeout(_READY_SECONDS):
                is_ready = await database.fetch_value("SELECT 1") == 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the process is not ready
            log.warning("not_ready", error=type(error).__name__)
            is_ready = False
        checks = {"database": is_ready, "redis": await doorbell.is_answering()}
        return JSONResponse({"ready": is_ready, "checks": checks}, status_code=200 if is_ready else 503)

    return readyz


async def _event_schema(request: Request) -> Response:
    """The JSON Schema of one event type."""
    name = request.path_params["name"]
    if name not in {event_type.value for event_type in EventType}:
        return JSONResponse({"error": f"no event type {name[:80]!r}"}, status_code=404)
    return Response(orjson.dumps(json_schema(EventType(name))), media_type="application/schema+json")


async def _home(_request: Request) -> Response:
    return RedirectResponse("/graphql")


def _routes(settings: Settings, doorbell: Doorbell, house: House, live: Live) -> list[BaseRoute]:
    secrets_by_key = {entry.key: [entry.secret.get_secret_value()] for entry in settings.provisioners}
    graphql = GraphQLEndpoint(
        house,
        live,
        max_body_bytes=settings.max_body_bytes,
        readers={**POST_ONLY, "GET": read_get} if settings.queries_by_get else POST_ONLY,
        page=get_graphql_ide_html(graphql_ide="graphiql") if settings.is_development else None,
    )
    callbacks = CallbackEndpoint(
        house, bootstrap.open_vault(settings), doorbell, lambda key: secrets_by_key.get(key, [])
    )
    sockets = WebSocketEndpoint(house, live, allowed_origins=settings.cors_origins)
    routes: list[BaseRoute] = [
        Route("/graphql", graphql),
        WebSocketRoute("/graphql", sockets),
        Route("/callbacks/{operation_id}/{mark}", callbacks.__call__, methods=["POST"]),
        Route("/events/schemas/{name}.json", _event_schema),
        Route("/healthz", _healthz),
        Route("/readyz", _readyz(doorbell)),
    ]
    if settings.is_development:
        routes += [Route("/", _home)]
    return routes


def create_app(
    settings: Settings, addresses: bootstrap.Addresses, *, live_limits: LiveLimits = _LIVE_LIMITS
) -> Starlette:
    """The API as an ASGI application; the database opens with its lifespan.

    Event streams end once `state.stopping`, an asyncio.Event, is set: a server that stops waits for them.
    """
    doorbell = bootstrap.open_doorbell(addresses)
    news = LiveNews(doorbell)
    line = bootstrap.open_line(addresses)
    live = Live(live_limits)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with bootstrap.database(addresses, settings.database_pool_size):
            listening = asyncio.create_task(news.run())
            bootstrap.settle_memory()
            yield
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
        await doorbell.aclose()
        await line.aclose()

    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["POST"],
        allow_headers=["authorization", "content-type", "x-request-id"],
        expose_headers=["retry-after", "x-request-id"],
    )
    made = Starlette(
        routes=_routes(settings, doorbell, _house(settings, doorbell, news, _gate(settings, line)), live),
        middleware=[Middleware(RequestLog), cors],
        lifespan=lifespan,
    )
    made.state.stopping = live.stopping
    return made
