"""The states of a telephone number."""

from enum import StrEnum
from typing import Final

from domain.shared.states import StateMachine


class NumberState(StrEnum):
    """Where a number stands."""

    AVAILABLE = "AVAILABLE"
    RESERVED = "RESERVED"
    ASSIGNED = "ASSIGNED"
    QUARANTINED = "QUARANTINED"
    PORTING_IN = "PORTING_IN"
    PORTING_OUT = "PORTING_OUT"
    PORTED_OUT = "PORTED_OUT"


S = NumberState
# A number that is with another carrier may come back, as one that was never here may come.
NUMBER: Final = StateMachine(
    subject="number",
    initial=S.AVAILABLE,
    moves={
        S.AVAILABLE: frozenset({S.RESERVED, S.PORTING_OUT}),
        S.RESERVED: frozenset({S.ASSIGNED, S.AVAILABLE}),
        S.ASSIGNED: frozenset({S.QUARANTINED, S.PORTING_OUT}),
        S.QUARANTINED: frozenset({S.AVAILABLE}),
        S.PORTING_OUT: frozenset({S.PORTED_OUT, S.ASSIGNED, S.AVAILABLE}),
        S.PORTED_OUT: frozenset({S.PORTING_IN}),
        S.PORTING_IN: frozenset({S.ASSIGNED, S.PORTED_OUT}),
    },
)


class BackorderState(StrEnum):
    """Where a backorder stands."""

    PENDING = "PENDING"
    OPEN = "OPEN"
    FULFILLED = "FULFILLED"
    CANCELLED = "CANCELLED"


B = BackorderState
BACKORDER: Final = StateMachine(
    subject="backorder",
    initial=B.PENDING,
    moves={
        B.PENDING: frozenset({B.OPEN, B.CANCELLED}),
        B.OPEN: frozenset({B.FULFILLED, B.CANCELLED}),
        B.FULFILLED: frozenset(),
        B.CANCELLED: frozenset(),
    },
)

# What a number is in for a time only: once `free_from` has passed it is available, whatever its row still says.
HELD_FOR_A_TIME: Final = frozenset({S.RESERVED, S.QUARANTINED})
