"""Which events an endpoint wants, and when a failed delivery is tried again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events.types import EventType
from domain.shared.errors import FieldCode
from domain.webhooks.rules import MAX_EVENT_TYPES, RETRY_AFTER, check_event_types, retry_delay, wants

JITTER = st.integers(800, 1200)
ATTEMPTS = st.integers(1, len(RETRY_AFTER))


def _delays(jitter: int) -> list[timedelta]:
    delays = [retry_delay(attempt, jitter_permille=jitter, retry_after=None) for attempt in range(1, 10)]
    return [delay for delay in delays if delay is not None]


def test_the_schedule_is_the_published_one() -> None:
    """5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h after the attempts before: events.md."""
    hours = [delay.total_seconds() / 3600 for delay in _delays(1000)]
    assert hours == pytest.approx([5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24])
    assert sum(hours) > 75


def test_the_tenth_attempt_is_the_last() -> None:
    """Ten attempts in all; a number beyond them asks for no more."""
    for attempts in (10, 11, 1000):
        assert retry_delay(attempts, jitter_permille=1000, retry_after=None) is None
        assert retry_delay(attempts, jitter_permille=1000, retry_after=timedelta(seconds=1)) is None


@given(ATTEMPTS, JITTER)
def test_jitter_moves_a_delay_by_at_most_a_fifth(attempts: int, jitter: int) -> None:
    """Each delay lies within 20 % of the published one."""
    delay = retry_delay(attempts, jitter_permille=jitter, retry_after=None)
    assert delay is not None
    assert RETRY_AFTER[attempts - 1] * 0.8 <= delay <= RETRY_AFTER[attempts - 1] * 1.2


@given(ATTEMPTS, JITTER, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_retry_after_only_ever_makes_it_later(attempts: int, jitter: int, asked: timedelta) -> None:
    """What the receiver asks for is honoured where it is longer, up to a day; it never hurries us."""
    plain = retry_delay(attempts, jitter_permille=jitter, retry_after=None)
    delay = retry_delay(attempts, jitter_permille=jitter, retry_after=asked)
    assert plain is not None
    assert delay == max(plain, min(asked, timedelta(days=1)))


@pytest.mark.parametrize(
    ("patterns", "event_type", "wanted"),
    [
        (["order.completed"], "order.completed", True),
        (["order.completed"], "order.failed", False),
        (["order.*"], "order.completed", True),
        (["order.*"], "subscription.activated", False),
        (["*"], "webhook_endpoint.created", True),
        (["*.created"], "webhook_endpoint.created", True),
        (["order.*", "instance.*"], "instance.failed", True),
        (["order"], "order.completed", False),
        (["Order.*"], "order.completed", False),
        (["order.?ailed"], "order.failed", True),
        ([], "order.completed", False),
    ],
)
def test_globs_name_event_types(patterns: list[str], event_type: str, wanted: bool) -> None:
    """An endpoint wants a type that any of its patterns matches whole, by case."""
    assert wants(patterns, event_type) is wanted


@pytest.mark.parametrize("event_type", EventType)
def test_every_type_can_be_asked_for_by_name_and_by_star(event_type: EventType) -> None:
    """No type is out of reach."""
    assert check_event_types("eventTypes", [event_type.value, "*"]) == []
    assert wants([event_type.value], event_type.value)
    assert wants(["*"], event_type.value)


@pytest.mark.parametrize(
    ("patterns", "path", "code"),
    [
        ([], "eventTypes", FieldCode.REQUIRED),
        (["order.*"] * (MAX_EVENT_TYPES + 1), "eventTypes", FieldCode.TOO_LONG),
        (["order.*", "ordre.*"], "eventTypes.1", FieldCode.INVALID),
        ([""], "eventTypes.0", FieldCode.INVALID),
        (["*" * 65], "eventTypes.0", FieldCode.INVALID),
        (["order.[completed"], "eventTypes.0", FieldCode.INVALID),
        (["order.completed\n"], "eventTypes.0", FieldCode.INVALID),
    ],
)
def test_patterns_that_match_nothing_are_refused(patterns: list[str], path: str, code: FieldCode) -> None:
    """A pattern that could only wait for ever is refused at its place."""
    assert [(error.path, error.code) for error in check_event_types("eventTypes", patterns)] == [(path, code)]


@given(st.lists(st.text(max_size=70), max_size=5))
def test_no_pattern_breaks_the_check(patterns: list[str]) -> None:
    """Whatever is written, what passes matches some type, and the check never raises."""
    refused = {error.path for error in check_event_types("p", patterns)}
    for place, pattern in enumerate(patterns):
        if f"p.{place}" not in refused:
            assert any(wants([pattern], known.value) for known in EventType)
