"""Terms run on local calendars: anchored months, half-open intervals, the customer's own date."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.calendar import Term, add_months, local_date

DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))
MONTHS = st.integers(-600, 600)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 15), 1, date(2026, 2, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2000, 1, 30), 1, date(2000, 2, 29)),
        (date(2100, 1, 30), 1, date(2100, 2, 28)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 10), -13, date(2024, 12, 10)),
        (date(2026, 5, 1), 0, date(2026, 5, 1)),
    ],
)
def test_months_end_on_the_day_or_the_last_of_a_shorter_month(start: date, months: int, end: date) -> None:
    """The day stays; where the month is too short it is its last one, leap years included."""
    assert add_months(start, months) == end


def test_a_month_end_comes_back_after_a_shorter_month() -> None:
    """A term anchored on the 31st keeps its anchor through February."""
    ends = [date(2027, 1, 31)]
    for _ in range(4):
        ends.append(add_months(ends[-1], 1, anchor_day=31))
    assert ends[1:] == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]


@given(start=DATES, months=MONTHS, anchor_day=st.integers(1, 31))
def test_the_day_is_the_anchor_or_the_months_last(start: date, months: int, anchor_day: int) -> None:
    """Whatever the start, the day is the anchor's, cut to the month that is that many months away."""
    moved = add_months(start, months, anchor_day=anchor_day)
    assert (moved.year * 12 + moved.month) - (start.year * 12 + start.month) == months
    assert moved.day == min(anchor_day, monthrange(moved.year, moved.month)[1])


@given(start=DATES, first=st.integers(0, 300), second=st.integers(0, 300))
def test_anchored_terms_do_not_drift(start: date, first: int, second: int) -> None:
    """With the anchor, two steps arrive where one step of their sum does."""
    halfway = add_months(start, first, anchor_day=start.day)
    assert add_months(halfway, second, anchor_day=start.day) == add_months(start, first + second)


@given(start=DATES, months=st.integers(1, 120))
def test_more_months_end_later(start: date, months: int) -> None:
    """A longer term never ends on or before a shorter one."""
    assert start < add_months(start, months) < add_months(start, months + 1)


@pytest.mark.parametrize("anchor_day", [0, -1])
def test_an_anchor_that_no_month_has_is_refused(anchor_day: int) -> None:
    """Days are counted from one."""
    with pytest.raises(ValueError, match="day"):
        add_months(date(2026, 1, 1), 1, anchor_day=anchor_day)


@pytest.mark.parametrize(("start", "months"), [(date(9999, 12, 1), 1), (date(1, 1, 1), -1)])
def test_months_end_with_the_calendar(start: date, months: int) -> None:
    """A date outside the years 1 to 9999 is a ValueError."""
    with pytest.raises(ValueError, match="year"):
        add_months(start, months)


@pytest.mark.parametrize(
    ("time_zone", "local"),
    [
        ("UTC", date(2026, 3, 1)),
        ("Pacific/Kiritimati", date(2026, 3, 1)),
        ("America/New_York", date(2026, 2, 28)),
        ("Pacific/Pago_Pago", date(2026, 2, 28)),
        ("Asia/Kathmandu", date(2026, 3, 1)),
    ],
)
def test_a_date_is_the_customers_own(time_zone: str, local: date) -> None:
    """The same instant has the date of the place it is looked at from."""
    assert local_date(datetime(2026, 3, 1, 2, 30, tzinfo=UTC), time_zone) == local


@given(at=st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - the bounds of a strategy are naive
def test_the_zone_an_instant_is_written_in_does_not_matter(at: datetime) -> None:
    """An instant has one local date, in whatever zone it came."""
    instant = at.replace(tzinfo=UTC)
    elsewhere = instant.astimezone(ZoneInfo("Asia/Tokyo"))
    assert local_date(instant, "America/St_Johns") == local_date(elsewhere, "America/St_Johns")
    assert abs((local_date(instant, "Pacific/Apia") - at.date()).days) <= 1


def test_an_instant_without_a_zone_is_refused() -> None:
    """A naive time is never read in the machine's own zone."""
    with pytest.raises(ValueError, match="time zone"):
        local_date(datetime(2026, 3, 1, 12, 0), "UTC")  # noqa: DTZ001 - the naive time is what is refused


@pytest.mark.parametrize("time_zone", ["Mars/Olympus_Mons", "../../etc/passwd"])
def test_a_zone_that_is_none_is_never_guessed(time_zone: str) -> None:
    """A name outside the IANA database raises instead of meaning UTC."""
    with pytest.raises((ZoneInfoNotFoundError, ValueError)):
        local_date(datetime(2026, 3, 1, tzinfo=UTC), time_zone)


def test_a_term_shows_its_last_day() -> None:
    """The interval is half-open; the expiry date shown is its last day."""
    term = Term(date(2026, 5, 1), date(2027, 5, 1))
    assert term.days == 365
    assert term.last_day == date(2027, 4, 30)
    assert Term(date(2028, 2, 1), date(2028, 3, 1)).days == 29


def test_the_day_itself_counts_as_left() -> None:
    """On its last day a term has one day left, after it none, before it all of them."""
    term = Term(date(2026, 5, 1), date(2026, 6, 1))
    assert term.days_left(date(2026, 4, 1)) == 31
    assert term.days_left(date(2026, 5, 1)) == 31
    assert term.days_left(date(2026, 5, 2)) == 30
    assert term.days_left(date(2026, 5, 31)) == 1
    assert term.days_left(date(2026, 6, 1)) == 0
    assert term.days_left(date(2030, 1, 1)) == 0


@given(start=DATES, days=st.integers(1, 800), offset=st.integers(0, 800))
def test_days_used_and_left_make_the_term(start: date, days: int, offset: int) -> None:
    """Inside a term, the days gone and the days left sum to its days."""
    term = Term(start, start + timedelta(days=days))
    used = min(offset, days)
    assert term.days == days
    assert term.days_left(start + timedelta(days=used)) + used == days
    assert term.days_left(start + timedelta(days=offset)) >= 0


@given(start=DATES, months=st.lists(st.integers(1, 12), min_size=1, max_size=24))
def test_consecutive_terms_leave_no_gap(start: date, months: list[int]) -> None:
    """Terms that follow each other on one anchor cover every day once."""
    at, days = start, 0
    for count in months:
        term = Term(at, add_months(at, count, anchor_day=start.day))
        days, at = days + term.days, term.end
    assert days == (add_months(start, sum(months)) - start).days
