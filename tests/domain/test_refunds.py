"""What comes back when a subscription ends early: pure rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.billing.explaining import Explanation
from domain.billing.policies import CURRENT, RefundPolicy
from domain.billing.refunds import Paid, is_within, refund
from domain.shared.calendar import Term, add_months, local_date
from domain.shared.money import round_minor
from tests.domain.formulas import worked_out

BOUGHT = date(2025, 5, 1)
YEAR = Term(BOUGHT, date(2026, 5, 1))
PAID = Paid(36500, 0, "USD", YEAR)
BY = {policy: replace(CURRENT, refund=policy) for policy in RefundPolicy}


def given_back(on: date, paid: Paid = PAID, policy: RefundPolicy = RefundPolicy.WHOLE_UNUSED_MONTHS) -> int:
    """What comes back of one amount, in minor units."""
    return -refund(BY[policy], [paid], BOUGHT, on)[0].amount_minor


def told(on: date, paid: Paid = PAID) -> Explanation:
    """Why it is what it is."""
    return refund(CURRENT, [paid], BOUGHT, on)[0].explanation


@pytest.mark.parametrize(
    ("on", "months"),
    [
        (date(2025, 5, 1), 12),
        (date(2025, 5, 2), 12),
        (date(2025, 5, 15), 12),  # day 14 still counts as within
        (date(2025, 5, 16), 11),
        (date(2025, 5, 28), 11),
        (date(2025, 5, 31), 11),
        (date(2025, 6, 1), 10),
        (date(2026, 3, 31), 1),
        (date(2026, 4, 1), 0),
        (date(2026, 4, 30), 0),
        (date(2026, 5, 1), 0),
        (date(2027, 1, 1), 0),
    ],
)
def test_s11_the_documents_example_is_reproduced_to_the_cent(on: date, months: int) -> None:
    """B3-S 11, yearly from May 1: ended May 2 -> everything, May 28 -> 11 of 12 months; a month begun is used."""
    assert given_back(on) == round_minor(Fraction(36500 * months, 12))


def test_s11_eleven_months_of_a_price_that_divides() -> None:
    """Eleven twelfths of 370.00 are 339.17, half up; of 360.00 exactly 330.00."""
    on = date(2025, 5, 28)
    assert given_back(on, replace(PAID, amount_minor=37000)) == 33917
    assert given_back(on, replace(PAID, amount_minor=36000)) == 33000
    assert told(on, replace(PAID, amount_minor=37000)).rounded


def test_m2_a_refund_is_explained_in_a_sentence() -> None:
    """The sentence says the day, the rule and the share."""
    assert told(date(2025, 5, 2)).sentence == (
        "Ended on 2 May 2025, day 1 after the purchase, within the first 14: all of 365.00 USD is refunded."
    )
    assert told(date(2025, 5, 28)).sentence == (
        "Ended on 28 May 2025, when 11 of the 12 months of 1 May 2025 to 30 Apr 2026 had not begun:"
        " 365.00 x 11/12 = 334.58 USD, rounded half up."
    )
    assert told(date(2025, 5, 2), replace(PAID, refunded_minor=6500)).sentence.endswith(
        "300.00 USD of 365.00 USD is refunded."
    )
    assert told(date(2025, 5, 28), replace(PAID, refunded_minor=30000)).sentence.endswith(
        "= 334.58 USD, rounded half up, of which 65.00 USD was not given back before."
    )
    assert told(date(2025, 5, 28), replace(PAID, period=None)).sentence == (
        "Ended on 28 May 2025, more than 14 days after the purchase: what was paid once is not refunded."
    )


@pytest.mark.parametrize(
    ("policy", "amount"),
    [
        (RefundPolicy.WHOLE_UNUSED_MONTHS, 33458),
        (RefundPolicy.DAILY, 33700),  # 337 days after May 28
        (RefundPolicy.NONE, 0),
    ],
)
def test_s11_after_the_full_refund_the_policy_decides(policy: RefundPolicy, amount: int) -> None:
    """Whole unused months, the days after the last, or nothing."""
    assert given_back(date(2025, 5, 28), policy=policy) == amount
    assert given_back(date(2025, 5, 15), policy=policy) == 36500


def test_s11_a_term_that_has_not_begun_comes_back_whole() -> None:
    """What was paid ahead for a later term is not used yet, whatever was used of the one before."""
    ahead = replace(PAID, period=Term(date(2026, 5, 1), date(2027, 5, 1)))
    paid = [charge.amount_minor for charge in refund(CURRENT, [PAID, ahead], BOUGHT, date(2025, 6, 10))]
    assert paid == [-30417, -36500]
    assert given_back(date(2025, 6, 10), ahead, RefundPolicy.DAILY) == 36500


def test_s11_the_purchase_day_is_the_customers() -> None:
    """Days are dates where the customer is: 14 x 24 hours after the purchase may be day 15, as its clocks go."""
    at = datetime(2026, 3, 8, 4, 30, tzinfo=UTC)  # 23:30 on March 7 in New York, whose clocks go forward on the 8th
    bought = local_date(at, "America/New_York")
    assert bought == date(2026, 3, 7)
    assert is_within(CURRENT, bought, local_date(at + timedelta(days=13, hours=23), "America/New_York"))
    assert local_date(at + timedelta(days=14), "America/New_York") == date(2026, 3, 22)
    assert not is_within(CURRENT, bought, date(2026, 3, 22))


PERIODS = st.one_of(
    st.none(),
    st.builds(
        lambda start, months, days: Term(start, add_months(start, months) + timedelta(days=days)),
        st.dates(date(2019, 12, 1), date(2029, 3, 31)),
        st.integers(0, 26),
        st.integers(1, 40),
    ),
)
PAYMENTS = st.builds(
    Paid, st.integers(-50, 10**8), st.integers(0, 10**8), st.sampled_from(["JPY", "USD", "KWD"]), PERIODS
)
OFFSETS = st.integers(-20, 900)


@given(PAYMENTS, st.sampled_from(RefundPolicy), OFFSETS, OFFSETS)
def test_s11_a_refund_never_exceeds_what_was_paid(
    paid: Paid, policy: RefundPolicy, after_purchase: int, into_period: int
) -> None:
    """It is between nothing and what was paid and not yet given back; the formula gives the very amount."""
    on = (paid.period.start if paid.period else BOUGHT) + timedelta(days=into_period)
    (charge,) = refund(BY[policy], [paid], on - timedelta(days=max(0, after_purchase)), on)
    assert 0 <= -charge.amount_minor <= max(0, paid.amount_minor - paid.refunded_minor)
    exact = worked_out(charge.explanation)
    assert charge.amount_minor == round_minor(exact)
    assert charge.explanation.rounded is (charge.amount_minor != exact)


@given(PAYMENTS, st.sampled_from(RefundPolicy), OFFSETS)
def test_s11_ending_later_never_gives_more(paid: Paid, policy: RefundPolicy, into_period: int) -> None:
    """Day by day what comes back only falls, over the end of the full refund too."""
    bought = paid.period.start if paid.period else BOUGHT
    days = [bought + timedelta(days=into_period + later) for later in range(20)]
    amounts = [refund(BY[policy], [paid], bought, day)[0].amount_minor for day in days if day >= bought]
    assert amounts == sorted(amounts)
