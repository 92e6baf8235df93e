"""The states of a subscription."""

from enum import StrEnum
from typing import Final

from domain.shared.states import StateMachine


class SubscriptionState(StrEnum):
    """Where a subscription stands."""

    PENDING = "PENDING"
    TRIALING = "TRIALING"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    TERMINATING = "TERMINATING"
    TERMINATED = "TERMINATED"
    FAILED = "FAILED"


S = SubscriptionState
SUBSCRIPTION: Final = StateMachine(
    subject="subscription",
    initial=S.PENDING,
    moves={
        S.PENDING: frozenset({S.TRIALING, S.ACTIVE, S.FAILED, S.TERMINATED}),
        S.FAILED: frozenset({S.PENDING}),
        S.TRIALING: frozenset({S.ACTIVE, S.EXPIRED, S.TERMINATING}),
        S.ACTIVE: frozenset({S.SUSPENDED, S.EXPIRED, S.TERMINATING}),
        S.SUSPENDED: frozenset({S.ACTIVE, S.EXPIRED, S.TERMINATING}),
        S.EXPIRED: frozenset({S.ACTIVE}),
        S.TERMINATING: frozenset({S.TERMINATED}),
        S.TERMINATED: frozenset(),
    },
)
