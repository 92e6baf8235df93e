"""How long a term runs, how it may be billed and who may be assigned: pure decisions."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from domain.billing.charges import ONCE
from domain.catalog.models import SalesModel
from domain.shared.calendar import MONTHS_PER_YEAR, Term, add_months
from domain.shared.errors import FieldCode, FieldError
from domain.subscriptions.states import SubscriptionState

MAX_MULTIPLIER: Final = 60
MAX_ASSIGNEES: Final = 100  # of one subscription
_MONTHS: Final = {SalesModel.MONTHLY: 1, SalesModel.YEARLY: MONTHS_PER_YEAR}


@dataclass(frozen=True, slots=True)
class Billing:
    """How often it is billed: billing cycle = sales model x multiplier."""

    sales_model: SalesModel
    cycle_multiplier: int


def first_term(start: date, sales_model: SalesModel, cycle_multiplier: int) -> Term | None:
    """The first billing cycle from `start` on; a one-time purchase has no term."""
    if sales_model not in _MONTHS:
        return None
    return Term(start, add_months(start, _MONTHS[sales_model] * cycle_multiplier))


def months_of(billing: Billing) -> int:
    """How many months a billing cycle has; ValueError for what is bought once."""
    months = period_months(billing.sales_model) * billing.cycle_multiplier
    if not months:
        raise ValueError("what is bought once has no cycle")
    return months


def period_months(sales_model: SalesModel) -> int:
    """How many months the price of a sales model is for; 0 for what is paid once."""
    return _MONTHS.get(sales_model, ONCE)


def check_billing(wanted: Billing, current: Billing, sales_models: Collection[str]) -> list[FieldError]:
    """Everything wrong with another way of billing; `sales_models` are those of the plan."""
    problems = list(check_multiplier(wanted.cycle_multiplier))
    if wanted.sales_model not in _MONTHS:
        message = "has no renewals: only MONTHLY and YEARLY do"
        problems.append(FieldError("salesModel", FieldCode.NOT_ALLOWED, message))
    elif wanted.sales_model not in sales_models:
        message = f"the plan is sold {', '.join(sales_models)} only"
        problems.append(FieldError("salesModel", FieldCode.NOT_ALLOWED, message))
    if wanted == current:
        message = "it is billed so already; withdraw what is pending to keep it"
        problems.append(FieldError("salesModel", FieldCode.NOT_ALLOWED, message))
    return problems


def check_multiplier(cycle_multiplier: int) -> Iterator[FieldError]:
    """A billing cycle has 1 to 60 periods of its sales model."""
    if not 1 <= cycle_multiplier <= MAX_MULTIPLIER:
        message = f"must be between 1 and {MAX_MULTIPLIER}"
        yield FieldError("cycleMultiplier", FieldCode.OUT_OF_RANGE, message)


def check_assignees(wanted: Sequence[UUID], members: Collection[UUID], assigned: Sequence[UUID]) -> list[FieldError]:
    """Everything wrong with whom to assign; `members` are those of `wanted` that are the customer's."""
    if not wanted:
        return [FieldError("memberIds", FieldCode.REQUIRED, "name at least one member")]
    if len({*wanted, *assigned}) > MAX_ASSIGNEES:
        message = f"a subscription has at most {MAX_ASSIGNEES} assignees, {len(assigned)} are assigned"
        return [FieldError("memberIds", FieldCode.TOO_LONG, message)]
    message = "is no member of the customer that has this subscription"
    return [
        FieldError(f"memberIds.{place}", FieldCode.NOT_FOUND, message)
        for place, member_id in enumerate(wanted)
        if member_id not in members
    ]


def first_state(day: date, trial_ends_on: date | None) -> SubscriptionState:
    """What becomes active on a local date of the customer: a trial runs until the day before `trial_ends_on`."""
    is_on_trial = trial_ends_on is not None and day < trial_ends_on
    return SubscriptionState.TRIALING if is_on_trial else SubscriptionState.ACTIVE
