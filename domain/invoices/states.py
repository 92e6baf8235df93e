"""The states of an invoice."""

from enum import StrEnum
from typing import Final

from domain.shared.states import StateMachine


class InvoiceState(StrEnum):
    """Where an invoice stands."""

    DRAFT = "DRAFT"
    ISSUED = "ISSUED"
    PAID = "PAID"
    VOID = "VOID"


S = InvoiceState
INVOICE: Final = StateMachine(
    subject="invoice",
    initial=S.DRAFT,
    moves={
        S.DRAFT: frozenset({S.ISSUED}),
        S.ISSUED: frozenset({S.PAID, S.VOID}),
        S.PAID: frozenset(),
        S.VOID: frozenset(),
    },
)
