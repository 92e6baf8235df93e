"""The API behind a gate of a test's own: limits, budgets and documents as a deployment would set them."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

import bootstrap
from domain.access.queries import Callers, Identify, nobody
from domain.webhooks.actions import SigningKey
from integrations.attempts import Attempts
from integrations.doorbell import Doorbell, OutboxBell
from integrations.line import RedisLine
from integrations.passwords import Argon2Passwords
from integrations.registered import RegisteredDocuments
from integrations.throttle import Throttle
from resolvers.documents import KnownDocuments
from resolvers.http import GraphQLEndpoint
from resolvers.live import LiveNews
from resolvers.requests import RequestLog
from resolvers.sessions import Live, LiveLimits
from schema.context import Gate, House, Introspection
from tests.house import Api, NoStorage


@dataclass(frozen=True, slots=True)
class Figures:
    """What a deployment sets; the defaults are the product's own."""

    query_cap: int = 25_000
    maximum: int = 200_000
    restore_per_second: int = 10_000
    introspection: Introspection = Introspection.AUTHENTICATED
    trusted: Mapping[str, str] = field(default_factory=dict)
    trusted_only: bool = False
    per_subject: int = 10
    per_address: int = 100
    count_cost: Callable[[str, int], None] = lambda _kind, _points: None


def house_with(line: RedisLine, doorbell: Doorbell, figures: Figures, identify: Identify = nobody) -> House:
    """What a process would offer to its requests."""
    budget = Throttle(line, maximum=figures.maximum, restore_per_second=figures.restore_per_second)
    documents = KnownDocuments(RegisteredDocuments(line), figures.trusted, trusted_only=figures.trusted_only)
    return House(
        clock=bootstrap.CLOCK,
        callers=Callers(bootstrap.CLOCK, identify),
        bells=OutboxBell(doorbell),
        news=LiveNews(doorbell),
        gate=Gate(budget, documents, figures.introspection, figures.query_cap, figures.count_cost),
        seal=str.encode,
        open_sealed=bytes.decode,
        new_token=bootstrap.new_token,
        new_webhook_secret=bootstrap.new_token,
        new_signing_key=lambda: SigningKey(b"sealed", "whpk_"),
        check_webhook_url=lambda _: [],
        compose_webhook=lambda *_: ("", {}, b""),
        new_secret=bootstrap.new_secret,
        passwords=Argon2Passwords(),
        attempts=Attempts(line, per_subject=figures.per_subject, per_address=figures.per_address),
        storage=NoStorage(),
        sign_link=lambda path, _parameters, _until: path,
    )


@asynccontextmanager
async def gated(addresses: bootstrap.Addresses, figures: Figures, identify: Identify = nobody) -> AsyncIterator[Api]:
    """A second process's API, so to speak: the same database and Redis, memory of its own."""
    line, doorbell = bootstrap.open_line(addresses), bootstrap.open_doorbell(addresses)
    house = house_with(line, doorbell, figures, identify)
    endpoint = GraphQLEndpoint(house, Live(LiveLimits()), max_body_bytes=256 * 1024)
    app = Starlette(routes=[Route("/graphql", endpoint)], middleware=[Middleware(RequestLog)])
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://provender.test") as client:
        yield Api(client)
    await line.aclose()
    await doorbell.aclose()
