"""Opens what a process needs: database, doorbell, clients, keys; embedded servers where no address is given."""

import asyncio
import gc
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import asyncpg
import orjson
from asyncpg import Connection
from cryptography.fernet import Fernet
from tortoise import Tortoise
from tortoise.migrations.api import migrate as tortoise_migrate
from uuid_utils.compat import uuid7

from domain.access.queries import Clock
from domain.shared.database import opened
from domain.shared.errors import Invalid
from domain.uploads.storage import Storage
from integrations.clock import MovableClock, machine_now
from integrations.doorbell import Doorbell
from integrations.embedded.postgres import Durability, start_postgres
from integrations.embedded.redis import start_redis
from integrations.http.client import HttpClient
from integrations.http.guard import EgressPolicy
from integrations.line import RedisLine
from integrations.oidc import Issuers, read_issuer
from integrations.otlp import OtlpSpans
from integrations.provisioners.guarded import Limits
from integrations.provisioners.registry import ProvisionerConfig, Registry, build_registry
from integrations.snapshot import load_snapshot
from integrations.spans import Spans, Untraced
from integrations.storage import SignedAddresses, storage_at
from integrations.vault import Vault
from settings import Settings

MODELS: Final = {"provender": {"models": ["domain.models"], "migrations": "domain.migrations"}}
MIGRATIONS: Final = Path(__file__).parent / "domain" / "migrations"
SNAPSHOT: Final = MIGRATIONS / "snapshot.sql"
USER_AGENT: Final = "Provender/0.1"
_GC_THRESHOLDS: Final = (20_000, 20, 50)
MOVABLE: Final = MovableClock()
# The time as this house has it, UTC: the machine's, but for what `provender clock` let pass in development.
utc_now: Final = MOVABLE.now


def follow_clock(settings: Settings) -> None:
    """In development, have the time that `provender clock` has written, and will write, into the data folder."""
    if settings.is_development:
        MOVABLE.follow(settings.data_dir / "clock")


def new_id() -> UUID:
    """A fresh UUIDv7: sortable by the time it was made."""
    return uuid7()


CLOCK: Final = Clock(utc_now, new_id, machine_now)


def new_token() -> str:
    """A fresh API token: 256 random bits, with a prefix that secret scanners know it by."""
    return new_secret("pvd")


def new_secret(prefix: str) -> str:
    """A fresh secret of 256 random bits; its prefix says what it is for."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the database and Redis are."""

    database_url: str
    redis_url: str


def open_servers(settings: Settings, stack: ExitStack) -> Addresses:
    """The addresses from the settings; where one is missing, a server of our own that stops with the stack.

    In development the clock may move from here on. Blocks while a server starts: call it before the event loop runs.
    """
    follow_clock(settings)
    database_url, redis_url = settings.database_url, settings.redis_url
    if database_url is None:
        postgres = start_postgres(settings.data_dir / "postgres", durability=Durability.DURABLE)
        stack.callback(postgres.stop)
        database_url = postgres.dsn
    if redis_url is None:
        redis = start_redis(settings.data_dir / "redis")
        stack.callback(redis.stop)
        redis_url = redis.url
    return Addresses(database_url, redis_url)


async def _decode_json(connection: Connection) -> None:
    """JSON columns come as Python values; they are written as text that orjson made."""
    await connection.set_type_codec("jsonb", encoder=str, decoder=orjson.loads, schema="pg_catalog")


async def _keep(_connection: Connection) -> None:
    """Leave a connection as it is when it goes back to the pool.

    No statement of ours leaves anything behind in a session (advisory locks end with their transaction), and
    asyncpg's own reset is a round trip for every statement that runs outside a transaction.
    """


def tortoise_config(database_url: str, pool_size: int) -> dict[str, Any]:
    """Tortoise's configuration for a postgres:// address (a socket folder goes in its query: `?host=/…`)."""
    parts = urlsplit(database_url)
    query = parse_qs(parts.query)
    credentials = {
        "host": query["host"][0] if "host" in query else parts.hostname or "localhost",
        "port": int(query["port"][0]) if "port" in query else parts.port or 5432,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password or ""),
        "database": parts.path.lstrip("/") or "postgres",
        "minsize": 0,
        "maxsize": pool_size,
        "init": _decode_json,
        "reset": _keep,
        "statement_cache_size": 1000,
        "application_name": "provender",
    }
    if "sslmode" in query:
        credentials["ssl"] = query["sslmode"][0]
    return {
        "connections": {"default": {"engine": "domain.shared.pool", "credentials": credentials}},
        "apps": {name: {**app, "default_connection": "default"} for name, app in MODELS.items()},
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def database(addresses: Addresses, pool_size: int) -> AsyncIterator[None]:
    """The pool, for as long as the block runs."""
    await Tortoise.init(config=tortoise_config(addresses.database_url, pool_size), _enable_global_fallback=True)
    try:
        with opened():
            yield
    finally:
        await Tortoise.close_connections()


async def migrate(addresses: Addresses) -> None:
    """Bring the database to today's schema; two at once wait for each other."""
    lock = await asyncpg.connect(addresses.database_url)
    try:
        await lock.execute("SELECT pg_advisory_lock(hashtext('provender.migrate'))")
        await load_snapshot(lock, SNAPSHOT.read_text(encoding="utf-8"))
        if not await _is_current(lock):
            await replay_migrations(addresses.database_url)
    finally:
        await lock.close()


async def replay_migrations(database_url: str) -> None:
    """Apply one migration after the other, from where the database stands."""
    # In a task of its own: Tortoise leaves what it opened current for whoever runs on in the same context.
    await asyncio.create_task(_migrate(tortoise_config(database_url, 2)))


async def _is_current(connection: Connection) -> bool:
    """Whether every migration was applied before: Tortoise takes seconds to find that there is nothing to do."""
    if await connection.fetchval("SELECT to_regclass('tortoise_migrations')") is None:
        return False
    applied = {row["name"] for row in await connection.fetch("SELECT name FROM tortoise_migrations")}
    return set(migration_names()) <= applied


def migration_names() -> list[str]:
    """Every migration there is, in order."""
    return sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))


async def _migrate(config: dict[str, Any]) -> None:
    try:
        await tortoise_migrate(config=config, direction="forward")
    finally:
        await Tortoise.close_connections()


def open_vault(settings: Settings) -> Vault:
    """The vault with the configured keys; in development one key of our own, kept in the data folder."""
    keys = [key.get_secret_value() for key in settings.secret_keys]
    if not keys:
        if not settings.is_development:
            raise SystemExit("PROVENDER_SECRET_KEYS must be set in production (provender new-key makes one)")
        keys = [_development_key(settings.data_dir / "secret.key")]
    return Vault(keys)


def _development_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(Fernet.generate_key())
        with suppress(FileExistsError):
            path.hardlink_to(fresh)  # atomic: of two processes that start at once, one key wins
        fresh.unlink()
    return path.read_text(encoding="ascii")


def egress_policy(settings: Settings) -> EgressPolicy:
    """Public https only; a laptop may also talk to itself."""
    return EgressPolicy(allow_http=settings.is_development, allow_private=settings.is_development)


def open_provisioners(settings: Settings, http: HttpClient, now: Callable[[], datetime]) -> Registry:
    """Every configured provisioner."""
    configs = [
        ProvisionerConfig(
            entry.key,
            entry.kind,
            entry.base_url,
            entry.secrets,
            Limits(concurrency=entry.concurrency, calls_per_second=entry.calls_per_second),
        )
        for entry in settings.provisioners
    ]
    return build_registry(configs, http=http, clock=now)


def open_storage(settings: Settings, addresses: SignedAddresses) -> Storage:
    """Where files lie: in the configured bucket, else in the data folder."""
    return storage_at(settings.storage_url, settings.data_dir / "files", addresses)


def open_issuers(settings: Settings, http: HttpClient) -> Issuers:
    """The issuers whose tokens are taken; SystemExit when one names an organization by what is no id."""
    try:
        return Issuers([read_issuer(entry.model_dump()) for entry in settings.oidc_issuers], http, machine_now)
    except Invalid as error:
        raise SystemExit(f"PROVENDER_OIDC_ISSUERS: {error.message}") from error


def open_spans(settings: Settings, service: str) -> Spans:
    """Where traces of this process are told to. SystemExit where what that takes is not installed."""
    if settings.otlp_endpoint is None:
        return Untraced()
    try:
        return OtlpSpans(settings.otlp_endpoint, service)
    except ImportError as error:
        raise SystemExit("PROVENDER_OTLP_ENDPOINT needs: pip install 'provender[tracing]'") from error


def open_doorbell(addresses: Addresses) -> Doorbell:
    """The line to Redis that workers and live readers listen on."""
    return Doorbell(addresses.redis_url)


def open_line(addresses: Addresses) -> RedisLine:
    """The line to Redis for what the API counts and keeps there."""
    return RedisLine(addresses.redis_url)


def read_trusted_documents(path: Path | None) -> object:
    """What the file of trusted documents holds; an empty object where there is none. SystemExit if it is not JSON."""
    if path is None:
        return {}
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise SystemExit(f"PROVENDER_TRUSTED_DOCUMENTS: {path}: {error}") from error


def settle_memory() -> None:
    """Take what a process has made by now out of the garbage collector's sight.

    Schema, models and code are hundreds of thousands of objects that live as long as the process: walking them costs
    a tenth of a second each time. What requests make is small and young, so it is looked at less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    gc.enable()


def run(main: Callable[[], Any]) -> None:
    """Run an async main on uvloop where there is one."""
    if sys.platform == "win32":
        asyncio.run(main())
        return
    import uvloop  # noqa: PLC0415 - not there on Windows

    uvloop.run(main())
