"""What tickets are about, and where they stand."""

from enum import StrEnum
from typing import Final

from domain.shared.states import StateMachine


class TicketKind(StrEnum):
    """Why a person is needed."""

    MANUAL_FULFILMENT = "MANUAL_FULFILMENT"
    BACKORDER = "BACKORDER"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    ORPHAN = "ORPHAN"


class TicketState(StrEnum):
    """Where a ticket stands."""

    OPEN = "OPEN"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


S = TicketState
TICKET: Final = StateMachine(
    subject="ticket",
    initial=S.OPEN,
    moves={S.OPEN: frozenset({S.COMPLETED, S.FAILED}), S.COMPLETED: frozenset(), S.FAILED: frozenset()},
)
