"""Redis as a doorbell: wakes workers and live readers at once, and is never waited for or believed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs, urlsplit

import orjson
import structlog
from arq.connections import ArqRedis, RedisSettings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

QUEUE: Final = "provender:doorbell"
NEWS_CHANNEL: Final = "provender:news"
WAKE_JOB: Final = "wake"
_PATIENCE_SECONDS: Final = 0.2
_SULK_SECONDS: Final = 1.0
_LISTEN_RETRY_SECONDS: Final = 1.0
_LISTEN_SECONDS: Final = 0.5


class Bell(StrEnum):
    """What a worker can be woken for."""

    OUTBOX = "outbox"
    PROVISIONING = "provisioning"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True, slots=True)
class News:
    """Something happened to an aggregate of the organization at `scope`: look it up."""

    aggregate_id: str
    scope: str


def arq_settings(url: str) -> RedisSettings:
    """Arq's connection settings, with retries for every way a Redis can be away (events.md, arq as it is)."""
    settings = RedisSettings.from_dsn(url)
    if urlsplit(url).scheme == "unix":
        settings.database = int(parse_qs(urlsplit(url).query).get("db", ["0"])[0])
    settings.conn_timeout = 1
    settings.conn_retries = 0
    settings.retry_on_timeout = True
    settings.retry_on_error = [RedisError, OSError]
    settings.retry = Retry(NoBackoff(), 1)
    return settings


class Doorbell:
    """One process's line to Redis. Every call is bounded to 0.2 s; after a failure it stays quiet for a second."""

    def __init__(self, url: str) -> None:
        redis = Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
        self._redis = ArqRedis(
            redis.connection_pool,
            job_serializer=orjson.dumps,
            job_deserializer=orjson.loads,
            default_queue_name=QUEUE,
        )
        self._quiet_until = 0.0

    async def ring(self, *bells: Bell) -> None:
        """Wake a worker for each bell; a Redis that is away costs a poll's delay and nothing else."""
        await self._bounded(lambda: asyncio.gather(*(self._redis.enqueue_job(WAKE_JOB, bell.value) for bell in bells)))

    async def announce(self, news: Iterable[News]) -> None:
        """Tell every API process what has changed."""
        messages = [orjson.dumps([item.aggregate_id, item.scope]) for item in news]
        await self._bounded(lambda: asyncio.gather(*(self._redis.publish(NEWS_CHANNEL, text) for text in messages)))

    async def is_answering(self) -> bool:
        """Whether Redis answers now; for /readyz, which reports it and does not fail by it."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return bool(await self._redis.ping())
        except (RedisError, OSError, TimeoutError):
            return False

    async def _bounded(self, call: Callable[[], Awaitable[object]]) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._quiet_until:
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await call()
        except (RedisError, OSError, TimeoutError) as error:
            self._quiet_until = now + _SULK_SECONDS
            log.warning("doorbell.silent", error=type(error).__name__)

    async def news(self) -> AsyncIterator[News]:
        """What `announce` says, for as long as the caller reads; through outages of Redis, whose news are lost."""
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(NEWS_CHANNEL)
                    while True:
                        message = await channel.get_message(timeout=_LISTEN_SECONDS)
                        if message is not None:
                            aggregate_id, scope = orjson.loads(message["data"])
                            yield News(aggregate_id, scope)
            except (RedisError, OSError, TimeoutError):
                await asyncio.sleep(_LISTEN_RETRY_SECONDS)

    async def aclose(self) -> None:
        """Hang up."""
        await self._redis.aclose(close_connection_pool=True)
