"""What holds within the running term of a subscription: by which policies, for how long still, and whether it pays."""

from domain.billing.policies import CURRENT, Policies, pinned
from domain.catalog.models import Charging
from domain.shared.calendar import Term
from domain.subscriptions.changes import Rest
from domain.subscriptions.rules import period_months
from domain.subscriptions.turns import Turn


def policies_of(turn: Turn) -> Policies:
    """Those that it was bought under."""
    return pinned(turn.row["policies"]) if turn.row["policies"] else CURRENT


def pays(turn: Turn) -> bool:
    """What is on trial, not billed yet, or charged by its use afterwards pays nothing for a change."""
    return turn.row["billed_until"] is not None and turn.charging is Charging.PREPAID


def rest_of(turn: Turn) -> Rest:
    """What is left of its term today."""
    term = Term(turn.row["term_start"], turn.row["term_end"])
    return Rest(term, turn.today, turn.row["currency"], period_months(turn.billing.sales_model))
