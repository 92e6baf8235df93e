"""What a process counts and measures, and the port on which Prometheus asks for it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

_HEAD_LIMIT_BYTES: Final = 8 * 1024
_PATIENCE_SECONDS: Final = 5.0
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_POINTS: Final = (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)
# The first part of a path that is counted by its name; whatever else is asked for is `other`.
ROUTES: Final = frozenset({"graphql", "callbacks", "uploads", "events", "healthz", "readyz"})


class ApiMetrics:
    """What the API counts: requests by route and status, how long they took, and what operations cost."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._cost = Histogram(
            "provender_request_cost_points",
            "Points that GraphQL operations cost, by kind: query or mutation.",
            ("kind",),
            buckets=_POINTS,
            registry=self.registry,
        )
        self._seconds = Histogram(
            "provender_request_seconds",
            "How long requests took, by route and class of status.",
            ("route", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def count_cost(self, kind: str, points: int) -> None:
        """Count what an operation cost."""
        self._cost.labels(kind).observe(points)

    def observe(self, path: str, status: int, seconds: float) -> None:
        """Count a request."""
        route = path.removeprefix("/").partition("/")[0]
        self._seconds.labels(route if route in ROUTES else "other", f"{status // 100}xx").observe(seconds)


class WorkerMetrics:
    """What a worker counts: attempts by outcome, steps of bulk work; and what all workers have before them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._attempts = Counter(
            "provender_webhook_attempts",
            "Attempts to deliver a webhook, by outcome: delivered, or the class of error.",
            ("outcome",),
            registry=self.registry,
        )
        self._attempt_seconds = Histogram(
            "provender_webhook_attempt_seconds",
            "How long attempts took.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._calls = Histogram(
            "provender_provisioning_seconds",
            "How long a step of an operation took at a provisioner, by provisioner and outcome.",
            ("provisioner", "outcome"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._bulk = Counter(
            "provender_bulk_items",
            "Things that steps of bulk operations have done, by kind and outcome.",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self._renewals = Counter(
            "provender_renewals",
            "What happened to subscriptions as their days came: renewed, renewal_failed, expired and so on.",
            ("event",),
            registry=self.registry,
        )
        self._gauges = {
            name: Gauge(f"provender_{name}", text, labels, registry=self.registry)
            for name, (text, labels) in _GAUGES.items()
        }

    def count_attempt(self, error: str | None, duration_ms: int) -> None:
        """Count an attempt; `error` is of a fixed set of classes, None when it was delivered."""
        self._attempts.labels(error or "delivered").inc()
        self._attempt_seconds.observe(duration_ms / 1000)

    def count_step(self, provisioner: str, outcome: str, seconds: float) -> None:
        """Count a step of an operation; provisioners are those of the settings, outcomes a fixed set."""
        self._calls.labels(provisioner, outcome).observe(seconds)

    def count_bulk(self, kind: str, *, done: int, failed: int) -> None:
        """Count what a step has done."""
        self._bulk.labels(kind, "done").inc(done)
        self._bulk.labels(kind, "failed").inc(failed)

    def count_renewals(self, told: Mapping[str, int]) -> None:
        """Count what a batch has done, by what its events are called."""
        for event, count in told.items():
            self._renewals.labels(event).inc(count)

    def show(self, gauge: str, values: Mapping[tuple[str, ...], int | float]) -> None:
        """Let a gauge have these values and no others, by its labels."""
        self._gauges[gauge].clear()
        for labels, value in values.items():
            self._gauges[gauge].labels(*labels).set(value)


_GAUGES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "queue_due": ("Rows of a queue that are due now.", ("queue",)),
    "queue_oldest_seconds": ("For how long the oldest due row of a queue has been due.", ("queue",)),
    "queue_overdue": ("Rows of a queue that have been due for more than a minute.", ("queue",)),
    "provisioning_operations": ("Operations at provisioners that have not ended, by state.", ("state",)),
    "bulk_operations": ("Bulk operations that have not ended, by kind and state.", ("kind", "state")),
}


async def open_metrics(
    host: str, port: int, registry: CollectorRegistry, refresh: Callable[[], Awaitable[None]] | None = None
) -> asyncio.Server:
    """Answer `GET /metrics` on a port of its own: nothing else, to whoever can reach it. OSError if it is taken."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                status, body = "404 Not Found", b""
                if head.startswith((b"GET /metrics ", b"GET /metrics?")):
                    if refresh is not None:
                        await refresh()
                    status, body = "200 OK", generate_latest(registry)
                fields = f"content-type: {CONTENT_TYPE_LATEST}\r\ncontent-length: {len(body)}\r\nconnection: close"
                writer.write(f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, host, port, limit=_HEAD_LIMIT_BYTES)
