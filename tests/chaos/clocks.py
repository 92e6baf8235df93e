"""What takes hours and days, by a clock that is moved: retries, endpoints that only fail, secrets that are rotated."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from secrets import token_bytes
from typing import Any, Final
from uuid import UUID

from cryptography.fernet import Fernet
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import bootstrap
from domain.shared import database
from domain.shared.ids import decode
from domain.webhooks.actions import EndpointDraft, SigningKey, create_endpoint, rotate_secret
from domain.webhooks.health import look_after_failing
from domain.webhooks.rules import FAILING_LIMIT, RETRY_AFTER
from domain.webhooks.sending import ping
from integrations.provisioners.sandbox.app import SandboxSettings
from integrations.vault import Vault
from integrations.webhooks.signing import new_secret
from jobs.webhooks import deliver
from tests.chaos.faults import Finding
from tests.chaos.ground import Ground
from tests.integrations.sandboxes import serving
from tests.jobs.bench import Bench, open_bench

_NO_KEY: Final = SigningKey(b"", "")
_SPREAD: Final = 0.2  # events.md, Delivery: +- 20 %


class _Receiver:
    """Answers what it is told to, and keeps the last that it got."""

    def __init__(self) -> None:
        self.status = 204
        self.headers: dict[str, str] = {}
        self.body = b""

    async def take(self, request: Request) -> Response:
        """One delivery."""
        self.headers, self.body = dict(request.headers), await request.body()
        return Response(status_code=self.status)


@asynccontextmanager
async def _workshop(ground: Ground) -> AsyncIterator[tuple[Bench, _Receiver, str]]:
    """A worker's workshop in this process, with a clock to move, and a receiver."""
    addresses, receiver = ground.town.household.addresses, _Receiver()
    doorbell = bootstrap.open_doorbell(addresses)
    vault = Vault([Fernet.generate_key().decode()])
    app = Starlette(routes=[Route("/hook", receiver.take, methods=["POST"])])
    async with (
        bootstrap.database(addresses, 8),
        serving(app) as url,
        open_bench(ground.town.planted, vault, doorbell, SandboxSettings()) as bench,
    ):
        yield bench, receiver, f"{url}/hook"
    await doorbell.aclose()


async def _endpoint(bench: Bench, url: str, secret: str) -> UUID:
    draft = EndpointDraft(decode("Organization", bench.tree.partner_id), url, ["discount.*"], "", [])
    return await create_endpoint(bench.actor(), draft, secret_sealed=bench.shop.vault.seal(secret))


async def _attempted(bench: Bench, delivery_id: UUID) -> Any:
    """The delivery after one attempt, made as soon as it is due; None where it has ended."""
    sql = "SELECT * FROM webhook_deliveries WHERE id = $1"
    row = await database.fetch_row(sql, delivery_id)
    assert row is not None
    bench.clock.ahead += max(row["due_at"] - bench.clock.now(), timedelta()) + timedelta(milliseconds=1)
    for claimed in await bench.claim("webhook_deliveries"):
        await deliver(bench.shop, claimed)
    return await database.fetch_row(sql, delivery_id)


async def retry_horizon(ground: Ground) -> Finding:
    """Deliveries that always fail: attempted ten times at the published distances, each spread by itself."""
    off, gaps, totals = 0, list[float](), list[float]()
    async with _workshop(ground) as (bench, receiver, url):
        receiver.status = 500
        for _ in range(max(3, ground.count(200) // 10)):
            endpoint_id = await _endpoint(bench, url, new_secret(token_bytes(24)))
            delivery_id, began, made = await ping(bench.actor(), endpoint_id), bench.clock.now(), 0
            for wanted in RETRY_AFTER:
                row = await _attempted(bench, delivery_id)
                made += 1
                share = (row["due_at"] - bench.clock.now()) / wanted
                off += not 1 - _SPREAD - 0.05 <= share <= 1 + _SPREAD
                gaps.append(share)
            row = await _attempted(bench, delivery_id)
            off += (row["state"], row["due_at"], row["attempts"]) != ("FAILED", None, made + 1)
            totals.append((bench.clock.now() - began) / timedelta(hours=1))
    spread = max(gaps) - min(gaps)
    mean = sum(totals) / len(totals)
    holds = not off and spread > _SPREAD and 60 <= min(totals) <= max(totals) <= 91
    return Finding(
        holds, f"{len(totals)} deliveries, {off} not as published; gave up after {mean:.0f} h, spread {spread:.2f}"
    )


async def disable_rule(ground: Ground) -> Finding:
    """An endpoint that only fails: warned at 25, 50 and 75 % of five days, disabled at their end, not before."""
    seen = list[object]()
    async with _workshop(ground) as (bench, receiver, url):
        receiver.status = 503
        endpoint_id = await _endpoint(bench, url, new_secret(token_bytes(24)))
        await _attempted(bench, await ping(bench.actor(), endpoint_id))
        for percent in (24, 26, 49, 51, 76, 99, 101):
            sql = "SELECT * FROM webhook_endpoints WHERE id = $1"
            row = await database.fetch_row(sql, endpoint_id)
            assert row is not None
            bench.clock.ahead += row["failing_since"] + FAILING_LIMIT * percent / 100 - bench.clock.now()
            while await look_after_failing(bench.actor()):
                pass
            row = await database.fetch_row(sql, endpoint_id)
            assert row is not None
            seen.append(row["warned_percent"] if row["enabled"] else row["disabled_reason"])
    return Finding(seen == [0, 25, 25, 50, 75, 75, "FAILING"], f"at 24 to 101 % of five days: {seen}")


async def rotation(ground: Ground) -> Finding:
    """Secrets rotated again and again: within the overlap no verifier rejects anything, past it the old one does."""
    rejected, tried = 0, 0
    async with _workshop(ground) as (bench, receiver, url):
        old = new_secret(token_bytes(24))
        endpoint_id = await _endpoint(bench, url, old)
        for hours in (0.0, 1.0, 12.0, 23.9) * max(1, round(5 * ground.scale)):
            fresh = await _rotated(bench, endpoint_id, hours)
            await _attempted(bench, await ping(bench.actor(), endpoint_id))
            tried += 2
            rejected += sum(not _accepts(secret, receiver) for secret in (old, fresh))
            old = fresh
        fresh = await _rotated(bench, endpoint_id, 24.1)
        await _attempted(bench, await ping(bench.actor(), endpoint_id))
        ends = (_accepts(old, receiver), _accepts(fresh, receiver))
    return Finding(
        not rejected and ends == (False, True), f"{tried} verified, {rejected} rejected; past the overlap: {ends}"
    )


async def _rotated(bench: Bench, endpoint_id: UUID, hours_ago: float) -> str:
    """Rotate so many hours ago: official verifiers go by the machine's clock, so it is this that is moved."""
    fresh, day = new_secret(token_bytes(24)), timedelta(hours=24)
    bench.clock.ahead = -timedelta(hours=hours_ago)
    sealed = bench.shop.vault.seal(fresh)
    await rotate_secret(bench.actor(), endpoint_id, secret_sealed=sealed, overlap=day, key=_NO_KEY)
    bench.clock.ahead = timedelta()
    return fresh


def _accepts(secret: str, receiver: _Receiver) -> bool:
    try:
        Webhook(secret).verify(receiver.body, receiver.headers)
    except WebhookVerificationError:
        return False
    return True


FAULTS: Final[Mapping[str, Callable[[Ground], Awaitable[Finding]]]] = {
    "retry horizon": retry_horizon,
    "endpoint only fails": disable_rule,
    "secrets rotated": rotation,
}
