"""A load generator: a fixed number of connections, each sending the next request when the last is answered."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Final

_WARM_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests a second, and latencies in milliseconds, after warming up; `refused` counts answers not 200."""

    rate: float
    p50_ms: float
    p99_ms: float
    refused: int
    sample: bytes


class _Connection:
    """One keep-alive HTTP/1.1 connection, for answers with a content-length."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, request: bytes) -> tuple[int, bytes]:
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lowered = head.lower()
        start = lowered.index(b"content-length:") + 15
        length = int(lowered[start : lowered.index(b"\r", start)])
        return status, await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()


def encode(path: str, body: bytes, token: str) -> bytes:
    """A POST of JSON as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def measure(port: int, requests: Callable[[int], bytes], *, connections: int, seconds: float) -> Measured:
    """Load 127.0.0.1:`port` for so long; `requests(n)` is the n-th request."""
    latencies: list[float] = []
    refused, count, sample = 0, 0, b""
    began = time.perf_counter()
    counted_from, end = began + seconds * _WARM_SHARE, began + seconds

    async def client() -> None:
        nonlocal refused, count, sample
        connection = _Connection(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 20))
        while (sent_at := time.perf_counter()) < end:
            count += 1
            status, body = await connection.send(requests(count))
            done_at = time.perf_counter()
            if status != 200 or b'"errors"' in body[:200]:  # noqa: PLR2004 - OK
                refused += 1
                sample = sample or body
            elif sent_at >= counted_from:
                latencies.append((done_at - sent_at) * 1000)
        connection.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    spread = _percentiles(latencies)
    return Measured(len(latencies) / (end - counted_from), spread[49], spread[98], refused, sample)


def _percentiles(latencies: Sequence[float]) -> list[float]:
    return quantiles(latencies, n=100) if len(latencies) > 1 else [0.0] * 99
