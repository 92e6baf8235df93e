"""That a preview and the ledger cannot differ: both are the one calculation of a term."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from domain.billing.charges import Rate
from domain.catalog.models import SalesModel
from domain.orders.rules import price_line
from domain.subscriptions.charging import term_charges
from domain.subscriptions.rules import first_term, period_months


@given(
    st.lists(st.integers(0, 10**7), min_size=1, max_size=5),
    st.integers(1, 5000),
    st.integers(1, 60),
    st.sampled_from(SalesModel),
    st.dates(date(2024, 1, 1), date(2100, 1, 1)),
    st.integers(0, 100),
)
def test_o4_a_first_term_costs_what_was_fixed_at_submission(
    units: list[int], quantity: int, multiplier: int, model: SalesModel, start: date, percent: int
) -> None:
    """Whatever the chain, quantity, cycle and day, a 31st and leap years among them: not a cent between them."""
    fixed = price_line(units, quantity, multiplier, model)
    off = [amount * percent // 100 for amount in fixed.tier_amount_minor]
    rates = [Rate(unit, quantity, "USD", period_months(model)) for unit in units]
    charged = term_charges(rates, first_term(start, model, multiplier), off)
    assert [sum(charge.amount_minor for charge in edge) for edge in charged] == [
        amount - part for amount, part in zip(fixed.tier_amount_minor, off, strict=True)
    ]
