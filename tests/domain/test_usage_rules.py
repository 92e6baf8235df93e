"""S13: which months a term has, when they are looked at, and what the highest count of one is."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.billing.charges import Rate
from domain.shared.calendar import Term, add_months
from domain.usage.rules import (
    LOOK_EVERY,
    REPORTED_AFTER,
    Reading,
    closes_at,
    highest_count,
    midnight,
    month_charges,
    months_in,
    next_look,
    retry_after,
    share_of,
)

BEGINS, ENDS = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)


def at(day: int, hour: int = 0, *, month: int = 2) -> datetime:
    """A time in 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


@given(
    start=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    months=st.integers(1, 24),
    cut=st.integers(0, 25),
)
def test_the_months_of_a_term_are_the_term(start: date, months: int, cut: int) -> None:
    """They follow each other without a gap, from its first day to its last, each beginning on its anchor."""
    term = Term(start, max(add_months(start, months) - timedelta(days=cut), start + timedelta(days=1)))
    found = months_in(term, start.day)
    assert (found[0].start, found[-1].end) == (term.start, term.end)
    assert all(before.end == after.start for before, after in pairwise(found))
    assert [month.start for month in found] == [add_months(start, place) for place in range(len(found))]


@given(start=st.dates(date(2020, 1, 1), date(2040, 1, 1)), months=st.integers(1, 24))
def test_a_month_of_a_term_is_one_month(start: date, months: int) -> None:
    """Whole months cost their unit price, whatever days they have; one that was cut short costs what it was to."""
    for month in months_in(Term(start, add_months(start, months)), start.day):
        assert share_of(month, None) == 1
        cut = Term(month.start, month.start + timedelta(days=3))
        assert share_of(cut, month.end) == 1
        assert Fraction(3, 31) <= share_of(cut, None) <= Fraction(3, 28)


def test_s13_days_that_were_never_to_be_a_month_cost_their_share() -> None:
    """5 of November's 30 days, 7 users at 10.00: 11.67, rounded half up and explained."""
    days = Term(date(2026, 11, 1), date(2026, 11, 6))
    ((charge,),) = month_charges([Rate(1000, 7, "EUR", 1)], days, share_of(days, None), [0])
    assert (charge.amount_minor, charge.explanation.periods, charge.explanation.rounded) == (1167, "1/6", True)
    assert charge.explanation.sentence == (
        "At most 7 users at once in 1 Nov 2026 to 5 Nov 2026, at 10.00 EUR each x 1/6 of a month: "
        "11.67 EUR, rounded half up."
    )


def test_a_31st_keeps_its_anchor() -> None:
    """Jan 31, Feb 28, Mar 31, whatever day the term itself begins on."""
    found = months_in(Term(date(2026, 2, 28), date(2026, 4, 30)), 31)
    assert [month.start for month in found] == [date(2026, 2, 28), date(2026, 3, 31)]


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([], None),
        ([(at(20, month=1), 7)], 7),
        ([(at(20, month=1), 7), (at(3), 5)], 7),
        ([(at(20, month=1), 7), (at(1), 5)], 5),
        ([(at(3), 5), (at(10), 9), (at(11), 2)], 9),
        ([(at(1, month=3), 50)], None),
        ([(at(5, month=1), 90), (at(20, month=1), 3)], 3),
        ([(at(2), 0)], 0),
    ],
)
def test_s13_a_count_stands_until_the_next_one(readings: list[tuple[datetime, int]], expected: int | None) -> None:
    """The highest that stood in the month counts, that which stood as it began included; its end is the next one's."""
    assert highest_count([Reading(*reading) for reading in reversed(readings)], BEGINS, ENDS) == expected


def test_a_month_closes_when_it_is_over_where_its_customer_is() -> None:
    """At its customer's midnight, DST days included, and an hour later, so that the last counts are there."""
    month = Term(date(2026, 3, 1), date(2026, 3, 30))
    assert midnight(month.end, "Europe/Vienna") == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert closes_at(month, "Europe/Vienna") == datetime(2026, 3, 29, 22, tzinfo=UTC) + REPORTED_AFTER
    closes = closes_at(month, "America/New_York")
    assert next_look(closes - timedelta(days=2), closes) == closes - timedelta(days=2) + LOOK_EVERY
    assert next_look(closes - timedelta(minutes=1), closes) == closes


def test_p6_a_provisioner_that_is_down_is_asked_ever_less_often() -> None:
    """From a minute to an hour; what it asks for itself is honoured up to that."""
    waits = [retry_after(attempts, jitter_permille=1000) for attempts in (1, 2, 3, 50)]
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 60)]
    assert retry_after(1, jitter_permille=1000, asked=timedelta(minutes=9)) == timedelta(minutes=9)
    assert retry_after(1, jitter_permille=1000, asked=timedelta(days=9)) == timedelta(hours=1)
