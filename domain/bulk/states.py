"""The states a bulk operation passes."""

from enum import StrEnum
from typing import Final

from domain.shared.states import StateMachine


class BulkState(StrEnum):
    """Where a bulk operation stands."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


S = BulkState
BULK: Final = StateMachine(
    subject="bulk operation",
    initial=S.QUEUED,
    moves={
        S.QUEUED: frozenset({S.RUNNING, S.COMPLETED, S.FAILED, S.CANCELLED}),
        S.RUNNING: frozenset({S.COMPLETED, S.FAILED, S.CANCELLED}),
        S.COMPLETED: frozenset(),
        S.FAILED: frozenset(),
        S.CANCELLED: frozenset(),
    },
)
