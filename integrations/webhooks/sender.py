"""Makes one attempt to deliver a signed webhook and says what became of it."""

import codecs
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum

from integrations.http.client import Answer, FetchFailed, HttpClient
from integrations.http.request import Outgoing
from integrations.webhooks.signing import headers as signature_headers

ATTEMPT_SECONDS = 15.0
READ_LIMIT_BYTES = 64 * 1024
KEPT_BYTES = 4 * 1024
RETRY_AFTER_LIMIT_SECONDS = 24 * 3600

_DELAY_SECONDS = re.compile(r"[0-9]{1,20}")


class Verdict(StrEnum):
    """What an attempt means for its delivery; RETRY_AFTER comes with the seconds that were asked for."""

    DELIVERED = "delivered"
    GONE = "gone"
    RETRY_AFTER = "retry_after"
    FAILED = "failed"


# The first range that holds the status decides. RETRY_AFTER without a readable Retry-After is FAILED.
VERDICTS: tuple[tuple[range, Verdict, str | None], ...] = (
    (range(200, 300), Verdict.DELIVERED, None),
    (range(300, 400), Verdict.FAILED, "redirect"),
    (range(410, 411), Verdict.GONE, "gone"),
    (range(429, 430), Verdict.RETRY_AFTER, "throttled"),
    (range(503, 504), Verdict.RETRY_AFTER, "unavailable"),
    (range(400, 500), Verdict.FAILED, "client_error"),
    (range(500, 600), Verdict.FAILED, "server_error"),
    (range(600, 1000), Verdict.FAILED, "unknown_status"),
)


@dataclass(frozen=True, slots=True)
class OutgoingWebhook:
    """One attempt: `timestamp` is its unix second, `message_id` the event's on every attempt, newest secret first."""

    url: str
    secrets: Sequence[str]
    message_id: str
    timestamp: int
    body: bytes
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """What is recorded of an attempt.

    `error` is a class for statistics (of VERDICTS, or a FailureKind), `error_message` one line for the endpoint's
    owner. `answer_head` is text that PostgreSQL takes, of at most KEPT_BYTES of the body. `status` is None if
    there was no answer.
    """

    verdict: Verdict
    status: int | None
    answer_head: str
    duration_ms: int
    error: str | None
    error_message: str | None
    retry_after_seconds: float | None
    request_headers: Mapping[str, str]


def headers_of(delivery: OutgoingWebhook, *, user_agent: str) -> dict[str, str]:
    """The headers that it travels with, signed; ValueError for a bad secret or id."""
    signature = signature_headers(
        delivery.secrets, delivery.body, message_id=delivery.message_id, timestamp=delivery.timestamp
    )
    traced = {"traceparent": delivery.traceparent} if delivery.traceparent else {}
    return {"content-type": "application/json", "user-agent": user_agent, **signature, **traced}


class WebhookSender:
    """Delivers by Standard Webhooks over the one HttpClient of the process."""

    def __init__(self, http: HttpClient, *, attempt_seconds: float = ATTEMPT_SECONDS) -> None:
        self._http = http
        self._attempt_seconds = attempt_seconds

    async def send(self, delivery: OutgoingWebhook) -> AttemptOutcome:
        """Sign, post, classify; whatever the other side does is an outcome. ValueError for a bad secret or id."""
        request_headers = headers_of(delivery, user_agent=self._http.user_agent)
        fields = [(name.encode("ascii"), value.encode("ascii")) for name, value in request_headers.items()]
        started = time.perf_counter()
        try:
            answer = await self._http.send(
                Outgoing("POST", delivery.url, fields, delivery.body),
                deadline_seconds=self._attempt_seconds,
                read_limit_bytes=READ_LIMIT_BYTES,
            )
        except FetchFailed as failure:
            return AttemptOutcome(
                verdict=Verdict.FAILED,
                status=None,
                answer_head="",
                duration_ms=round((time.perf_counter() - started) * 1000),
                error=failure.kind,
                error_message=failure.message,
                retry_after_seconds=None,
                request_headers=request_headers,
            )
        return _judge(answer, request_headers, now=delivery.timestamp)


def _judge(answer: Answer, request_headers: Mapping[str, str], *, now: int) -> AttemptOutcome:
    verdict, error = next((verdict, error) for statuses, verdict, error in VERDICTS if answer.status in statuses)
    retry_after_seconds = None
    if verdict is Verdict.RETRY_AFTER:
        retry_after_seconds = read_retry_after(answer.headers.get("retry-after", ""), now=now)
        if retry_after_seconds is None:
            verdict = Verdict.FAILED
    return AttemptOutcome(
        verdict=verdict,
        status=answer.status,
        answer_head=_head_text(answer),
        duration_ms=round(answer.elapsed_seconds * 1000),
        error=error,
        error_message=f"the endpoint answered {answer.status}" if error else None,
        retry_after_seconds=retry_after_seconds,
        request_headers=request_headers,
    )


def read_retry_after(value: str, *, now: int) -> float | None:
    """Return the seconds to wait from `now` (unix seconds), 0 to 24 h; None if the field can't be read.

    Both forms of RFC 9110, 10.2.3: delay seconds and HTTP date.
    """
    text = value.strip()
    if _DELAY_SECONDS.fullmatch(text):
        return float(min(int(text), RETRY_AFTER_LIMIT_SECONDS))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    # A date in "-0000" comes without a zone; HTTP dates are UTC.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment.timestamp() - now, 0.0), float(RETRY_AFTER_LIMIT_SECONDS))


def _head_text(answer: Answer) -> str:
    is_whole = not answer.truncated and len(answer.body) <= KEPT_BYTES
    # Incremental: a character that the cut went through is left out, not replaced.
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    # PostgreSQL's text takes every character but this one.
    return decoder.decode(answer.body[:KEPT_BYTES], is_whole).replace("\0", "")
