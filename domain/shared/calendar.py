"""Terms on the calendar: half-open intervals of local dates, with anchored month arithmetic."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
