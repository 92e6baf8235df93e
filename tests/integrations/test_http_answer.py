"""Answers as they come in from the wire, whole, broken, endless."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.http.answer import HEAD_LIMIT_BYTES, AnswerParser, MalformedAnswer

LIMIT = 1000
OK = b"HTTP/1.1 200 OK\r\n"


def parser() -> AnswerParser:
    return AnswerParser(read_limit_bytes=LIMIT)


def feed_in_pieces(subject: AnswerParser, wire: bytes) -> None:
    for start in range(0, len(wire), 4096):
        subject.feed(wire[start : start + 4096])


@pytest.mark.parametrize(
    ("wire", "status", "body"),
    [
        (OK + b"Content-Length: 2\r\n\r\nok", 200, b"ok"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n", 200, b"ok!"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, b""),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\n1",
            200,
            b"1",
        ),
    ],
)
@given(cut=st.integers(0, 200))
def test_whole_answers_however_they_are_cut(wire: bytes, status: int, body: bytes, cut: int) -> None:
    """An answer is the same in one piece and in two, and leaves its connection fit for another."""
    subject = parser()
    for piece in (wire[:cut], wire[cut:]):
        if piece:
            subject.feed(piece)
    answer = subject.answer()
    assert (answer.status, answer.body, answer.truncated) == (status, body, False)
    assert all(name.lower() in {b"content-length", b"transfer-encoding"} for name, _ in answer.headers)
    assert subject.is_reusable


@pytest.mark.parametrize(
    "wire",
    [OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nok", b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
)
def test_the_other_side_may_want_to_close(wire: bytes) -> None:
    """After an answer that announces the end, the connection serves no more."""
    subject = parser()
    subject.feed(wire)
    assert subject.is_complete
    assert not subject.is_reusable


@pytest.mark.parametrize("head", [OK + b"\r\n", b"HTTP/1.0 200 OK\r\n\r\n", OK + b"Transfer-Encoding: gzip\r\n\r\n"])
def test_a_body_without_length_ends_with_its_connection(head: bytes) -> None:
    """Without length or chunks, the close is the end of the body."""
    subject = parser()
    subject.feed(head + b"all of it")
    assert not subject.is_complete
    subject.end()
    subject.end()
    assert subject.answer().body == b"all of it"
    assert not subject.is_reusable


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        OK + b"Content-Le",
        OK + b"Content-Length: 3\r\n\r\nok",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    ],
)
def test_an_answer_broken_off_is_none(wire: bytes) -> None:
    """A connection that ends inside an answer leaves no answer."""
    subject = parser()
    if wire:
        subject.feed(wire)
    with pytest.raises(MalformedAnswer, match="closed"):
        subject.end()
    with pytest.raises(RuntimeError):
        subject.answer()


@pytest.mark.parametrize(
    "wire",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"220 mail.example.com ESMTP\r\n",
        b"<html>",
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
        OK + b"Broken header\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        OK + b"X: " + b"a" * HEAD_LIMIT_BYTES,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 3000,
    ],
)
def test_what_is_no_answer(wire: bytes) -> None:
    """Other protocols, ambiguous lengths, upgrades and heads without end are refused."""
    with pytest.raises(MalformedAnswer):
        feed_in_pieces(parser(), wire)


@pytest.mark.parametrize(
    "surplus", [OK + b"Content-Length: 4\r\n\r\nevil", b"HTTP", b"\x00garbage"], ids=["answer", "beginning", "garbage"]
)
@pytest.mark.parametrize("is_apart", [False, True])
def test_bytes_after_the_answer_spoil_the_connection(surplus: bytes, is_apart: bool) -> None:
    """Whatever follows an answer changes nothing of it, and never becomes the answer to the next request."""
    subject = parser()
    pieces = [OK + b"Content-Length: 2\r\n\r\nok", surplus]
    for piece in pieces if is_apart else [b"".join(pieces)]:
        subject.feed(piece)
    assert subject.answer().body == b"ok"
    assert len(subject.answer().headers) == 1
    assert not subject.is_reusable


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT, LIMIT + 1, LIMIT * 50])
def test_the_body_is_cut_at_the_limit(size: int) -> None:
    """Up to the limit a body is whole; past it, it is cut there and says so."""
    subject = parser()
    subject.feed(OK + b"Content-Length: %d\r\n\r\n" % size + b"x" * size)
    answer = subject.answer()
    assert answer.body == b"x" * min(size, LIMIT)
    assert answer.truncated is (size > LIMIT)


def test_an_endless_body_ends_at_the_limit() -> None:
    """Reading stops with the byte that is too many, not with the end of the body."""
    subject = parser()
    subject.feed(OK + b"Content-Length: 1000000000000\r\n\r\n")
    fed = 0
    while not subject.is_complete:
        subject.feed(b"x" * 100)
        fed += 100
    assert fed == LIMIT + 100
    assert subject.answer().truncated
    assert not subject.is_reusable


@pytest.mark.parametrize(
    "framing", [b"1\r\nx\r\n", b"1;" + b"e" * 2000 + b"\r\nx\r\n"], ids=["tiny chunks", "extensions"]
)
def test_framing_is_no_way_around_the_limit(framing: bytes) -> None:
    """Chunk heads and extensions count as bytes read."""
    subject = AnswerParser(read_limit_bytes=64 * 1024)
    subject.feed(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    fed = 0
    while not subject.is_complete:
        subject.feed(framing * 10)
        fed += len(framing) * 10
    assert fed <= HEAD_LIMIT_BYTES + 64 * 1024 + len(framing) * 10
    assert subject.answer().truncated


def test_endless_trailers_end_at_the_limit() -> None:
    """Trailers are dropped, and count as bytes read."""
    subject = parser()
    subject.feed(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n")
    for _ in range(1000):
        if not subject.is_complete:
            subject.feed(b"Trailer: " + b"t" * 1000 + b"\r\n")
    answer = subject.answer()
    assert (answer.body, answer.truncated, len(answer.headers)) == (b"ok", True, 1)


def test_compressed_bodies_stay_compressed() -> None:
    """A compression bomb is a few bytes to us."""
    bomb = gzip.compress(bytes(200_000))
    subject = parser()
    subject.feed(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)
    assert subject.answer().body == bomb


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=10))
def test_no_bytes_crash_the_parser(pieces: list[bytes]) -> None:
    """Whatever comes is taken in or is a MalformedAnswer."""
    subject = parser()
    try:
        for piece in pieces:
            subject.feed(piece)
        subject.end()
    except MalformedAnswer:
        return
    assert subject.answer().status
