"""Attempts over real sockets, and what is made of every answer."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from integrations.http.client import HttpClient
from integrations.http.guard import EgressPolicy
from integrations.webhooks.sender import (
    KEPT_BYTES,
    READ_LIMIT_BYTES,
    AttemptOutcome,
    OutgoingWebhook,
    Verdict,
    WebhookSender,
    read_retry_after,
)
from integrations.webhooks.signing import new_secret
from tests.integrations.peers import OK, Behaviour, floods, hangs, hangs_up, header_fields, peer_that, says

SECRETS = [new_secret(b"n" * 32), new_secret(b"o" * 32)]
NOW = int(datetime(2025, 6, 1, 12, tzinfo=UTC).timestamp())


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    """Provide a client that may call local servers."""
    client = HttpClient(EgressPolicy(allow_http=True, allow_private=True), "Provender/test")
    yield client
    await client.aclose()


def webhook(url: str, *, timestamp: int = NOW) -> OutgoingWebhook:
    return OutgoingWebhook(url, SECRETS, "evt_1", timestamp, b'{"type":"order.created"}')


async def attempt(http: HttpClient, behave: Behaviour, *, attempt_seconds: float = 5.0) -> AttemptOutcome:
    async with peer_that(behave) as peer:
        return await WebhookSender(http, attempt_seconds=attempt_seconds).send(webhook(peer.url))


def answer(status: int, *, head: str = "", body: bytes = b"") -> Behaviour:
    return says(b"HTTP/1.1 %d X\r\n%bContent-Length: %d\r\n\r\n%b" % (status, head.encode(), len(body), body))


async def test_a_delivery_is_accepted_by_the_official_verifier(http: HttpClient) -> None:
    """What arrives is verified by the old and the new secret, and the headers recorded are those that arrived."""
    async with peer_that(says(OK)) as peer:
        outcome = await WebhookSender(http).send(webhook(peer.url, timestamp=int(time.time())))
    head, _, body = peer.requests[0].partition(b"\r\n\r\n")
    arrived = {name.decode(): value.decode() for name, value in header_fields(head)}
    for secret in SECRETS:
        assert Webhook(secret).verify(body, arrived) == {"type": "order.created"}
    assert outcome.request_headers.items() <= arrived.items()
    assert arrived["content-type"] == "application/json"
    assert (outcome.verdict, outcome.status, outcome.answer_head) == (Verdict.DELIVERED, 200, "ok")
    assert (outcome.error, outcome.error_message, outcome.retry_after_seconds) == (None, None, None)
    assert 0 <= outcome.duration_ms < 5000


@pytest.mark.parametrize(
    ("status", "verdict", "error"),
    [
        (200, Verdict.DELIVERED, None),
        (204, Verdict.DELIVERED, None),
        (299, Verdict.DELIVERED, None),
        (301, Verdict.FAILED, "redirect"),
        (307, Verdict.FAILED, "redirect"),
        (400, Verdict.FAILED, "client_error"),
        (404, Verdict.FAILED, "client_error"),
        (410, Verdict.GONE, "gone"),
        (429, Verdict.FAILED, "throttled"),
        (500, Verdict.FAILED, "server_error"),
        (503, Verdict.FAILED, "unavailable"),
        (600, Verdict.FAILED, "unknown_status"),
    ],
)
async def test_what_a_status_means(http: HttpClient, status: int, verdict: Verdict, error: str | None) -> None:
    """2xx is delivered, 410 is gone for good, a redirect and everything else is failed."""
    outcome = await attempt(http, answer(status, head="Location: https://example.com/\r\n"))
    assert (outcome.status, outcome.verdict, outcome.error) == (status, verdict, error)


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [(429, "120", 120), (503, "0", 0), (503, "Sun, 01 Jun 2025 12:10:00 GMT", 600), (429, "999999999", 86400)],
)
async def test_retry_after_is_honoured(http: HttpClient, status: int, value: str, seconds: int) -> None:
    """429 and 503 may say when to come back, up to a day."""
    outcome = await attempt(http, answer(status, head=f"Retry-After: {value}\r\n"))
    assert (outcome.verdict, outcome.retry_after_seconds) == (Verdict.RETRY_AFTER, seconds)


async def test_retry_after_of_other_answers_is_not_read(http: HttpClient) -> None:
    """Only 429 and 503 ask for a pause."""
    outcome = await attempt(http, answer(500, head="Retry-After: 10\r\n"))
    assert (outcome.verdict, outcome.retry_after_seconds) == (Verdict.FAILED, None)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (" 7 ", 7.0),
        ("9" * 20, 86400.0),
        ("Sun, 01 Jun 2025 12:00:30 GMT", 30.0),
        ("Sunday, 01-Jun-25 12:00:30 GMT", 30.0),
        ("Sun Jun  1 12:00:30 2025", 30.0),
        ("Sun, 01 Jun 2025 11:00:00 GMT", 0.0),
        ("Sun, 01 Jun 2031 11:00:00 GMT", 86400.0),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("9" * 21, None),
        ("10, 20", None),
    ],
)
def test_both_forms_of_retry_after(value: str, seconds: float | None) -> None:
    """Seconds and the three HTTP dates are read; the past is now, more than a day is a day."""
    assert read_retry_after(value, now=NOW) == seconds


@given(st.one_of(st.text(max_size=40), st.datetimes().map(format_datetime)))
def test_no_retry_after_crashes(value: str) -> None:
    """Whatever an endpoint writes there is between now and a day, or nothing."""
    seconds = read_retry_after(value, now=NOW)
    assert seconds is None or 0 <= seconds <= 86400


@pytest.mark.parametrize(
    ("behave", "error"), [(hangs, "timeout"), (hangs_up, "reset"), (says(b"hello\r\n\r\n"), "protocol")]
)
async def test_no_answer_is_a_failure_with_its_class(http: HttpClient, behave: Behaviour, error: str) -> None:
    """Without an answer the attempt is failed, and its class says how."""
    outcome = await attempt(http, behave, attempt_seconds=0.3)
    assert (outcome.verdict, outcome.status, outcome.error) == (Verdict.FAILED, None, error)
    assert outcome.error_message
    assert outcome.request_headers["webhook-id"] == "evt_1"
    assert outcome.duration_ms < 1000


async def test_a_private_address_is_never_called() -> None:
    """In production an endpoint that leads inside is a failed attempt."""
    client = HttpClient(EgressPolicy(allow_http=True), "Provender/test", lookup=lambda _host: ["127.0.0.1"])
    outcome = await attempt_at(client, "http://inside.example.com/")
    assert (outcome.verdict, outcome.error) == (Verdict.FAILED, "forbidden_address")
    outcome = await attempt_at(client, "http://127.0.0.1/")
    assert (outcome.verdict, outcome.error) == (Verdict.FAILED, "forbidden_url")
    await client.aclose()


async def attempt_at(client: HttpClient, url: str) -> AttemptOutcome:
    return await WebhookSender(client).send(webhook(url))


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("naïve".encode(), "naïve"),
        (b"a\x00b", "ab"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"\xc3", "\ufffd"),
        (b"x" * (KEPT_BYTES + 1), "x" * KEPT_BYTES),
        (b"x" * (KEPT_BYTES - 1) + "é".encode(), "x" * (KEPT_BYTES - 1)),
        (b"x" * (READ_LIMIT_BYTES + 1), "x" * KEPT_BYTES),
    ],
)
async def test_the_head_of_the_answer_is_kept_as_text(http: HttpClient, body: bytes, head: str) -> None:
    """4 KiB of the answer are kept, as text that PostgreSQL takes, without half characters at the cut."""
    outcome = await attempt(http, answer(200, body=body))
    assert (outcome.verdict, outcome.answer_head) == (Verdict.DELIVERED, head)


async def test_an_endless_answer_is_delivered_all_the_same(http: HttpClient) -> None:
    """The status decides; of a body without end 64 KiB are read."""
    outcome = await attempt(http, floods)
    assert (outcome.verdict, outcome.answer_head) == (Verdict.DELIVERED, "x" * KEPT_BYTES)


async def test_a_hanging_endpoint_delays_no_other(http: HttpClient) -> None:
    """A hundred attempts that hang leave the next endpoint as fast as before."""
    async with peer_that(hangs) as hanging, peer_that(says(OK)) as healthy:
        sender = WebhookSender(http, attempt_seconds=1.0)
        stuck = [asyncio.create_task(sender.send(webhook(hanging.url))) for _ in range(100)]
        await asyncio.sleep(0.2)
        outcomes = [await sender.send(webhook(healthy.url)) for _ in range(20)]
        assert max(outcome.duration_ms for outcome in outcomes) < 500
        assert {outcome.error for outcome in await asyncio.gather(*stuck)} == {"timeout"}


async def test_a_bad_secret_is_our_error(http: HttpClient) -> None:
    """What can't be signed is not sent."""
    async with peer_that(says(OK)) as peer:
        with pytest.raises(ValueError, match="secret"):
            await WebhookSender(http).send(OutgoingWebhook(peer.url, ["nonsense"], "evt_1", NOW, b"{}"))
    assert not peer.connections
