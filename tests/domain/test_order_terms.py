"""When billing begins and ends: what an order may ask for, decided without a database."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalog.models import PlanKind, ProductType, SalesModel
from domain.orders.terms import OrderTerms, Selling, billing_start, bills_later, check_terms
from domain.shared.errors import FieldCode
from domain.subscriptions.rules import first_state
from domain.subscriptions.states import SubscriptionState

TODAY = date(2026, 5, 1)
PLAN: dict[str, Any] = {
    "id": UUID(int=1),
    "name": "Business",
    "kind": PlanKind.SEAT,
    "product_type": ProductType.SERVICE,
    "provisioner": "cloud",
    "trial_days": 30,
    "postponed_billing_months": 1,
}
BY_SELLER = Selling(SalesModel.MONTHLY, 1, TODAY, is_by_seller=True)
BY_CUSTOMER = Selling(SalesModel.MONTHLY, 1, TODAY, is_by_seller=False)
ONCE = Selling(SalesModel.ONE_TIME, 1, TODAY, is_by_seller=True)


def days(count: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=count)


def faults(terms: OrderTerms, *plans: dict[str, Any], selling: Selling = BY_SELLER) -> list[tuple[str, FieldCode]]:
    """Where the terms are refused, for a plan with everything unless others are given."""
    return [(problem.path, problem.code) for problem in check_terms(terms, plans or (PLAN,), selling)]


@pytest.mark.parametrize(
    ("terms", "refused"),
    [
        (OrderTerms(), None),
        (OrderTerms(billing_starts_on=TODAY), None),
        (OrderTerms(billing_starts_on=days(-1)), ("billingStartsOn", FieldCode.OUT_OF_RANGE)),
        (OrderTerms(billing_starts_on=days(30)), None),
        (OrderTerms(billing_starts_on=days(31)), ("billingStartsOn", FieldCode.OUT_OF_RANGE)),
        (OrderTerms(trial_until=TODAY), None),
        (OrderTerms(trial_until=days(-1)), ("trialUntil", FieldCode.OUT_OF_RANGE)),
        (OrderTerms(trial_until=days(29)), None),
        (OrderTerms(trial_until=days(30)), ("trialUntil", FieldCode.NOT_ALLOWED)),
        (OrderTerms(trial_until=days(9), billing_starts_on=days(10)), None),
        (OrderTerms(trial_until=days(9), billing_starts_on=days(11)), ("billingStartsOn", FieldCode.NOT_APPLICABLE)),
        (OrderTerms(is_billing_postponed=True), None),
        (OrderTerms(is_billing_postponed=True, trial_until=days(9)), ("postponedBilling", FieldCode.NOT_ALLOWED)),
        (OrderTerms(is_billing_postponed=True, billing_starts_on=days(9)), ("postponedBilling", FieldCode.NOT_ALLOWED)),
        (OrderTerms(expires_on=date(2026, 5, 30)), ("expiresOn", FieldCode.OUT_OF_RANGE)),
        (OrderTerms(expires_on=date(2026, 5, 31)), None),
        (OrderTerms(expires_on=date(2026, 6, 14), billing_starts_on=days(15)), ("expiresOn", FieldCode.OUT_OF_RANGE)),
        (OrderTerms(expires_on=date(2026, 6, 15), billing_starts_on=days(15)), None),
        (OrderTerms(expires_on=date(2026, 6, 29), is_billing_postponed=True), ("expiresOn", FieldCode.OUT_OF_RANGE)),
        (OrderTerms(expires_on=date(2026, 6, 30), is_billing_postponed=True), None),
    ],
)
def test_o2_the_dates_of_an_order_lie_within_bounds(terms: OrderTerms, refused: tuple[str, FieldCode] | None) -> None:
    """From today on; a trial as long as the plan's; a start within 30 days; an end after a whole first cycle."""
    assert faults(terms) == ([refused] if refused else [])


def test_o2_a_date_beyond_all_plans_is_refused() -> None:
    """The last day of the calendar has no next one, and is refused before it is looked for."""
    everything = OrderTerms(billing_starts_on=date.max, trial_until=date.max, expires_on=date.max)
    assert faults(everything) == [
        (path, FieldCode.OUT_OF_RANGE) for path in ("billingStartsOn", "trialUntil", "expiresOn")
    ]


@pytest.mark.parametrize(
    "takes_long", [{"product_type": ProductType.HARDWARE}, {"kind": PlanKind.NUMBER}, {"provisioner": "voice"}]
)
def test_o11_what_is_shipped_or_ported_may_be_billed_much_later(takes_long: dict[str, Any]) -> None:
    """ORION: a start ahead leaves time to port numbers, turn up circuits and order hardware; it needs no trial."""
    slow = PLAN | takes_long | {"trial_days": 0}
    assert faults(OrderTerms(billing_starts_on=days(365)), slow, PLAN) == []
    assert faults(OrderTerms(billing_starts_on=days(366)), slow) == [("billingStartsOn", FieldCode.OUT_OF_RANGE)]


def test_o11_days_before_billing_are_given_by_a_seller() -> None:
    """A customer takes what its plans offer, trials and postponed billing; other free days it cannot give itself."""
    assert faults(OrderTerms(billing_starts_on=days(1)), selling=BY_CUSTOMER) == [
        ("billingStartsOn", FieldCode.NOT_ALLOWED)
    ]
    assert faults(OrderTerms(billing_starts_on=TODAY), selling=BY_CUSTOMER) == []
    assert faults(OrderTerms(trial_until=days(9), billing_starts_on=days(10)), selling=BY_CUSTOMER) == []
    assert faults(OrderTerms(is_billing_postponed=True), selling=BY_CUSTOMER) == []


def test_o6_every_plan_of_an_order_must_offer_what_is_asked_for() -> None:
    """B3-O, CS: one plan without the trial or the free month is named, however often it is ordered."""
    bare = PLAN | {"id": UUID(int=2), "name": "Bare", "trial_days": 0, "postponed_billing_months": 0}
    [trial] = check_terms(OrderTerms(trial_until=days(3)), [PLAN, bare, bare], BY_SELLER)
    assert trial.message == "Bare has no days of trial, not 4"
    [postponed] = check_terms(OrderTerms(is_billing_postponed=True), [PLAN, bare, bare], BY_SELLER)
    assert postponed.message == "Bare is not sold with postponed billing"


def test_o2_what_is_paid_once_has_no_terms() -> None:
    """A one-time sale neither waits to be billed nor ends."""
    terms = OrderTerms(TODAY, TODAY, is_billing_postponed=True, expires_on=days(99))
    assert faults(terms, selling=ONCE) == [
        (path, FieldCode.NOT_ALLOWED) for path in ("billingStartsOn", "trialUntil", "postponedBilling", "expiresOn")
    ]


@given(st.integers(-40, 40), st.integers(0, 40), st.booleans())
def test_o11_nothing_is_charged_before_it_is_provisioned(passed: int, ahead: int, is_trial: bool) -> None:
    """Billing begins on the day asked for, or when the line is provisioned if that is later."""
    asked = days(ahead)
    terms = OrderTerms(trial_until=asked - timedelta(days=1)) if is_trial else OrderTerms(billing_starts_on=asked)
    start = billing_start(terms, days(passed), 0)
    assert start == max(asked, days(passed))
    assert bills_later(terms, days(passed)) is (start > days(passed))
    state = first_state(days(passed), terms.trial_ends_on)
    assert (state is SubscriptionState.TRIALING) is (is_trial and passed < ahead)


def test_o7_the_free_month_begins_when_it_is_provisioned() -> None:
    """CS: one month for free, on the calendar: from January 31 to the last day of February."""
    terms = OrderTerms(is_billing_postponed=True)
    assert billing_start(terms, date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert bills_later(terms, TODAY)
