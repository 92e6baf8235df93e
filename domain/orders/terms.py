"""When billing begins and ends: trials, a postponed first month, a start in the future; pure decisions on local dates.

All dates are the buyer's own. Sources: B3-O (billing date, expiry date, trial), CS (postponed billing), ORION (billing
start date).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from domain.catalog.models import PlanKind, ProductType, SalesModel
from domain.orders.models import Order
from domain.shared.calendar import MONTHS_PER_YEAR, add_months
from domain.shared.errors import FieldCode, FieldError
from domain.subscriptions.rules import first_term

MAX_DAYS_AHEAD: Final = 30  # B3-O: to configure what was bought before it is used
MAX_LONG_DAYS_AHEAD: Final = 365  # ORION: to port numbers, turn up circuits, order hardware
MAX_YEARS_AHEAD: Final = 100
TRIAL_USED: Final = ("TRIAL_ALREADY_USED", "user already had trial")  # code and reason of the order that fails of it
VOICE: Final = "voice"  # the connector of what numbers are ported to
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What an order asks for; `trial_until` and `expires_on` are last days, both included."""

    billing_starts_on: date | None = None
    trial_until: date | None = None
    is_billing_postponed: bool = False
    expires_on: date | None = None
    is_granted: bool = False  # by a seller that wrote the billing start into a draft, whoever goes on with it

    @property
    def trial_ends_on(self) -> date | None:
        """The first day after the trial."""
        return self.trial_until and self.trial_until + _DAY

    @property
    def asked_start(self) -> date | None:
        """The day from which the buyer wants to pay, where it named one, or a trial that goes before it."""
        return self.billing_starts_on or self.trial_ends_on

    def last_asked(self, day: date) -> date:
        """The last day that an order of this day names."""
        asked = (self.billing_starts_on, self.trial_until, self.expires_on)
        return max([day, *filter(None, asked)])


AT_ONCE: Final = OrderTerms()


def terms_of(order: Order) -> OrderTerms:
    """The terms of a loaded order."""
    return OrderTerms(
        order.billing_starts_on, order.trial_until, order.is_billing_postponed, order.expires_on, is_granted=True
    )


def columns_of(terms: OrderTerms) -> dict[str, date | bool | None]:
    """The terms as columns of `orders`."""
    return {
        "billing_starts_on": terms.billing_starts_on,
        "trial_until": terms.trial_until,
        "is_billing_postponed": terms.is_billing_postponed,
        "expires_on": terms.expires_on,
    }


@dataclass(frozen=True, slots=True)
class Selling:
    """What decides whether an order may have its terms: how it is sold, when, and by whom it is written."""

    sales_model: SalesModel
    cycle_multiplier: int
    day: date
    is_by_seller: bool


def billing_start(terms: OrderTerms, day: date, postponed_months: int) -> date:
    """The first day that is charged of what is there from `day` on: nothing is billed before it is provisioned."""
    if terms.is_billing_postponed:
        return add_months(day, postponed_months)
    return max(day, terms.asked_start or day)


def bills_later(terms: OrderTerms, day: date) -> bool:
    """Whether nothing falls due at once: then nothing is held against the account of the buyer either."""
    return terms.is_billing_postponed or (terms.asked_start or day) > day


def check_terms(terms: OrderTerms, plans: Sequence[Mapping[str, Any]], selling: Selling) -> list[FieldError]:
    """Everything that an order of these plans may not ask for."""
    if terms == AT_ONCE:
        return []
    given = _given(terms)
    if selling.sales_model is SalesModel.ONE_TIME:
        message = "is for what is sold monthly or yearly"
        return [FieldError(path, FieldCode.NOT_ALLOWED, message) for path in given]
    latest = add_months(selling.day, MONTHS_PER_YEAR * MAX_YEARS_AHEAD)
    if far := [path for path, asked in given.items() if isinstance(asked, date) and asked > latest]:
        return [FieldError(path, FieldCode.OUT_OF_RANGE, f"must not be after {latest}") for path in far]
    problems = [*_check_trial(terms, plans, selling.day), *_check_postponed(terms, plans)]
    problems += _check_start(terms, plans, selling)
    return problems or list(_check_expiry(terms, plans, selling))


def _given(terms: OrderTerms) -> dict[str, date | bool]:
    asked = {
        "billingStartsOn": terms.billing_starts_on,
        "trialUntil": terms.trial_until,
        "postponedBilling": terms.is_billing_postponed,
        "expiresOn": terms.expires_on,
    }
    return {path: value for path, value in asked.items() if value}


def _check_trial(terms: OrderTerms, plans: Sequence[Mapping[str, Any]], day: date) -> Iterator[FieldError]:
    """A trial lasts as long as each of the plans allows, from today on."""
    path = "trialUntil"
    if terms.trial_until is None:
        return
    if terms.trial_until < day:
        yield FieldError(path, FieldCode.OUT_OF_RANGE, f"must not be before today, {day}")
    asked = (terms.trial_until - day).days + 1
    for plan in _each_once(plans):
        if plan["trial_days"] < asked:
            message = f"{plan['name']} has {plan['trial_days'] or 'no'} days of trial, not {asked}"
            yield FieldError(path, FieldCode.NOT_ALLOWED, message)


def _check_postponed(terms: OrderTerms, plans: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    """What the plans give for free before the first bill; when billing begins is then not for the order to say."""
    path = "postponedBilling"
    if not terms.is_billing_postponed:
        return
    if terms.asked_start is not None:
        message = "says itself when billing begins: ask for it, for a trial, or for a date"
        yield FieldError(path, FieldCode.NOT_ALLOWED, message)
    for plan in _each_once(plans):
        if not plan["postponed_billing_months"]:
            yield FieldError(path, FieldCode.NOT_ALLOWED, f"{plan['name']} is not sold with postponed billing")


def _check_start(terms: OrderTerms, plans: Sequence[Mapping[str, Any]], selling: Selling) -> Iterator[FieldError]:
    """A start ahead leaves time: for any product a month, given by a seller; after a trial it is the next day."""
    start, path = terms.billing_starts_on, "billingStartsOn"
    if start is None:
        return
    days_ahead = (start - selling.day).days
    if days_ahead < 0:
        yield FieldError(path, FieldCode.OUT_OF_RANGE, f"must not be before today, {selling.day}")
    elif terms.trial_ends_on is not None:
        if start != terms.trial_ends_on:
            message = f"must be the day after the trial, {terms.trial_ends_on}, or be left out"
            yield FieldError(path, FieldCode.NOT_APPLICABLE, message)
    elif days_ahead and not (selling.is_by_seller or terms.is_granted):
        message = "is set by who sells to you; ask for a trial or postponed billing where the plan has it"
        yield FieldError(path, FieldCode.NOT_ALLOWED, message)
    elif days_ahead > (most := MAX_LONG_DAYS_AHEAD if _takes_long(plans) else MAX_DAYS_AHEAD):
        message = f"must be within {most} days"
        yield FieldError(path, FieldCode.OUT_OF_RANGE, message)


def _takes_long(plans: Sequence[Mapping[str, Any]]) -> bool:
    """Whether something is shipped or ported; of a draft without lines it is not known yet."""
    return not plans or any(
        plan["product_type"] == ProductType.HARDWARE or plan["kind"] == PlanKind.NUMBER or plan["provisioner"] == VOICE
        for plan in plans
    )


def _check_expiry(terms: OrderTerms, plans: Sequence[Mapping[str, Any]], selling: Selling) -> Iterator[FieldError]:
    """The first billing cycle is always a whole one."""
    if terms.expires_on is None:
        return
    postponed_months = max((plan["postponed_billing_months"] for plan in plans), default=0)
    start = billing_start(terms, selling.day, postponed_months)
    term = first_term(start, selling.sales_model, selling.cycle_multiplier)
    if term is not None and terms.expires_on < term.last_day:
        message = f"must not be before {term.last_day}, the end of the first billing cycle"
        yield FieldError("expiresOn", FieldCode.OUT_OF_RANGE, message)


def _each_once(plans: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list({plan["id"]: plan for plan in plans}.values())
