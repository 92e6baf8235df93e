"""Which months a term has, when they are looked at, and what they cost: pure decisions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from domain.billing.charges import Charge, Rate, discount, usage
from domain.shared.calendar import Term, add_months

# Counts are fetched a few times a day, so that they can be seen as the month goes, and little is lost with an instance
# that is removed; once more when its provisioner has had time to report the last of it.
LOOK_EVERY: Final = timedelta(hours=6)
REPORTED_AFTER: Final = timedelta(hours=1)
_FIRST_RETRY: Final = timedelta(minutes=1)
_LONGEST_RETRY: Final = timedelta(hours=1)
_DOUBLINGS: Final = 6


@dataclass(frozen=True, slots=True)
class Reading:
    """How many users there were at a time (time-zone aware); it stands until the next one."""

    at: datetime
    users: int


def months_in(term: Term, anchor_day: int) -> list[Term]:
    """The months that a term is charged by, each from its anchor; what is left at its end is one too."""
    found: list[Term] = []
    for months in count(1):
        start = found[-1].end if found else term.start
        if start >= term.end:
            return found
        found.append(Term(start, min(add_months(term.start, months, anchor_day=anchor_day), term.end)))
    raise AssertionError("a term ends")


def share_of(month: Term, planned_end: date | None) -> Fraction:
    """How much of a month is charged: less than one where it was to be shorter, all of one that ended before it was to.

    Days that an asked end or an alignment of renewals leaves count by their month; a month begun is used (B3-S 11).
    """
    return Term(month.start, planned_end or month.end).months


def midnight(day: date, time_zone: str) -> datetime:
    """When a local date begins (UTC)."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)


def closes_at(month: Term, time_zone: str) -> datetime:
    """When a month can be charged: it is over where its customer is, and its last counts have been reported."""
    return midnight(month.end, time_zone) + REPORTED_AFTER


def next_look(at: datetime, closes: datetime) -> datetime:
    """When to ask for counts again."""
    return min(at + LOOK_EVERY, closes)


def retry_after(attempts: int, *, jitter_permille: int, asked: timedelta | None = None) -> timedelta:
    """How long a provisioner that gave no counts is left alone: from a minute, doubled each time, to an hour."""
    doublings: int = min(max(attempts - 1, 0), _DOUBLINGS)
    delay = min(_FIRST_RETRY * (1 << doublings), _LONGEST_RETRY) * jitter_permille / 1000
    return min(max(delay, asked or timedelta()), _LONGEST_RETRY)


def highest_count(readings: Iterable[Reading], begins: datetime, ends: datetime) -> int | None:
    """The highest count of users in [begins, ends), that which stood as it began included; None without any."""
    known = sorted(readings, key=lambda reading: reading.at)
    carried = [reading.users for reading in known if reading.at <= begins][-1:]
    within = [reading.users for reading in known if begins < reading.at < ends]
    return max(carried + within, default=None)


def month_charges(
    rates: Sequence[Rate], month: Term, share: Fraction, tier_discount_minor: Sequence[int]
) -> list[list[Charge]]:
    """What a month costs on every edge, discounts as rows of their own; `share` is how much of a month it is."""
    edges = []
    for rate, off in zip(rates, tier_discount_minor, strict=True):
        whole = usage(rate, month, share)
        edges.append([whole, discount(off, whole)] if off else [whole])
    return edges
