"""Which events an endpoint wants, where it may lie, and when a failed delivery is tried again."""

from collections.abc import Sequence
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Final

from domain.events.types import EventType
from domain.shared.errors import FieldCode, FieldError

MAX_EVENT_TYPES: Final = 50
CONCURRENCY: Final = 50
MAX_CONCURRENCY: Final = 100
MAX_RATE: Final = 10_000
# Attempts that fail in a row until an endpoint is left alone for a while, and then tried with one delivery first.
BREAKER_FAILURES: Final = 10
BREAKER_PAUSE: Final = timedelta(seconds=30)
# How long an endpoint may only fail before it is disabled, and at which shares of that its owners are warned.
FAILING_LIMIT: Final = timedelta(days=5)
WARNINGS_PERCENT: Final = (25, 50, 75)
OVERLAP: Final = timedelta(hours=24)
MAX_OVERLAP: Final = timedelta(days=7)
# After each failed attempt, how long until the next: more than 75 hours in all (events.md, Delivery).
RETRY_AFTER: Final[Sequence[timedelta]] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)


def wants(patterns: Sequence[str], event_type: str) -> bool:
    """Whether one of an endpoint's event types (globs such as `order.*` allowed) names this type."""
    return any(fnmatchcase(event_type, pattern) for pattern in patterns)


def types_wanted(patterns: Sequence[str]) -> list[str]:
    """The types there are that an endpoint's patterns name."""
    return [known.value for known in EventType if wants(patterns, known.value)]


def check_event_types(path: str, patterns: Sequence[str]) -> list[FieldError]:
    """At least one pattern, and each must name some type there is: a typing error would wait for ever."""
    if not patterns:
        return [FieldError(path, FieldCode.REQUIRED, "name at least one event type, or * for all")]
    if len(patterns) > MAX_EVENT_TYPES:
        return [FieldError(path, FieldCode.TOO_LONG, f"at most {MAX_EVENT_TYPES} are allowed")]
    return [
        FieldError(f"{path}.{place}", FieldCode.INVALID, f"{pattern[:64]!r} matches no event type")
        for place, pattern in enumerate(patterns)
        if len(pattern) > 64 or not any(fnmatchcase(known.value, pattern) for known in EventType)  # noqa: PLR2004 - the column's width
    ]


def retry_delay(attempts: int, *, jitter_permille: int, retry_after: timedelta | None) -> timedelta | None:
    """How long after failed attempt number `attempts` (from 1) the next one comes; None when it was the last.

    `jitter_permille` (800 to 1200) spreads it by +- 20 %. What the receiver asks for in `retry_after` is honoured
    where it is longer, up to a day.
    """
    if attempts > len(RETRY_AFTER):
        return None
    delay = RETRY_AFTER[attempts - 1] * jitter_permille / 1000
    if retry_after is None:
        return delay
    return max(delay, min(retry_after, timedelta(days=1)))


def warning_due(failing: timedelta, warned_percent: int) -> int | None:
    """The warning that an endpoint's owners are owed after it has only failed for so long; None when there is none."""
    reached = [percent for percent in WARNINGS_PERCENT if failing >= FAILING_LIMIT * percent / 100]
    return reached[-1] if reached and reached[-1] > warned_percent else None


def check_pace(concurrency: int | None, rate_per_second: int | None) -> list[FieldError]:
    """How fast an endpoint may be delivered to: None leaves it as it is, or without a limit of its rate."""
    bounds = (("concurrency", concurrency, MAX_CONCURRENCY), ("ratePerSecond", rate_per_second, MAX_RATE))
    return [
        FieldError(path, FieldCode.OUT_OF_RANGE, f"is a number from 1 to {most}")
        for path, value, most in bounds
        if value is not None and not 1 <= value <= most
    ]


def check_overlap(path: str, overlap: timedelta) -> list[FieldError]:
    """How long the old secret signs on."""
    if timedelta() <= overlap <= MAX_OVERLAP:
        return []
    return [FieldError(path, FieldCode.OUT_OF_RANGE, f"is from 0 to {MAX_OVERLAP // timedelta(hours=1)} hours")]
