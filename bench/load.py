"""A load generator: a fixed number of connections, each sending the next request when the last is answered."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

WARM_SHARE: Final = 0.2
_OK: Final = 200
_HEAD_BYTES: Final = 200  # of a body that must hold an id: an error has none there


class Refused(RuntimeError):
    """A server answered with anything but what was asked for: a rate of errors is no rate."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests a second after warming up, the latencies in milliseconds, and how many were answered in all."""

    rate: float
    latencies_ms: Sequence[float]
    answered: int

    @property
    def p50_ms(self) -> float:
        """The median latency."""
        return percentile(self.latencies_ms, 50)

    @property
    def p99_ms(self) -> float:
        """The latency that 99 of 100 keep to."""
        return percentile(self.latencies_ms, 99)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent do not exceed; 0 for fewer than two values."""
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else 0.0


def pooled(rounds: Sequence[Measured]) -> Measured:
    """Several rounds as one: the median of their rates, all of their latencies."""
    latencies = [latency for measured in rounds for latency in measured.latencies_ms]
    answered = sum(measured.answered for measured in rounds)
    return Measured(median(measured.rate for measured in rounds), latencies, answered)


class Connection:
    """One keep-alive HTTP/1.1 connection, for answers with a content-length."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """Connect to 127.0.0.1:`port`; OSError when nobody listens."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 20))

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; status and body of its answer."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lowered = head.lower()
        start = lowered.index(b"content-length:") + 15
        length = int(lowered[start : lowered.index(b"\r", start)])
        return status, await self._reader.readexactly(length)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


def encode(path: str, body: bytes, token: str) -> bytes:
    """A POST of JSON as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def measure(
    ports: Sequence[int], requests: Iterator[bytes], *, connections: int, seconds: float, warm_share: float = WARM_SHARE
) -> Measured:
    """Load these ports of 127.0.0.1 evenly for so long; the first share of it is not counted.

    Refused if an answer is not 200 with an id near its beginning.
    """
    latencies: list[float] = []
    answered = 0
    began = time.perf_counter()
    counted_from, end = began + seconds * warm_share, began + seconds

    async def client(port: int) -> None:
        nonlocal answered
        connection = await Connection.open(port)
        while (sent_at := time.perf_counter()) < end:
            status, body = await connection.send(next(requests))
            done_at = time.perf_counter()
            if status != _OK or b'"id"' not in body[:_HEAD_BYTES]:
                raise Refused(f"port {port} answered with {status}: {body[:500]!r}")
            answered += 1
            if sent_at >= counted_from:
                latencies.append((done_at - sent_at) * 1000)
        connection.close()

    await asyncio.gather(*(client(ports[place % len(ports)]) for place in range(connections)))
    return Measured(len(latencies) / (end - counted_from), latencies, answered)
