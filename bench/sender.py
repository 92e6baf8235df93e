"""The webhooks' floor, a process of its own: posts the same bytes again and again over keep-alive connections."""

import asyncio
import sys
import time
from pathlib import Path
from typing import Final, cast

from bench.load import WARM_SHARE

_ANSWER_END: Final = b"\r\n\r\n"


class _Sender(asyncio.Protocol):
    """Sends the next request when the last is answered; `times` are those of the answers."""

    def __init__(self, request: bytes, times: list[float]) -> None:
        self._request = request
        self._times = times
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if data.endswith(_ANSWER_END) and self._transport is not None:
            self._times.append(time.perf_counter())
            self._transport.write(self._request)


async def send(port: int, request: bytes, *, connections: int, seconds: float) -> float:
    """Requests answered a second, after warming up."""
    loop, times = asyncio.get_running_loop(), list[float]()
    counted_from = time.perf_counter() + seconds * WARM_SHARE
    transports = [
        (await loop.create_connection(lambda: _Sender(request, times), "127.0.0.1", port))[0]
        for _ in range(connections)
    ]
    await asyncio.sleep(seconds)
    ended = time.perf_counter()
    for transport in transports:
        transport.abort()
    return sum(at >= counted_from for at in times) / (ended - counted_from)


def main(port: str, request_file: str, connections: str, seconds: str) -> None:
    """Print the rate."""
    request = Path(request_file).read_bytes()
    rate = asyncio.run(send(int(port), request, connections=int(connections), seconds=float(seconds)))
    sys.stdout.write(f"{rate}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
