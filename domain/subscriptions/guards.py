"""What may be done to a subscription as it stands: one table, by which actions are refused and offered alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from domain.shared.errors import Conflict, ErrorCode
from domain.subscriptions.states import SUBSCRIPTION, SubscriptionState


class SubscriptionAction(StrEnum):
    """What can be done to a subscription."""

    ASSIGN_MEMBERS = "ASSIGN_MEMBERS"
    LINK_CONTRACT = "LINK_CONTRACT"
    SET_AUTO_RENEWAL = "SET_AUTO_RENEWAL"
    SCHEDULE_BILLING_CHANGE = "SCHEDULE_BILLING_CHANGE"
    WITHDRAW_PENDING_CHANGE = "WITHDRAW_PENDING_CHANGE"
    EXTEND = "EXTEND"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    TRANSFER = "TRANSFER"
    TERMINATE = "TERMINATE"
    CHANGE_NUMBERS = "CHANGE_NUMBERS"
    CHANGE_PLAN = "CHANGE_PLAN"
    CHANGE_QUANTITY = "CHANGE_QUANTITY"
    CHANGE_ADDONS = "CHANGE_ADDONS"


class Obstacle(StrEnum):
    """Why an action is refused."""

    PROTECTED = "PROTECTED"
    WRONG_STATE = "WRONG_STATE"
    NO_TERM = "NO_TERM"
    NOTHING_PENDING = "NOTHING_PENDING"
    UNPAID = "UNPAID"
    NOT_BILLED_YET = "NOT_BILLED_YET"
    NOT_KEPT = "NOT_KEPT"
    CHANGING = "CHANGING"


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides what may be done to a subscription."""

    state: SubscriptionState
    is_protected: bool
    has_term: bool
    has_pending_change: bool
    is_unpaid: bool
    is_billed: bool
    is_kept: bool
    is_changing: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is not possible: for programs, and for people."""

    obstacle: Obstacle
    reason: str


Guard = Callable[[Standing], Refusal | None]


def standing_of(row: Mapping[str, Any]) -> Standing:
    """How a row of `subscriptions` stands."""
    return Standing(
        state=SubscriptionState(row["state"]),
        is_protected=row["is_protected"],
        has_term=row["term_end"] is not None,
        has_pending_change=row["pending_sales_model"] is not None,
        is_unpaid=row["unpaid_since"] is not None,
        is_billed=row["billed_until"] is not None,
        is_kept=row["kept_until"] is not None,
        is_changing=row["change"] is not None,
    )


def _unprotected(standing: Standing) -> Refusal | None:
    """What belongs to an account is changed, ended and transferred by nobody (ORION, "Orion Set Up")."""
    reason = "this subscription belongs to an account of the customer: it cannot be changed, ended or transferred"
    return Refusal(Obstacle.PROTECTED, reason) if standing.is_protected else None


def _in(*states: SubscriptionState) -> Guard:
    def guard(standing: Standing) -> Refusal | None:
        if standing.state in states:
            return None
        reason = f"this subscription is {standing.state}; this is for one that is {' or '.join(states)}"
        return Refusal(Obstacle.WRONG_STATE, reason)

    return guard


def _has_term(standing: Standing) -> Refusal | None:
    reason = "this subscription was bought once and has no term: it neither renews nor expires"
    return None if standing.has_term else Refusal(Obstacle.NO_TERM, reason)


def _has_pending_change(standing: Standing) -> Refusal | None:
    reason = "no change waits for the next renewal"
    return None if standing.has_pending_change else Refusal(Obstacle.NOTHING_PENDING, reason)


def _paid(standing: Standing) -> Refusal | None:
    reason = "its term could not be paid for: it goes on by itself as soon as there is credit for it"
    return Refusal(Obstacle.UNPAID, reason) if standing.is_unpaid else None


def _billed(standing: Standing) -> Refusal | None:
    reason = "its billing has not begun yet"
    return None if standing.is_billed else Refusal(Obstacle.NOT_BILLED_YET, reason)


def _paid_or_expired(standing: Standing) -> Refusal | None:
    return None if standing.state is SubscriptionState.EXPIRED else _paid(standing)


def _kept(standing: Standing) -> Refusal | None:
    """What has expired comes back while its instance is kept."""
    reason = "it has expired too long ago to come back: order it anew"
    is_gone = standing.state is SubscriptionState.EXPIRED and not standing.is_kept
    return Refusal(Obstacle.NOT_KEPT, reason) if is_gone else None


def _unchanging(standing: Standing) -> Refusal | None:
    reason = "its provisioner is changing it: wait for the end of that"
    return Refusal(Obstacle.CHANGING, reason) if standing.is_changing else None


S = SubscriptionState
_LIVE: Final = _in(S.TRIALING, S.ACTIVE, S.SUSPENDED)
_CHANGE: Final = (_unprotected, _in(S.TRIALING, S.ACTIVE), _has_term, _paid, _unchanging)

# Checked in this order: the first that objects is what is said.
GUARDS: Final[Mapping[SubscriptionAction, Sequence[Guard]]] = {
    SubscriptionAction.ASSIGN_MEMBERS: (_unprotected, _LIVE),
    SubscriptionAction.LINK_CONTRACT: (_unprotected, _LIVE),
    SubscriptionAction.CHANGE_NUMBERS: (_unprotected, _in(S.TRIALING, S.ACTIVE), _unchanging),
    SubscriptionAction.CHANGE_PLAN: _CHANGE,
    SubscriptionAction.CHANGE_QUANTITY: _CHANGE,
    SubscriptionAction.CHANGE_ADDONS: _CHANGE,
    SubscriptionAction.SET_AUTO_RENEWAL: (_unprotected, _LIVE, _has_term),
    SubscriptionAction.SCHEDULE_BILLING_CHANGE: (_unprotected, _LIVE, _has_term),
    SubscriptionAction.WITHDRAW_PENDING_CHANGE: (_unprotected, _LIVE, _has_pending_change),
    SubscriptionAction.EXTEND: (_unprotected, _in(S.ACTIVE, S.SUSPENDED), _has_term, _billed, _paid, _unchanging),
    SubscriptionAction.SUSPEND: (_unprotected, _in(S.ACTIVE), _unchanging),
    SubscriptionAction.RESUME: (_unprotected, _in(S.SUSPENDED, S.EXPIRED), _kept, _paid_or_expired, _unchanging),
    SubscriptionAction.TRANSFER: (_unprotected, _in(S.ACTIVE, S.SUSPENDED), _paid, _unchanging),
    SubscriptionAction.TERMINATE: (_unprotected, _LIVE),
}


_CODES: Final[Mapping[Obstacle, ErrorCode]] = {
    Obstacle.PROTECTED: ErrorCode.PROTECTED,
    Obstacle.CHANGING: ErrorCode.OPERATION_IN_PROGRESS,
}


def refusal_of(action: SubscriptionAction, standing: Standing) -> Refusal | None:
    """Why an action is not possible now; None when it is."""
    return next((refusal for guard in GUARDS[action] if (refusal := guard(standing))), None)


def require(action: SubscriptionAction, standing: Standing) -> None:
    """Raise Conflict where `refusal_of` answers one, with the states that the subscription could go to."""
    refusal = refusal_of(action, standing)
    if refusal is None:
        return
    code = _CODES.get(refusal.obstacle, ErrorCode.CONFLICT)
    allowed = sorted(SUBSCRIPTION.moves[standing.state]) if refusal.obstacle is Obstacle.WRONG_STATE else ()
    raise Conflict(refusal.reason, code, current=standing.state, allowed=allowed)
