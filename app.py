"""The API process: routes, lifespan, request ids and security headers."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import orjson
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.http.ides import get_graphql_ide_html

import bootstrap
from domain.access.queries import Callers, Clock
from domain.events.catalogue import json_schema
from domain.events.types import EventType
from domain.shared import database
from domain.shared.errors import FieldCode, FieldError
from integrations.attempts import Attempts
from integrations.doorbell import Doorbell, OutboxBell
from integrations.http.client import HttpClient
from integrations.http.guard import EgressPolicy, ForbiddenUrl, check_url
from integrations.line import RedisLine
from integrations.links import SignedLinks
from integrations.metrics import ApiMetrics, open_metrics
from integrations.passwords import Argon2Passwords
from integrations.registered import RegisteredDocuments
from integrations.spans import Spans, Untraced
from integrations.storage import SignedAddresses
from integrations.throttle import Throttle
from integrations.vault import Vault
from integrations.webhooks.composing import compose, signing_key
from integrations.webhooks.sender import headers_of
from integrations.webhooks.signing import SECRET_BYTES_MIN, new_secret
from resolvers.callbacks import CallbackEndpoint
from resolvers.documents import KnownDocuments, check_trusted
from resolvers.downloads import InvoiceEndpoint
from resolvers.files import FileEndpoint
from resolvers.http import POST_ONLY, GraphQLEndpoint, read_get
from resolvers.live import LiveNews
from resolvers.reports import PATH as REPORT_PATH
from resolvers.reports import ReportEndpoint
from resolvers.requests import Observe, RequestLog
from resolvers.sessions import Live, LiveLimits
from resolvers.traced import Traced
from resolvers.websocket import WebSocketEndpoint
from schema.context import Gate, House, Introspection
from settings import Settings

log = structlog.get_logger(__name__)

_READY_SECONDS: Final = 1.0
_LIVE_LIMITS: Final = LiveLimits()


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


def _house(settings: Settings, callers: Callers, doorbell: Doorbell, news: LiveNews, line: RedisLine) -> House:
    policy, vault = bootstrap.egress_policy(settings), bootstrap.open_vault(settings)

    def compose_webhook(row: Mapping[str, Any], at: datetime) -> tuple[str, Mapping[str, str], bytes]:
        outgoing = compose(vault, row, at)
        return outgoing.url, headers_of(outgoing, user_agent=bootstrap.USER_AGENT), outgoing.body

    def check_webhook_url(url: str) -> list[FieldError]:
        try:
            check_url(url, policy)
        except ForbiddenUrl as error:
            return [FieldError("url", FieldCode.INVALID, error.reason)]
        return []

    return House(
        clock=bootstrap.CLOCK,
        callers=callers,
        bells=OutboxBell(doorbell),
        news=news,
        gate=_gate(settings, line),
        seal=vault.seal,
        open_sealed=vault.open,
        new_token=bootstrap.new_token,
        new_webhook_secret=lambda: new_secret(secrets.token_bytes(SECRET_BYTES_MIN)),
        new_signing_key=lambda: signing_key(vault),
        check_webhook_url=check_webhook_url,
        compose_webhook=compose_webhook,
        new_secret=bootstrap.new_secret,
        passwords=Argon2Passwords(),
        attempts=Attempts(line, per_subject=settings.attempts_per_subject, per_address=settings.attempts_per_address),
        storage=bootstrap.open_storage(settings, _addresses(settings, vault)),
        sign_link=_links(settings, vault).sign,
    )


def _addresses(settings: Settings, vault: Vault) -> SignedAddresses:
    return SignedAddresses(settings.public_url.rstrip("/"), vault)


def _links(settings: Settings, vault: Vault) -> SignedLinks:
    return SignedLinks(settings.public_url.rstrip("/"), vault)


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


def _graphql(settings: Settings, house: House, live: Live) -> GraphQLEndpoint:
    return GraphQLEndpoint(
        house,
        live,
        max_body_bytes=settings.max_body_bytes,
        readers={**POST_ONLY, "GET": read_get} if settings.queries_by_get else POST_ONLY,
        page=get_graphql_ide_html(graphql_ide="graphiql") if settings.is_development else None,
    )


def _cors(settings: Settings) -> list[Middleware]:
    """What browsers may do from other sites; nothing unless the settings name them."""
    if not settings.cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["POST", "PUT"],
            allow_headers=["authorization", "content-type", "x-request-id"],
            expose_headers=["retry-after", "x-request-id"],
        )
    ]


def _routes(settings: Settings, doorbell: Doorbell, house: House, live: Live) -> list[BaseRoute]:
    secrets_by_key = {entry.key: entry.secrets for entry in settings.provisioners}
    vault = bootstrap.open_vault(settings)
    callbacks = CallbackEndpoint(house, vault, doorbell, lambda key: secrets_by_key.get(key, []))
    files = FileEndpoint(house, _addresses(settings, vault))
    invoices = InvoiceEndpoint(house, _links(settings, vault))
    reports = ReportEndpoint(house, _links(settings, vault))
    sockets = WebSocketEndpoint(house, live, allowed_origins=settings.cors_origins)
    routes: list[BaseRoute] = [
        WebSocketRoute("/graphql", sockets),
        Route("/callbacks/{operation_id}/{mark}", callbacks.__call__, methods=["POST"]),
        Route("/uploads/{upload_id}", files.__call__, methods=["PUT", "GET"]),
        Route("/invoices/{invoice_id}", invoices.__call__, methods=["GET"]),
        Route(REPORT_PATH, reports.__call__, methods=["GET"]),
        Route("/events/schemas/{name}.json", _event_schema),
        Route("/healthz", _healthz),
        Route("/readyz", _readyz(doorbell)),
    ]
    if settings.is_development:
        routes += [Route("/", _home)]
    return routes


class Provender(Starlette):
    """Starlette with a short way to GraphQL, past its routes and its handling of errors: that endpoint has its own."""

    def __init__(self, graphql: ASGIApp, middleware: list[Middleware], observe: Observe | None, **options: Any) -> None:
        super().__init__(**options)
        self._observe = observe
        self._graphql = graphql
        self._around = middleware

    def build_middleware_stack(self) -> ASGIApp:
        """Every request is logged, and passes what stands around it."""
        rest = super().build_middleware_stack()

        async def door(scope: Scope, receive: Receive, send: Send) -> None:
            is_graphql = scope["type"] == "http" and scope["path"] == "/graphql"
            await (self._graphql if is_graphql else rest)(scope, receive, send)

        app: ASGIApp = door
        for layer in reversed(self._around):
            app = layer.cls(app, *layer.args, **layer.kwargs)
        return RequestLog(app, self._observe)


@asynccontextmanager
async def _metering(settings: Settings, metrics: ApiMetrics) -> AsyncIterator[None]:
    """Answer Prometheus meanwhile, where a port is set for it."""
    if settings.metrics_port is None:
        yield
        return
    server = await open_metrics(settings.metrics_host, settings.metrics_port, metrics.registry)
    yield
    server.close()


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _counted(house: House, settings: Settings, metrics: ApiMetrics) -> House:
    """The same, that tells metrics what operations cost where anybody asks for them."""
    if settings.metrics_port is None:
        return house
    return replace(house, gate=replace(house.gate, count_cost=metrics.count_cost))


def _tracing(spans: Spans) -> list[Middleware]:
    """What tells of each request, where anybody wants to know."""
    return [] if isinstance(spans, Untraced) else [Middleware(Traced, spans)]


def create_app(
    settings: Settings,
    addresses: bootstrap.Addresses,
    *,
    live_limits: LiveLimits = _LIVE_LIMITS,
    clock: Clock = bootstrap.CLOCK,
) -> Starlette:
    """The API as an ASGI application, by the time of `clock`; the database opens with its lifespan.

    Event streams end once `state.stopping`, an asyncio.Event, is set: a server that stops waits for them.
    """
    doorbell = bootstrap.open_doorbell(addresses)
    news, line = LiveNews(doorbell), bootstrap.open_line(addresses)
    live, metrics, spans = Live(live_limits), ApiMetrics(), bootstrap.open_spans(settings, "provender-api")

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with bootstrap.database(addresses, settings.database_pool_size), _metering(settings, metrics):
            listening = asyncio.create_task(news.run())
            bootstrap.settle_memory()
            yield
            await _cancelled(listening)
        for opened in (doorbell, line, outbound):
            await opened.aclose()
        await asyncio.to_thread(spans.close)

    # Issuers' addresses are the operator's own choice, often inside its network.
    outbound = HttpClient(EgressPolicy(allow_http=settings.is_development, allow_private=True), bootstrap.USER_AGENT)
    callers = Callers(clock, bootstrap.open_issuers(settings, outbound).identify)
    house = replace(_counted(_house(settings, callers, doorbell, news, line), settings, metrics), clock=clock)
    made = Provender(
        graphql=_graphql(settings, house, live),
        observe=metrics.observe if settings.metrics_port else None,
        routes=_routes(settings, doorbell, house, live),
        middleware=[*_tracing(spans), *_cors(settings)],
        lifespan=lifespan,
    )
    made.state.stopping = live.stopping
    return made
