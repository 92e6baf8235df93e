"""Sends one HTTP request to a vetted address within one deadline and keeps a bounded answer."""

import asyncio
import ssl
import time
from dataclasses import dataclass

import httpx

from integrations.deadlines import Deadlines
from integrations.http.connection import Connection
from integrations.http.dialer import Dialer
from integrations.http.failures import FailureKind, FetchFailed
from integrations.http.guard import EgressPolicy, ForbiddenUrl, Target, check_url
from integrations.http.pool import IdlePool
from integrations.http.request import Outgoing, encode
from integrations.http.resolver import Lookup, Resolver, system_lookup

__all__ = ["Answer", "FailureKind", "FetchFailed", "HttpClient"]

CONNECT_TIMEOUT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said: the head whole, the body as raw bytes up to the read limit."""

    status: int
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes
    truncated: bool
    elapsed_seconds: float

    @property
    def headers(self) -> httpx.Headers:
        """The header fields, by name in any case; made when asked for, most answers are judged by status alone."""
        return httpx.Headers(self.fields)


class HttpClient:
    """Outbound HTTP of one process: no redirects, no cookies, no proxies, no environment.

    Requests are httpx's; the wire is asyncio and httptools, because httpx's own costs twenty times the CPU.
    `tls` replaces the context that trusts httpx's bundle of authorities; `lookup` replaces the system's resolver.
    """

    def __init__(
        self,
        policy: EgressPolicy,
        user_agent: str,
        *,
        connect_timeout_seconds: float = CONNECT_TIMEOUT_SECONDS,
        tls: ssl.SSLContext | None = None,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._policy = policy
        self.user_agent = user_agent
        self._resolver = Resolver(lookup)
        self._dialer = Dialer(
            policy, self._resolver, tls or httpx.create_ssl_context(trust_env=False), connect_timeout_seconds
        )
        self._idle = IdlePool()
        self._deadlines: dict[float, Deadlines] = {}  # by their length: each caller has its own
        self._open: set[Connection] = set()

    async def fetch(self, request: httpx.Request, *, deadline_seconds: float, read_limit_bytes: int) -> Answer:
        """Send `request` and return the answer, whatever its status; FetchFailed if there is none.

        The deadline covers all of it, from the look-up of the name to the last byte of the answer that is read.
        The body of the answer is cut at `read_limit_bytes`, as it came: compression is neither asked for nor undone.
        """
        outgoing = Outgoing.from_httpx(request)
        return await self.send(outgoing, deadline_seconds=deadline_seconds, read_limit_bytes=read_limit_bytes)

    async def send(self, outgoing: Outgoing, *, deadline_seconds: float, read_limit_bytes: int) -> Answer:
        """Do what `fetch` does, for callers that send thousands a second: an httpx.Request costs 50 us to make."""
        started = time.perf_counter()
        deadlines = self._deadlines.get(deadline_seconds)
        if deadlines is None:
            deadlines = self._deadlines[deadline_seconds] = Deadlines(deadline_seconds)
        target = self._check(outgoing.url)
        encoded = encode(outgoing, target, user_agent=self.user_agent)
        connection: Connection | None = None
        try:
            with deadlines.next():
                connection = self._idle.take(target) or await self._dial(target)
                raw = await connection.exchange(encoded, read_limit_bytes=read_limit_bytes)
        except TimeoutError:
            message = f"no whole answer within {deadline_seconds:g} s"
            raise FetchFailed(FailureKind.TIMEOUT, message, before_sent=connection is None) from None
        finally:
            if connection is not None:
                self._idle.put(connection, target)
        elapsed_seconds = time.perf_counter() - started
        return Answer(raw.status, raw.headers, raw.body, raw.truncated, elapsed_seconds)

    async def aclose(self) -> None:
        """Close every connection; requests under way fail."""
        self._idle.close()
        for connection in list(self._open):
            connection.abort()
        await self._resolver.aclose()
        await asyncio.sleep(0)  # transports close at the loop's next turn

    def _check(self, url: str) -> Target:
        try:
            return check_url(url, self._policy)
        except ForbiddenUrl as error:
            raise FetchFailed(FailureKind.FORBIDDEN_URL, error.reason, before_sent=True) from None

    async def _dial(self, target: Target) -> Connection:
        connection = await self._dialer.dial(target, self._lost)
        if connection.is_reusable:  # else it was lost as soon as it was made, and nobody would take it out again
            self._open.add(connection)
        return connection

    def _lost(self, connection: Connection) -> None:
        self._idle.discard(connection)
        self._open.discard(connection)
