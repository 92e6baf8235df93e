"""How port orders move, and toll-free orders and RespOrg changes with them (domain.md, Numbers)."""

from enum import StrEnum
from typing import Final

from domain.shared.states import StateMachine


class PortState(StrEnum):
    """Where it stands."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    EXCEPTION = "EXCEPTION"
    FOC_CONFIRMED = "FOC_CONFIRMED"
    PORTED = "PORTED"
    CANCELLED = "CANCELLED"


S = PortState
PORT: Final = StateMachine(
    subject="port",
    initial=S.DRAFT,
    moves={
        S.DRAFT: frozenset({S.SUBMITTED, S.CANCELLED}),
        S.SUBMITTED: frozenset({S.EXCEPTION, S.FOC_CONFIRMED, S.CANCELLED}),
        S.EXCEPTION: frozenset({S.SUBMITTED, S.CANCELLED}),
        # The day may come and the losing carrier refuse.
        S.FOC_CONFIRMED: frozenset({S.EXCEPTION, S.PORTED, S.CANCELLED}),
        S.PORTED: frozenset(),
        S.CANCELLED: frozenset(),
    },
)
# What its customer may still correct.
OPEN: Final = frozenset({S.DRAFT, S.EXCEPTION})
