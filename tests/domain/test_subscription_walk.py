"""Whatever becomes of a subscription in its terms, in any order: what is charged and given back keeps its rules."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.billing.charges import Charge, Rate, recurring
from domain.billing.policies import CURRENT, Policies, ProrationPolicy, RefundPolicy
from domain.billing.quoted import charges_from, kept
from domain.billing.refunds import Paid, refund
from domain.catalog.models import SalesModel
from domain.shared.calendar import Term
from domain.shared.money import round_minor
from domain.subscriptions.changes import Part, Rest, costs_more, prorate
from domain.subscriptions.due import next_term
from domain.subscriptions.rules import Billing, period_months
from tests.domain.formulas import worked_out

# Over leap days and month ends; the zones' clocks go forward and back within, and no amount knows of them.
STARTS = st.dates(date(2023, 12, 28), date(2025, 3, 31))
PLANS = [Part(UUID(int=rank), rank, 1, (unit, unit + 3)) for rank, unit in enumerate((900, 850, 2500))]
STEPS = st.one_of(
    st.tuples(st.just("change"), st.integers(0, 2), st.integers(1, 40)),
    st.tuples(st.just("wait"), st.integers(0, 60), st.just(0)),
)
POLICIES = st.builds(
    lambda proration, then: replace(CURRENT, proration=proration, refund=then),
    st.sampled_from(ProrationPolicy),
    st.sampled_from(RefundPolicy),
)


@dataclass(slots=True)
class Kept:
    """A subscription as the rules have it: what it is, its term, and a ledger by edge that is only added to."""

    policies: Policies
    billing: Billing
    currency: str
    bought: date
    part: Part
    term: Term
    day: date
    ledger: list[list[Charge]] = field(default_factory=lambda: [[], []])

    def begin(self, term: Term) -> None:
        """Charge a term in advance, for what it is."""
        self.term = term
        for edge, unit in zip(self.ledger, self.part.tier_unit_minor, strict=True):
            edge.append(recurring(Rate(unit, self.part.quantity, self.currency, self.months), term))

    @property
    def months(self) -> int:
        """For how many months a price is."""
        return period_months(self.billing.sales_model)

    def wait(self, days: int) -> None:
        """Let days pass, and terms renew that end in them."""
        self.day += timedelta(days=days)
        while self.day >= self.term.end:
            self.begin(next_term(self.term.end, self.billing, anchor_day=self.bought.day, expires_on=None))

    def change(self, part: Part) -> list[Charge]:
        """Have something else from today on, charged as it was quoted; what the quote was kept as reads the same."""
        charges = prorate(self.policies, self.part, part, Rest(self.term, self.day, self.currency, self.months))
        assert charges_from(kept([charges])) == [charges]
        for edge, charge in zip(self.ledger, charges, strict=True):
            edge.append(charge)
        self.part = part
        return charges

    def paid(self, edge: int) -> list[Paid]:
        """What was charged for each period, as a termination adds it up."""
        sums: dict[Term, int] = {}
        for charge in self.ledger[edge]:
            if charge.period is not None:
                sums[charge.period] = sums.get(charge.period, 0) + charge.amount_minor
        return [Paid(minor, 0, self.currency, period) for period, minor in sums.items()]


@st.composite
def bought(draw: st.DrawFn) -> Kept:
    """A subscription on its first day, its first term charged."""
    start, policies = draw(STARTS), draw(POLICIES)
    billing = Billing(draw(st.sampled_from([SalesModel.MONTHLY, SalesModel.YEARLY])), draw(st.integers(1, 3)))
    part = replace(draw(st.sampled_from(PLANS)), quantity=draw(st.integers(1, 40)))
    first = next_term(start, billing, anchor_day=start.day, expires_on=None)
    made = Kept(policies, billing, draw(st.sampled_from(["JPY", "USD", "KWD"])), start, part, first, start)
    made.begin(first)
    return made


@given(bought(), st.lists(STEPS, max_size=12))
@settings(max_examples=150)
def test_s4_a_life_of_changes_keeps_the_rules(it: Kept, steps: list[tuple[str, int, int]]) -> None:
    """No change gives anything back, what is less costs nothing, each charge is its own formula, edges go alike."""
    for kind, first, second in steps:
        if kind == "wait":
            it.wait(first)
            continue
        before, after = it.part, replace(PLANS[first], quantity=second)
        for charge in it.change(after):
            assert charge.amount_minor >= 0
            assert charge.amount_minor == round_minor(worked_out(charge.explanation))
            assert charge.currency == it.currency
            assert costs_more(before, after) or charge.amount_minor == 0
            if charge.period is not None:
                assert it.term.start <= charge.period.start < charge.period.end == it.term.end
                assert (charge.period.start - it.term.start).days + charge.period.days == it.term.days
    running = [0, 0]
    for edge, charges in enumerate(it.ledger):
        for charge in charges:
            running[edge] += charge.amount_minor
    assert running == [sum(paid.amount_minor for paid in it.paid(edge)) for edge in (0, 1)]


@given(bought(), st.lists(STEPS, max_size=8), st.integers(0, 800))
@settings(max_examples=150)
def test_s11_an_end_never_gives_back_more_than_was_paid(
    it: Kept, steps: list[tuple[str, int, int]], later: int
) -> None:
    """Of each period not more than was paid for it, on each edge, whatever was changed, and however often."""
    for kind, first, second in steps:
        if kind == "wait":
            it.wait(first)
        else:
            it.change(replace(PLANS[first], quantity=second))
    it.wait(min(later, it.term.days_left(it.day) - 1) if it.day < it.term.end else 0)
    for edge in (0, 1):
        paid = it.paid(edge)
        given_back = [-charge.amount_minor for charge in refund(it.policies, paid, it.bought, it.day)]
        assert all(0 <= back <= one.amount_minor for back, one in zip(given_back, paid, strict=True))
        left = [replace(one, refunded_minor=back) for one, back in zip(paid, given_back, strict=True)]
        again = [-charge.amount_minor for charge in refund(it.policies, left, it.bought, it.day)]
        assert all(
            first + second <= one.amount_minor for first, second, one in zip(given_back, again, paid, strict=True)
        )


@given(bought(), st.integers(0, 2), st.integers(1, 40), st.integers(0, 400))
@settings(max_examples=150)
def test_s4_a_detour_never_pays(it: Kept, plan: int, quantity: int, days: int) -> None:
    """Up and down again, or down and up again, costs at least as much as to stay, to the minor unit, on each edge."""
    stayed = replace(it, ledger=[list(edge) for edge in it.ledger])
    home = it.part
    it.wait(days)
    it.change(replace(PLANS[plan], quantity=quantity))
    it.change(home)
    stayed.wait(days)
    for detour, straight in zip(it.ledger, stayed.ledger, strict=True):
        assert sum(one.amount_minor for one in detour) >= sum(one.amount_minor for one in straight)


@given(bought(), st.integers(0, 400), st.integers(1, 20))
def test_s5_more_of_the_same_in_parts_costs_the_same(it: Kept, days: int, more: int) -> None:
    """Bought one by one on a day, or all at once: the same but for the rounding of each line."""
    it.wait(days)
    rest = Rest(it.term, it.day, it.currency, it.months)
    at_once = prorate(it.policies, it.part, replace(it.part, quantity=it.part.quantity + more), rest)
    in_parts = [Fraction(0), Fraction(0)]
    for _ in range(more):
        for edge, charge in enumerate(it.change(replace(it.part, quantity=it.part.quantity + 1))):
            in_parts[edge] += charge.amount_minor
    assert all(abs(part - whole.amount_minor) <= more for part, whole in zip(in_parts, at_once, strict=True))
