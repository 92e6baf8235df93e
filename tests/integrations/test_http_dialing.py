"""Which address is dialled, for which certificate, and what is known when no connection comes about."""

import asyncio
import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from integrations.http.client import Answer, FailureKind, FetchFailed, HttpClient
from integrations.http.guard import EgressPolicy
from integrations.http.resolver import Lookup, Resolver
from tests.integrations.peers import OK, header_fields, peer_that, says

PRODUCTION = EgressPolicy(allow_http=True)
DEVELOPMENT = EgressPolicy(allow_http=True, allow_private=True)


class Names:
    """A name server that gives its answers in turn, the last one for ever, and counts the questions."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.questions: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        """Answer as a Lookup."""
        self.questions.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@asynccontextmanager
async def client_of(
    policy: EgressPolicy,
    lookup: Lookup,
    *,
    connect_timeout_seconds: float = 3.0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[HttpClient]:
    """Provide a client whose names are answered by `lookup`."""
    http = HttpClient(policy, "test", connect_timeout_seconds=connect_timeout_seconds, tls=tls, lookup=lookup)
    try:
        yield http
    finally:
        await http.aclose()


async def get(http: HttpClient, url: str, *, deadline_seconds: float = 5.0) -> Answer:
    return await http.fetch(httpx.Request("GET", url), deadline_seconds=deadline_seconds, read_limit_bytes=1000)


async def failure(http: HttpClient, url: str, *, deadline_seconds: float = 5.0) -> FetchFailed:
    """Get and return the failure, which must have come before anything was sent."""
    with pytest.raises(FetchFailed) as failed:
        await get(http, url, deadline_seconds=deadline_seconds)
    assert failed.value.before_sent
    return failed.value


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["2606:4700::1111", "::ffff:7f00:1"]])
async def test_one_forbidden_address_spoils_a_name(addresses: list[str]) -> None:
    """A name that leads to any address that is not public is not dialled at all, and the address is not told."""
    async with peer_that(says(OK)) as peer, client_of(PRODUCTION, Names(addresses)) as http:
        failed = await failure(http, f"http://example.com:{peer.port}/")
    assert failed.kind is FailureKind.FORBIDDEN_ADDRESS
    assert not peer.connections
    assert not any(address in str(failed) for address in addresses)


async def test_a_name_cannot_be_rebound() -> None:
    """Each connection asks once, and dials the very answer that was vetted; the name stays in the Host header."""
    names = Names(["127.0.0.1"], ["169.254.169.254"])
    closing = OK.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    async with peer_that(says(closing)) as peer, client_of(DEVELOPMENT, names) as http:
        url = f"http://rebind.test:{peer.port}/"
        assert (await get(http, url)).status == 200
        assert names.questions == ["rebind.test"]
        assert (await failure(http, url)).kind is FailureKind.FORBIDDEN_ADDRESS
    assert names.questions == ["rebind.test"] * 2
    assert dict(header_fields(peer.requests[0]))[b"host"] == f"rebind.test:{peer.port}".encode()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://2130706433/", "ftp://example.com/", "http://localhost/"]
)
async def test_forbidden_urls_fail_before_any_lookup(url: str) -> None:
    """What the URL itself gives away needs no name server."""
    names = Names(["8.8.8.8"])
    async with client_of(PRODUCTION, names) as http:
        assert (await failure(http, url)).kind is FailureKind.FORBIDDEN_URL
    assert not names.questions


async def test_the_next_address_is_tried() -> None:
    """Where the first address refuses, the second is dialled."""
    async with peer_that(says(OK)) as peer, client_of(DEVELOPMENT, Names(["127.0.0.9", "127.0.0.1"])) as http:
        assert (await get(http, f"http://two.test:{peer.port}/")).status == 200


async def test_refused() -> None:
    """Nobody listens: certainly not sent."""
    with _bound() as port:
        async with client_of(DEVELOPMENT, Names(["127.0.0.1"])) as http:
            failed = await failure(http, f"http://closed.test:{port}/")
    assert (failed.kind, failed.message) == (FailureKind.CONNECT, "connection refused")


async def test_connecting_has_its_own_limit() -> None:
    """A host that swallows packets costs the connect timeout, not the whole deadline."""
    with _deaf() as port:
        async with client_of(DEVELOPMENT, Names(["127.0.0.1"]), connect_timeout_seconds=0.3) as http:
            started = time.perf_counter()
            failed = await failure(http, f"http://deaf.test:{port}/")
            assert failed.kind is FailureKind.CONNECT
            assert time.perf_counter() - started < 2
            late = await failure(http, f"http://deaf.test:{port}/", deadline_seconds=0.1)
            assert late.kind is FailureKind.TIMEOUT


def _no_such_name(host: str) -> Sequence[str]:
    raise socket.gaierror(socket.EAI_NONAME, "unknown")


@pytest.mark.parametrize("lookup", [_no_such_name, Names([]), Names(["not an address"])])
async def test_unknown_names(lookup: Lookup) -> None:
    """A name without an address is a DNS failure."""
    async with client_of(DEVELOPMENT, lookup) as http:
        assert (await failure(http, "http://nowhere.test/")).kind is FailureKind.DNS


async def test_the_system_resolver() -> None:
    """Without a lookup of one's own the system's is asked."""
    assert ip_address("127.0.0.1") in await Resolver().resolve("localhost")


async def test_a_dead_name_server_holds_up_nobody_else() -> None:
    """Lookups that hang cost their own requests the connect timeout; one thread per name, whoever asks."""
    released = threading.Event()
    questions: list[str] = []

    def lookup(host: str) -> Sequence[str]:
        questions.append(host)
        if host.startswith("dead"):
            released.wait(20)
        return ["127.0.0.1"]

    try:
        async with peer_that(says(OK)) as peer, client_of(DEVELOPMENT, lookup, connect_timeout_seconds=0.5) as http:
            dead = [
                asyncio.create_task(failure(http, f"http://dead{index % 20}.test:{peer.port}/")) for index in range(60)
            ]
            await asyncio.sleep(0.05)
            started = time.perf_counter()
            await get(http, f"http://alive.test:{peer.port}/")
            assert time.perf_counter() - started < 0.4
            assert {failed.kind for failed in await asyncio.gather(*dead)} == {FailureKind.DNS}
            assert len(questions) == 21
    finally:
        released.set()


async def test_closing_gives_up_lookups() -> None:
    """A client that closes leaves nobody waiting for a name, and a late answer harms nobody."""
    released = threading.Event()

    def lookup(host: str) -> Sequence[str]:
        released.wait(20)
        return ["127.0.0.1"]

    async with client_of(DEVELOPMENT, lookup) as http:
        waiting = asyncio.create_task(failure(http, "http://slow.test/"))
        await asyncio.sleep(0.05)
        await http.aclose()
        assert (await waiting).kind is FailureKind.DNS
    released.set()
    await asyncio.sleep(0.05)


async def test_a_dead_address_leaves_time_for_the_next() -> None:
    """Two addresses that swallow packets share the connect timeout."""
    with _deaf() as port:
        async with client_of(DEVELOPMENT, lambda _host: ["127.0.0.1", "::1"], connect_timeout_seconds=0.3) as http:
            failed = await failure(http, f"http://deaf.test:{port}/")
    assert failed.kind is FailureKind.CONNECT


async def test_a_certificate_for_the_name(tmp_path: Path) -> None:
    """TLS asks for the name and checks the certificate for it, although an address was dialled."""
    server, trust, asked = _certified(tmp_path, "shop.example.test")
    async with peer_that(says(OK), tls=server) as peer:
        async with client_of(DEVELOPMENT, Names(["127.0.0.1"]), tls=trust) as http:
            url = f"https://shop.example.test:{peer.port}/"
            assert [(await get(http, url)).status for _ in range(2)] == [200, 200]
            assert (asked, peer.connections) == (["shop.example.test"], 1)
            other = await failure(http, f"https://other.example.test:{peer.port}/")
            assert (other.kind, "not valid" in other.message) == (FailureKind.TLS, True)
        async with client_of(DEVELOPMENT, Names(["127.0.0.1"])) as http:
            assert (await failure(http, url)).kind is FailureKind.TLS


async def test_a_server_without_tls() -> None:
    """A server that doesn't speak TLS is told nothing."""

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with server, client_of(DEVELOPMENT, Names(["127.0.0.1"])) as http:
        failed = await failure(http, f"https://plain.test:{server.sockets[0].getsockname()[1]}/")
    assert (failed.kind, failed.message) == (FailureKind.TLS, "TLS failed: wrong version number")


@contextmanager
def _bound() -> Iterator[int]:
    """Reserve a port on which nobody listens."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


@contextmanager
def _deaf() -> Iterator[int]:
    """Listen with a full backlog: the kernel drops what else comes."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for filler in fillers:
            filler.close()


def _certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext, list[str | None]]:
    """Make a server context for `name`, a client context that trusts it, and the list of names asked for."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    asked: list[str | None] = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    server.sni_callback = lambda _socket, server_name, _context: asked.append(server_name)
    return server, ssl.create_default_context(cafile=str(file)), asked
