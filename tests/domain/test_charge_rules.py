"""What terms, purchases and usage cost on an edge, and the policies that are pinned: pure rules."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.billing.charges import ONCE, Rate, discount, first_charge, periods_in, recurring, usage
from domain.billing.models import ChargeKind
from domain.billing.policies import CURRENT, VERSIONS, pin, pinned
from domain.shared.calendar import Term, add_months
from domain.shared.money import Money, round_minor
from tests.domain.formulas import worked_out

DAYS = st.dates(date(2019, 12, 1), date(2029, 3, 31))
RATES = st.builds(
    Rate,
    st.integers(0, 10**9),
    st.integers(1, 1000),
    st.sampled_from(["JPY", "USD", "KWD"]),
    st.sampled_from([1, 12]),
)


@pytest.mark.parametrize(
    ("rate", "term", "amount", "sentence"),
    [
        (
            Rate(1200, 3, "USD", 1),
            Term(date(2026, 11, 25), date(2026, 12, 25)),
            3600,
            "3 x 12.00 USD a month, 25 Nov 2026 to 24 Dec 2026: 36.00 USD.",
        ),
        (
            Rate(1200, 3, "USD", 1),
            Term(date(2026, 11, 25), date(2027, 2, 25)),
            10800,
            "3 x 12.00 USD a month x 3, 25 Nov 2026 to 24 Feb 2027: 108.00 USD.",
        ),
        (
            Rate(36500, 1, "JPY", 12),
            Term(date(2024, 2, 29), date(2025, 2, 28)),
            36500,
            "1 x 36500 JPY a year, 29 Feb 2024 to 27 Feb 2025: 36500 JPY.",
        ),
        (
            Rate(1001, 1, "KWD", 1),
            Term(date(2026, 1, 1), date(2026, 1, 16)),
            484,
            "1 x 1.001 KWD a month x 15/31, 1 Jan 2026 to 15 Jan 2026: 0.484 KWD, rounded half up.",
        ),
        (Rate(50000, 2, "USD", ONCE), None, 100000, "2 x 500.00 USD once: 1000.00 USD."),
    ],
)
def test_m2_the_first_charge_is_explained(rate: Rate, term: Term | None, amount: int, sentence: str) -> None:
    """Unit, quantity, periods and days are in one sentence, in the currency's own digits."""
    charge = first_charge(rate, term)
    assert (charge.amount_minor, charge.explanation.sentence, charge.period) == (amount, sentence, term)
    assert charge.kind is (ChargeKind.ONE_TIME if term is None else ChargeKind.RECURRING)
    assert round_minor(worked_out(charge.explanation)) == amount


def test_m2_a_discount_is_a_charge_of_its_own() -> None:
    """What is taken off stands beside what it is taken off of, for the same period."""
    whole = recurring(Rate(1200, 3, "USD", 1), Term(date(2026, 11, 25), date(2026, 12, 25)))
    off = discount(360, whole)
    assert (off.kind, off.amount_minor, off.period) == (ChargeKind.DISCOUNT, -360, whole.period)
    assert off.explanation.sentence == "Discount of 3.60 USD on 36.00 USD."
    assert worked_out(off.explanation) == -360


def test_s13_a_month_is_charged_for_its_highest_count() -> None:
    """The highest count of users x the unit price (CS, postpaid)."""
    charge = usage(Rate(250, 17, "USD", 1), Term(date(2026, 2, 1), date(2026, 3, 1)))
    assert (charge.kind, charge.amount_minor) == (ChargeKind.USAGE, 4250)
    assert charge.explanation.sentence == (
        "At most 17 users at once in 1 Feb 2026 to 28 Feb 2026, at 2.50 USD each: 42.50 USD."
    )


def test_m2_what_is_paid_once_has_no_term() -> None:
    """To charge a term of it is a programmer's error."""
    with pytest.raises(ValueError, match="paid once"):
        recurring(Rate(100, 1, "USD", ONCE), Term(date(2026, 1, 1), date(2026, 2, 1)))


@given(RATES, DAYS, st.integers(1, 60))
def test_m2_whole_cycles_cost_whole_periods(rate: Rate, start: date, cycles: int) -> None:
    """A term of n periods costs n times unit x quantity to the minor unit, wherever months are short or long."""
    term = Term(start, add_months(start, cycles * rate.period_months))
    charge = recurring(rate, term)
    assert periods_in(rate, term) == cycles
    assert charge.amount_minor == rate.unit_minor * rate.quantity * cycles
    assert not charge.explanation.rounded


@given(st.integers(1, 60), st.dates(date(2020, 1, 31), date(2026, 12, 31)).filter(lambda day: day.day > 28))
def test_m2_an_anchored_term_from_a_short_month_has_whole_months(months: int, bought: date) -> None:
    """Each next term of a 29th, 30th or 31st is one month, though it begins at the end of a shorter one."""
    term = Term(
        add_months(bought, months - 1, anchor_day=bought.day), add_months(bought, months, anchor_day=bought.day)
    )
    assert term.months == 1


@given(RATES, DAYS, st.integers(1, 800))
def test_m2_a_part_of_a_term_never_costs_more(rate: Rate, start: date, days: int) -> None:
    """The formula gives the amount; a day more never costs less, and a month of days never more than the month."""
    term, longer = (Term(start, start + timedelta(days=days + more)) for more in (0, 1))
    charge = recurring(rate, term)
    assert charge.amount_minor == round_minor(worked_out(charge.explanation))
    assert charge.amount_minor <= recurring(rate, longer).amount_minor
    assert term.months <= term.months_begun(term.last_day) < term.months + 1


@given(RATES, DAYS, st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_m2_a_charge_is_divided_without_a_rest(rate: Rate, start: date, weights: list[int]) -> None:
    """Shares of a charge among lines or groups sum to it exactly."""
    whole = recurring(rate, Term(start, add_months(start, rate.period_months)))
    parts = Money(whole.amount_minor, rate.currency).allocate(weights)
    assert sum(part.minor for part in parts) == whole.amount_minor


def test_m3_policies_are_kept_as_they_were_bought() -> None:
    """What is pinned reads back as it was, whatever the current version is by then."""
    for version, policies in VERSIONS.items():
        assert policies.version == version
        assert pinned(pin(policies)) == policies
    assert pin(VERSIONS[1]) == {
        "version": 1,
        "proration": "DAILY_DIFFERENCE",
        "refund": {"fullRefundDays": 14, "then": "WHOLE_UNUSED_MONTHS"},
        "trial": {"maxDays": 30},
    }
    assert max(VERSIONS) == CURRENT.version


def test_m2_months_of_a_term() -> None:
    """A month begun is begun whole; what is beyond whole months counts by its own month's days."""
    year = Term(date(2025, 5, 1), date(2026, 5, 1))
    assert [year.months_begun(on) for on in (date(2025, 4, 30), date(2025, 5, 31), date(2025, 6, 1))] == [0, 1, 2]
    assert Term(date(2026, 1, 15), date(2026, 3, 20)).months == 2 + Fraction(5, 31)
    assert Term(date(2026, 1, 1), date(2026, 1, 1)).months == 0
