"""Servers with one behaviour each, on real sockets, for tests of what we do as a client."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Peer:
    """A server with one behaviour per request; remembers the bytes of each and counts connections."""

    behave: Behaviour
    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        """An address to post to."""
        return f"http://127.0.0.1:{self.port}/hook?x=1"

    @property
    def open_connections(self) -> int:
        """How many connections nobody has closed yet."""
        return len(self.writers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the other side or the behaviour closes it."""
        self.connections += 1
        self.writers.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(dict(header_fields(head)).get(b"content-length", 0))
                self.requests.append(head + await reader.readexactly(length))
                await self.behave(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()


def header_fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """Read the header fields of a request, names in lower case."""
    pairs = [line.partition(b":") for line in head.split(b"\r\n")[1:] if line]
    return [(name.lower(), value.strip()) for name, _, value in pairs]


@asynccontextmanager
async def peer_that(behave: Behaviour, *, tls: SSLContext | None = None) -> AsyncIterator[Peer]:
    """Run a Peer on a free port of 127.0.0.1."""
    peer = Peer(behave)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0, ssl=tls)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        for writer in list(peer.writers):
            writer.transport.abort()
        await server.wait_closed()


def says(*parts: bytes) -> Behaviour:
    """Answer with the next of `parts`, the last one for ever."""
    remaining = list(parts)

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(remaining.pop(0) if len(remaining) > 1 else remaining[0])
        await writer.drain()

    return behave


async def hangs(_writer: asyncio.StreamWriter) -> None:
    """Say nothing, keep the connection."""


async def hangs_up(writer: asyncio.StreamWriter) -> None:
    """Close after the request has come."""
    writer.close()


async def resets(writer: asyncio.StreamWriter) -> None:
    """Cut the connection with a reset."""
    no_lingering = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_lingering)
    writer.transport.abort()


async def drips(writer: asyncio.StreamWriter) -> None:
    """Send an endless head, a byte at a time."""
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def floods(writer: asyncio.StreamWriter) -> None:
    """Send an endless body as fast as it is taken."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def until(claim: Callable[[], bool]) -> None:
    """Wait for a claim to become true, 5 s at most."""
    async with asyncio.timeout(5):
        while not claim():  # noqa: ASYNC110 - what is awaited happens in sockets, which set no event
            await asyncio.sleep(0.01)
