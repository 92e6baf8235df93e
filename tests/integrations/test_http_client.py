"""One bounded attempt over real sockets: what is sent, how long it may take, how much is read."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from integrations.http.client import Answer, FailureKind, FetchFailed, HttpClient
from integrations.http.guard import EgressPolicy
from tests.integrations.peers import (
    OK,
    Behaviour,
    drips,
    floods,
    hangs,
    hangs_up,
    header_fields,
    peer_that,
    resets,
    says,
    until,
)

DEVELOPMENT = EgressPolicy(allow_http=True, allow_private=True)
LIMIT = 64 * 1024


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    """Provide a client that may call local servers."""
    http = HttpClient(DEVELOPMENT, "Provender/test")
    yield http
    await http.aclose()


async def post(http: HttpClient, url: str, *, deadline_seconds: float = 5.0, **more: str) -> Answer:
    request = httpx.Request("POST", url, content=b"body", headers=more)
    return await http.fetch(request, deadline_seconds=deadline_seconds, read_limit_bytes=LIMIT)


async def failure(http: HttpClient, url: str, *, deadline_seconds: float = 5.0) -> FetchFailed:
    """Post and return the failure; whatever happens, it happens soon after the deadline."""
    started = time.perf_counter()
    with pytest.raises(FetchFailed) as failed:
        await post(http, url, deadline_seconds=deadline_seconds)
    assert time.perf_counter() - started < deadline_seconds + 1
    return failed.value


async def test_request_and_answer(client: HttpClient) -> None:
    """What is sent is what was set plus our own fields; the answer comes back with head, body and duration."""
    async with peer_that(says(OK)) as peer:
        request = httpx.Request(
            "PUT",
            peer.url,
            content=b"{}",
            headers={"X-Mine": "1", "Accept-Encoding": "br", "Host": "evil", "Expect": "x"},
        )
        answer = await client.fetch(request, deadline_seconds=5, read_limit_bytes=LIMIT)
    assert (answer.status, answer.body, answer.truncated) == (200, b"ok", False)
    assert answer.headers["content-length"] == "2"
    assert 0 < answer.elapsed_seconds < 5
    head, _, body = peer.requests[0].partition(b"\r\n\r\n")
    assert body == b"{}"
    assert head.startswith(b"PUT /hook?x=1 HTTP/1.1\r\n")
    assert sorted(header_fields(head)) == sorted(
        [
            (b"host", f"127.0.0.1:{peer.port}".encode()),
            (b"accept-encoding", b"identity"),
            (b"user-agent", b"Provender/test"),
            (b"x-mine", b"1"),
            (b"content-length", b"2"),
        ]
    )


@pytest.mark.parametrize("status", [201, 302, 404, 500, 503])
async def test_every_status_is_an_answer(client: HttpClient, status: int) -> None:
    """No status is an error, and a redirect is not followed."""
    async with peer_that(says(b"HTTP/1.1 %d X\r\nLocation: /\r\nContent-Length: 0\r\n\r\n" % status)) as peer:
        assert (await post(client, peer.url)).status == status
    assert len(peer.requests) == 1


async def test_nothing_comes_from_the_environment_and_nothing_is_remembered(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies of the environment are not asked, cookies are not kept."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with peer_that(says(OK.replace(b"\r\n", b"\r\nSet-Cookie: a=b\r\n", 1))) as peer:
        await post(client, peer.url)
        await post(client, peer.url)
    assert b"cookie" not in peer.requests[1].lower()


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\x00b"])
async def test_no_header_becomes_two(client: HttpClient, value: str) -> None:
    """A line break in a header value is an error of ours; nothing is sent."""
    async with peer_that(says(OK)) as peer:
        with pytest.raises(ValueError, match="line break"):
            await post(client, peer.url, x=value)
    assert not peer.connections


@pytest.mark.parametrize("method", ["HEAD", "CONNECT"])
async def test_methods_with_other_framing_are_refused(client: HttpClient, method: str) -> None:
    """HEAD and CONNECT are not for this client."""
    with pytest.raises(ValueError, match=method):
        await client.fetch(httpx.Request(method, "http://127.0.0.1/"), deadline_seconds=1, read_limit_bytes=1)


@pytest.mark.parametrize(
    ("behave", "kind"),
    [
        (hangs, FailureKind.TIMEOUT),
        (drips, FailureKind.TIMEOUT),
        (hangs_up, FailureKind.RESET),
        (resets, FailureKind.RESET),
    ],
)
async def test_no_answer(client: HttpClient, behave: Behaviour, kind: FailureKind) -> None:
    """Silence, dripping and hanging up end within the deadline; the request may have had its effect."""
    async with peer_that(behave) as peer:
        failed = await failure(client, peer.url, deadline_seconds=0.3)
    assert (failed.kind, failed.before_sent) == (kind, False)


@pytest.mark.parametrize(
    "wire", [b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"]
)
async def test_other_protocols(client: HttpClient, wire: bytes) -> None:
    """An answer that isn't HTTP/1.1 is a failure."""
    async with peer_that(says(wire)) as peer:
        failed = await failure(client, peer.url)
    assert (failed.kind, failed.before_sent) == (FailureKind.PROTOCOL, False)


async def test_an_answer_broken_off_is_a_reset(client: HttpClient) -> None:
    """Half a body is no answer."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        writer.close()

    async with peer_that(behave) as peer:
        assert (await failure(client, peer.url)).kind is FailureKind.RESET


async def test_an_endless_answer_is_cut(client: HttpClient) -> None:
    """Of an endless body the limit is kept, and the connection is closed at once."""
    async with peer_that(floods) as peer:
        answer = await post(client, peer.url)
        assert (len(answer.body), answer.truncated) == (LIMIT, True)
        await until(lambda: peer.open_connections == 0)


async def test_a_compression_bomb_stays_packed(client: HttpClient) -> None:
    """Compressed answers are not asked for, and kept as they are if they come all the same."""
    bomb = gzip.compress(bytes(10_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    async with peer_that(says(head + bomb)) as peer:
        assert (await post(client, peer.url)).body == bomb


async def test_closing_ends_what_is_under_way(client: HttpClient) -> None:
    """A client that closes leaves no request waiting."""
    async with peer_that(hangs) as peer:
        waiting = asyncio.create_task(failure(client, peer.url))
        await until(lambda: len(peer.requests) == 1)
        await client.aclose()
        assert (await waiting).kind is FailureKind.RESET


async def test_connections_are_kept_and_shared(client: HttpClient) -> None:
    """Requests to one origin in turn use one connection, which closes with the client."""
    async with peer_that(says(OK)) as peer:
        for _ in range(5):
            await post(client, peer.url)
        assert (len(peer.requests), peer.connections) == (5, 1)
        await client.aclose()
        await until(lambda: peer.open_connections == 0)


@pytest.mark.parametrize(
    "first",
    [OK + OK, OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n"), b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (LIMIT + 1)],
)
async def test_unfit_connections_are_not_used_again(client: HttpClient, first: bytes) -> None:
    """After surplus bytes, an announced close or a cut answer, the next request has its own connection."""
    async with peer_that(says(first, OK)) as peer:
        await post(client, peer.url)
        assert (await post(client, peer.url)).body == b"ok"
        assert peer.connections == 2
