"""What a change within a term costs, to the cent, by every policy: pure rules."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.billing.charges import Charge, Rate
from domain.billing.explaining import explained, explanation_from
from domain.billing.policies import CURRENT, ProrationPolicy
from domain.billing.proration import not_refunded, prorate_increase, prorate_upgrade
from domain.shared.calendar import Term, add_months
from domain.shared.money import CurrencyMismatch, round_minor
from tests.domain.formulas import worked_out

# B3-S 4: a Professional plan from 16 Nov 2020 to 15 Nov 2021 becomes Business on 16 Jun 2021.
YEAR = Term(date(2020, 11, 16), date(2021, 11, 16))
CHANGED = date(2021, 6, 16)
COST = (Rate(36500, 1, "USD", 12), Rate(73000, 1, "USD", 12))
PRICE = (Rate(37000, 1, "USD", 12), Rate(74000, 1, "USD", 12))

BY = {policy: replace(CURRENT, proration=policy) for policy in ProrationPolicy}
DAYS = st.dates(date(2019, 12, 1), date(2029, 3, 31))
CODES = st.sampled_from(["JPY", "USD", "KWD"])


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """A term of whole cycles, or one to an exact day."""
    start = draw(DAYS)
    months, days = draw(st.tuples(st.integers(0, 26), st.integers(0, 40)).filter(any))
    return Term(start, add_months(start, months) + timedelta(days=days))


@st.composite
def changes(draw: st.DrawFn) -> tuple[Rate, Rate, Term, date]:
    """Two rates of a currency, a term, and a day about it."""
    term, currency, months = draw(terms()), draw(CODES), draw(st.sampled_from([1, 12]))
    old, new = (
        Rate(draw(st.integers(0, 10**7)), draw(st.integers(1, 500)), currency, months) for _ in ("before", "after")
    )
    return old, new, term, term.start + timedelta(days=draw(st.integers(-40, term.days + 40)))


@pytest.mark.parametrize(
    ("policy", "cost", "price"),
    [
        (ProrationPolicy.CALENDAR_MONTHS, 36500, 37000),
        (ProrationPolicy.DAILY_DIFFERENCE, 15300, 15510),
        (ProrationPolicy.FULL_TERM, 36500, 37000),
        (ProrationPolicy.NONE, 0, 0),
    ],
)
def test_m3_the_documents_example_is_reproduced_to_the_cent(policy: ProrationPolicy, cost: int, price: int) -> None:
    """B3-S 4: by calendar months cost $365 and price $370; the daily difference of it is $153.00 and $155.10."""
    assert prorate_upgrade(BY[policy], *COST, YEAR, CHANGED).amount_minor == cost
    assert prorate_upgrade(BY[policy], *PRICE, YEAR, CHANGED).amount_minor == price


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (
            ProrationPolicy.DAILY_DIFFERENCE,
            "153 of the 365 days of {term} are left: (740.00 - 370.00) x 153/365 = 155.10 USD, rounded half up.",
        ),
        (
            ProrationPolicy.CALENDAR_MONTHS,
            "The rest of {term} touches 6 of its 12 months, {before}: 740.00 x 6/12 = 370.00 USD.",
        ),
        (
            ProrationPolicy.FULL_TERM,
            "Charged for all of {term}, whenever it changes: 740.00 - 370.00 = 370.00 USD.",
        ),
        (
            ProrationPolicy.NONE,
            "Not charged before the next term, whatever is left of {term}: 0.00 USD.",
        ),
    ],
)
def test_m2_a_proration_is_explained_in_a_sentence(policy: ProrationPolicy, sentence: str) -> None:
    """The sentence holds the policy's reasoning, its figures and the amount."""
    assert prorate_upgrade(BY[policy], *PRICE, YEAR, CHANGED).explanation.sentence == sentence.format(
        term="16 Nov 2020 to 15 Nov 2021", before="nothing is credited for the plan before"
    )


def test_m2_the_figures_are_told_to_machines() -> None:
    """Policy, version, formula, both unit prices and quantities, days and rounding are fields of their own."""
    explanation = prorate_upgrade(CURRENT, *PRICE, YEAR, CHANGED).explanation
    kept = explained(explanation)
    assert kept.pop("sentence")
    assert kept == {
        "formula": "max(0, unit * quantity - oldUnit * oldQuantity) * periods * daysLeft / daysInTerm",
        "policy": "DAILY_DIFFERENCE",
        "policy_version": 1,
        "unit_minor": 74000,
        "quantity": 1,
        "periods": "1",
        "old_unit_minor": 37000,
        "old_quantity": 1,
        "days_left": 153,
        "days_in_term": 365,
        "rounded": True,
    }
    assert explanation_from(explained(explanation) | {"of_a_later_release": 1}) == explanation


@pytest.mark.parametrize(
    ("policy", "amount"),
    [
        (ProrationPolicy.DAILY_DIFFERENCE, round_minor(Fraction(3 * 37000 * 153, 365))),
        (ProrationPolicy.CALENDAR_MONTHS, 3 * 18500),
        (ProrationPolicy.FULL_TERM, 3 * 37000),
        (ProrationPolicy.NONE, 0),
    ],
)
def test_s5_an_increase_charges_what_was_added(policy: ProrationPolicy, amount: int) -> None:
    """Three more of the same: only the three are prorated, by every policy (B3-S 5)."""
    charge = prorate_increase(BY[policy], Rate(37000, 3, "USD", 12), YEAR, CHANGED)
    assert charge.amount_minor == amount
    assert charge.explanation.old_quantity is None
    assert "before" not in charge.explanation.sentence.replace("before the next term", "")


@pytest.mark.parametrize(
    ("on", "days", "amount"),
    [
        (YEAR.start - timedelta(days=9), 365, 37000),
        (YEAR.start, 365, 37000),
        (YEAR.last_day, 1, 101),  # 101.37
        (YEAR.end, 0, 0),
        (YEAR.end + timedelta(days=9), 0, 0),
    ],
)
def test_s4_the_edges_of_a_term(on: date, days: int, amount: int) -> None:
    """The day of the change counts; before the term all of it is left, after it nothing."""
    charge = prorate_upgrade(CURRENT, *PRICE, YEAR, on)
    assert (charge.explanation.days_left, charge.amount_minor) == (days, amount)
    assert charge.period == (Term(max(on, YEAR.start), YEAR.end) if days else None)


def test_s4_the_last_months_count_whole_by_calendar_months() -> None:
    """A calendar month touched by a day counts, but no term has more months than it was sold for."""
    policies = BY[ProrationPolicy.CALENDAR_MONTHS]
    months = {
        on: prorate_upgrade(policies, *PRICE, YEAR, on).explanation.months_left
        for on in (YEAR.start, date(2020, 12, 1), date(2021, 10, 31), date(2021, 11, 1), YEAR.last_day, YEAR.end)
    }
    assert list(months.values()) == [12, 12, 2, 1, 1, 0]


def test_s4_a_leap_years_term_has_its_own_days() -> None:
    """A year over February 29 has 366 days, in the formula and in the amount."""
    leap = Term(date(2024, 1, 1), date(2025, 1, 1))
    charge = prorate_upgrade(CURRENT, *PRICE, leap, date(2024, 2, 29))
    assert (charge.explanation.days_left, charge.explanation.days_in_term) == (307, 366)
    assert charge.amount_minor == round_minor(Fraction(37000 * 307, 366))


def test_s4_a_downgrade_is_charged_and_refunded_nothing() -> None:
    """What costs less takes effect at once, and nothing is given back (B3-S 4)."""
    charge = not_refunded(CURRENT, PRICE[1], PRICE[0], YEAR, CHANGED)
    assert charge.amount_minor == 0
    assert charge.explanation.sentence == "Less than before takes effect at once and is not refunded: 0.00 USD."


def test_s4_rates_of_two_currencies_or_periods_never_meet() -> None:
    """What is no proration at all is a programmer's error, not an amount."""
    with pytest.raises(CurrencyMismatch):
        prorate_upgrade(CURRENT, PRICE[0], replace(PRICE[1], currency="EUR"), YEAR, CHANGED)
    with pytest.raises(ValueError, match="one billing period"):
        prorate_upgrade(CURRENT, PRICE[0], replace(PRICE[1], period_months=1), YEAR, CHANGED)


@given(changes(), st.sampled_from(ProrationPolicy))
def test_m2_the_formula_gives_the_amount(change: tuple[Rate, Rate, Term, date], policy: ProrationPolicy) -> None:
    """Whoever works out the formula with the figures of the explanation gets the amount, by every policy."""
    old, new, term, on = change
    for charge in (prorate_upgrade(BY[policy], old, new, term, on), prorate_increase(BY[policy], new, term, on)):
        exact = worked_out(charge.explanation)
        assert charge.amount_minor == round_minor(exact)
        assert charge.explanation.rounded is (charge.amount_minor != exact)
        assert charge.explanation.sentence.endswith(f"{new.currency}{', rounded half up' * (exact % 1 != 0)}.")


@given(changes(), st.sampled_from(ProrationPolicy))
def test_s4_up_and_down_again_gains_nothing(change: tuple[Rate, Rate, Term, date], policy: ProrationPolicy) -> None:
    """Nothing is ever given back: no sequence of changes leaves the buyer with more than it had."""
    old, new, term, on = change
    up = prorate_upgrade(BY[policy], old, new, term, on)
    down = not_refunded(BY[policy], new, old, term, on)
    assert up.amount_minor >= 0
    assert up.amount_minor + down.amount_minor >= 0


@given(changes())
def test_s4_two_steps_cost_what_one_does(change: tuple[Rate, Rate, Term, date]) -> None:
    """Through a plan between, on one day, costs the same but for the rounding of a second line."""
    old, new, term, on = change
    lower, higher = sorted((old, new), key=lambda rate: rate.period_minor)
    between = Rate((lower.period_minor + higher.period_minor) // 2, 1, old.currency, old.period_months)
    once = prorate_upgrade(CURRENT, lower, higher, term, on).amount_minor
    twice = [prorate_upgrade(CURRENT, *step, term, on) for step in ((lower, between), (between, higher))]
    assert abs(sum(charge.amount_minor for charge in twice) - once) <= 1


@given(changes())
def test_s4_later_never_costs_more(change: tuple[Rate, Rate, Term, date]) -> None:
    """The fewer days are left, the less a change costs, by every policy; at most the price of the whole term."""
    old, new, term, on = change
    for policies in BY.values():
        charges: list[Charge] = [
            prorate_upgrade(policies, old, new, term, on + timedelta(days=later)) for later in (0, 1, 31)
        ]
        amounts = [charge.amount_minor for charge in charges]
        assert amounts == sorted(amounts, reverse=True)


@given(terms(), st.integers(-40, 1000))
def test_s4_days_before_and_after_are_the_days_of_the_term(term: Term, offset: int) -> None:
    """A day divides a term without a gap or an overlap, over month ends and leap years."""
    on = term.start + timedelta(days=offset)
    before = Term(term.start, min(max(on, term.start), term.end))
    assert before.days + term.days_left(on) == term.days
