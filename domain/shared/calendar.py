"""Terms on the calendar: half-open intervals of local dates, with anchored month arithmetic."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

MONTHS_PER_YEAR: Final = 12


def local_date(at: datetime, time_zone: str) -> date:
    """Tell the calendar date of a time-zone aware instant where the customer is (IANA name).

    Raises ValueError for an instant without a zone: it would be read in the machine's own.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return at.astimezone(ZoneInfo(time_zone)).date()


def add_months(start: date, months: int, *, anchor_day: int | None = None) -> date:
    """Move by whole months; the day is the anchor's, or the last of a shorter month.

    A term anchored on the 31st runs Jan 31, Feb 28, Mar 31: pass the anchor, not the clipped day. `months` may be
    negative. Raises ValueError outside the years 1 to 9999 and for an anchor that no month has.
    """
    wanted_day = start.day if anchor_day is None else anchor_day
    index = start.year * MONTHS_PER_YEAR + start.month - 1 + months
    year, month = divmod(index, MONTHS_PER_YEAR)
    day = min(wanted_day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


@dataclass(frozen=True, slots=True)
class Term:
    """One billing term: local dates [start, end). The expiry date shown is its last day."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days the term has."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The expiry date as shown to people."""
        return self.end - timedelta(days=1)

    def days_left(self, on: date) -> int:
        """How many days of the term remain, `on` included; 0 after it, all of them before it."""
        return max(0, (self.end - max(on, self.start)).days)

    @property
    def months(self) -> Fraction:
        """How long it is in anchored months: 12 for a year; what is left over counts by the days of its own month."""
        return _months_of(self)

    def months_begun(self, on: date) -> int:
        """How many of its anchored months have begun on a day: 1 on its first day, all of them on its last and after.

        A month begun is begun whole (B3-S 11): of a year from May 1, one on May 31 and two on June 1.
        """
        day = min(on, self.last_day)
        if day < self.start:
            return 0
        months = (day.year - self.start.year) * MONTHS_PER_YEAR + day.month - self.start.month
        return months if self.month_at(months) > day else months + 1

    def months_touched(self, on: date) -> int:
        """How many calendar months the rest of it lies in, `on` included; never more than it has months."""
        first, last = max(on, self.start), self.last_day
        if first > last:
            return 0
        touched = (last.year - first.year) * MONTHS_PER_YEAR + last.month - first.month + 1
        return min(touched, self.months_begun(last))

    def month_at(self, months: int) -> date:
        """When so many of its months are over; a term that runs from a shorter month's end keeps its end's anchor."""
        clipped = self.start.day == monthrange(self.start.year, self.start.month)[1]
        anchor = max(self.start.day, self.end.day) if clipped else self.start.day
        return add_months(self.start, months, anchor_day=anchor)


@lru_cache(maxsize=1024)
def _months_of(term: Term) -> Fraction:
    """Kept: of the terms that are renewed at once most are the same."""
    whole = term.months_begun(term.last_day) - 1 if term.days > 0 else 0
    begins = term.month_at(whole)
    return whole + Fraction((term.end - begins).days, (term.month_at(whole + 1) - begins).days)
