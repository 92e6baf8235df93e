"""The states of an order and of its lines."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from domain.shared.states import StateMachine


class OrderState(StrEnum):
    """Where an order stands."""

    DRAFT = "DRAFT"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    PROVISIONING = "PROVISIONING"
    INQUIRING = "INQUIRING"
    COMPLETED = "COMPLETED"
    PARTIALLY_COMPLETED = "PARTIALLY_COMPLETED"
    FAILED = "FAILED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"


S = OrderState
ORDER: Final = StateMachine(
    subject="order",
    initial=S.DRAFT,
    moves={
        S.DRAFT: frozenset({S.PENDING_APPROVAL, S.APPROVED, S.CANCELLED}),
        S.PENDING_APPROVAL: frozenset({S.APPROVED, S.REJECTED, S.DRAFT, S.CANCELLED}),
        S.APPROVED: frozenset({S.PROVISIONING, S.CANCELLED}),
        S.PROVISIONING: frozenset({S.INQUIRING, S.COMPLETED, S.PARTIALLY_COMPLETED, S.FAILED, S.CANCELLING}),
        S.INQUIRING: frozenset({S.PROVISIONING, S.COMPLETED, S.PARTIALLY_COMPLETED, S.FAILED, S.CANCELLING}),
        S.FAILED: frozenset({S.PROVISIONING}),
        S.PARTIALLY_COMPLETED: frozenset({S.PROVISIONING}),
        S.CANCELLING: frozenset({S.CANCELLED, S.COMPLETED, S.PARTIALLY_COMPLETED}),
        S.REJECTED: frozenset(),
        S.COMPLETED: frozenset(),
        S.CANCELLED: frozenset(),
    },
)


SUBMITTABLE: Final = frozenset({S.DRAFT})
CANCELLABLE: Final = frozenset({S.DRAFT, S.PENDING_APPROVAL, S.APPROVED})
# Once provisioning has begun, cancelling is another thing: what was made is to be unmade first.
UNDER_WAY: Final = frozenset({S.PROVISIONING, S.INQUIRING})


class LineState(StrEnum):
    """Where one line of an order stands; the order's state follows from its lines'."""

    DRAFT = "DRAFT"
    PROVISIONING = "PROVISIONING"
    INQUIRING = "INQUIRING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"


L = LineState
LINE: Final = StateMachine(
    subject="order line",
    initial=L.DRAFT,
    moves={
        L.DRAFT: frozenset({L.PROVISIONING, L.CANCELLED}),
        L.PROVISIONING: frozenset({L.INQUIRING, L.COMPLETED, L.FAILED, L.CANCELLING}),
        L.INQUIRING: frozenset({L.PROVISIONING, L.COMPLETED, L.FAILED, L.CANCELLING}),
        L.FAILED: frozenset({L.PROVISIONING}),
        L.COMPLETED: frozenset({L.CANCELLING}),
        L.CANCELLING: frozenset({L.CANCELLED, L.COMPLETED, L.FAILED}),
        L.CANCELLED: frozenset(),
    },
)


def order_state_from(lines: Collection[LineState]) -> OrderState:
    """The state of an order in provisioning, decided by the states of its lines (at least one)."""
    states = set(lines)
    if L.INQUIRING in states:
        return S.INQUIRING
    if L.PROVISIONING in states or L.DRAFT in states:
        return S.PROVISIONING
    if L.COMPLETED not in states:
        return S.FAILED
    return S.COMPLETED if states == {L.COMPLETED} else S.PARTIALLY_COMPLETED


def cancelled_state_from(lines: Collection[LineState]) -> OrderState:
    """As `order_state_from` for an order that is being cancelled: COMPLETED is what it was too late for."""
    states = set(lines)
    if states & {L.CANCELLING, L.PROVISIONING, L.INQUIRING}:
        return S.CANCELLING
    if L.COMPLETED not in states:
        return S.CANCELLED
    return S.COMPLETED if states == {L.COMPLETED} else S.PARTIALLY_COMPLETED
