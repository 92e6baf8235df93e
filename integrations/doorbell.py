"""Redis as a doorbell: wakes workers and live readers at once, and is never waited for or believed."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs, urlsplit

import orjson
from arq.connections import ArqRedis, RedisSettings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from integrations.line import RedisLine

QUEUE: Final = "provender:doorbell"
NEWS_CHANNEL: Final = "provender:news"
WAKE_JOB: Final = "wake"
_PATIENCE_SECONDS: Final = 0.2
_LISTEN_RETRY_SECONDS: Final = 1.0
_LISTEN_SECONDS: Final = 0.5
_RING_EVERY_SECONDS: Final = 0.02


class Bell(StrEnum):
    """What a worker can be woken for."""

    OUTBOX = "outbox"
    PROVISIONING = "provisioning"
    WEBHOOKS = "webhooks"
    MAIL = "mail"
    BULK = "bulk"
    USAGE = "usage"
    RENEWALS = "renewals"


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
        self._line = RedisLine(url, patience_seconds=_PATIENCE_SECONDS)
        self._queue = ArqRedis(
            self._line.redis.connection_pool,
            job_serializer=orjson.dumps,
            job_deserializer=orjson.loads,
            default_queue_name=QUEUE,
        )
        # Who listens waits longer for an answer than who calls.
        self._ear = Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)

    async def ring(self, *bells: Bell) -> None:
        """Wake a worker for each bell; a Redis that is away costs a poll's delay and nothing else."""
        await self._line.call(
            lambda: asyncio.gather(*(self._queue.enqueue_job(WAKE_JOB, bell.value) for bell in bells))
        )

    async def announce(self, news: Iterable[News]) -> None:
        """Tell every API process what has changed."""
        pipe = self._line.redis.pipeline(transaction=False)
        for item in news:
            pipe.publish(NEWS_CHANNEL, orjson.dumps([item.aggregate_id, item.scope]))
        await self._line.call(pipe.execute)

    async def is_answering(self) -> bool:
        """Whether Redis answers now; for /readyz, which reports it and does not fail by it."""
        return bool(await self._line.call(self._line.redis.ping))

    async def news(self) -> AsyncIterator[News]:
        """What `announce` says, for as long as the caller reads; through outages of Redis, whose news are lost."""
        while True:
            try:
                async with self._ear.pubsub(ignore_subscribe_messages=True) as channel:
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
        await asyncio.gather(self._line.aclose(), self._ear.aclose(close_connection_pool=True))


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
