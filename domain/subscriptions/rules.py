"""How a subscription begins, and how long a term runs."""

from datetime import date
from typing import Final

from domain.billing.charges import ONCE
from domain.catalog.models import SalesModel
from domain.shared.calendar import MONTHS_PER_YEAR, Term, add_months
from domain.shared.errors import Conflict, ErrorCode
from domain.subscriptions.states import SubscriptionState

_MONTHS: Final = {SalesModel.MONTHLY: 1, SalesModel.YEARLY: MONTHS_PER_YEAR}


def first_term(start: date, sales_model: SalesModel, cycle_multiplier: int) -> Term | None:
    """The first billing cycle from `start` on; a one-time purchase has no term."""
    if sales_model not in _MONTHS:
        return None
    return Term(start, add_months(start, _MONTHS[sales_model] * cycle_multiplier))


def period_months(sales_model: SalesModel) -> int:
    """How many months the price of a sales model is for; 0 for what is paid once."""
    return _MONTHS.get(sales_model, ONCE)


def first_state(day: date, trial_ends_on: date | None) -> SubscriptionState:
    """What becomes active on a local date of the customer: a trial runs until the day before `trial_ends_on`."""
    is_on_trial = trial_ends_on is not None and day < trial_ends_on
    return SubscriptionState.TRIALING if is_on_trial else SubscriptionState.ACTIVE


def require_unprotected(is_protected: bool) -> None:  # noqa: FBT001 - the subscription's own mark, not a switch
    """PROTECTED for what belongs to an account: nothing changes, ends or transfers it (ORION, "Orion Set Up")."""
    if is_protected:
        message = "this subscription belongs to an account of the customer: it cannot be changed, ended or transferred"
        raise Conflict(message, ErrorCode.PROTECTED)
