"""The states of an organization."""

from enum import StrEnum
from typing import Final

from domain.shared.states import StateMachine


class OrganizationState(StrEnum):
    """Whether an organization may act, and be sold to."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"


S = OrganizationState
ORGANIZATION: Final = StateMachine(
    subject="organization",
    initial=S.ACTIVE,
    moves={
        S.ACTIVE: frozenset({S.SUSPENDED, S.CLOSED}),
        S.SUSPENDED: frozenset({S.ACTIVE, S.CLOSED}),
        S.CLOSED: frozenset(),
    },
)
