"""What an operation at a provisioner can be asked, and the states it passes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.shared.errors import IllegalTransition
from domain.shared.states import StateMachine


class Action(StrEnum):
    """What a provisioner is asked to do with an instance."""

    CREATE = "CREATE"
    CHANGE = "CHANGE"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    DELETE = "DELETE"


class OperationState(StrEnum):
    """Where an operation stands; the provisioner's own GET decides, never a callback."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    NEEDS_INPUT = "NEEDS_INPUT"
    RETRY_WAIT = "RETRY_WAIT"
    UNKNOWN = "UNKNOWN"
    ORPHAN_CLEANUP = "ORPHAN_CLEANUP"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


S = OperationState
OPERATION: Final = StateMachine(
    subject="provisioning operation",
    initial=S.QUEUED,
    moves={
        S.QUEUED: frozenset({S.RUNNING, S.SUCCEEDED, S.NEEDS_INPUT, S.RETRY_WAIT, S.UNKNOWN, S.FAILED}),
        S.RUNNING: frozenset({S.SUCCEEDED, S.NEEDS_INPUT, S.RETRY_WAIT, S.UNKNOWN, S.FAILED, S.ORPHAN_CLEANUP}),
        S.RETRY_WAIT: frozenset({S.RUNNING, S.SUCCEEDED, S.NEEDS_INPUT, S.UNKNOWN, S.FAILED, S.ORPHAN_CLEANUP}),
        S.UNKNOWN: frozenset({S.RUNNING, S.SUCCEEDED, S.NEEDS_INPUT, S.RETRY_WAIT, S.FAILED, S.ORPHAN_CLEANUP}),
        S.NEEDS_INPUT: frozenset({S.RUNNING, S.SUCCEEDED, S.FAILED}),
        S.ORPHAN_CLEANUP: frozenset({S.FAILED}),
        S.SUCCEEDED: frozenset(),
        S.FAILED: frozenset(),
    },
)


class InstanceState(StrEnum):
    """Where the instance itself stands, as last confirmed by its provisioner."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    FAILED = "FAILED"
    DELETED = "DELETED"


I = InstanceState  # noqa: E741 - one letter keeps the table readable
INSTANCE: Final = StateMachine(
    subject="instance",
    initial=I.PENDING,
    moves={
        I.PENDING: frozenset({I.ACTIVE, I.FAILED, I.DELETED}),
        I.ACTIVE: frozenset({I.SUSPENDED, I.DELETED}),
        I.SUSPENDED: frozenset({I.ACTIVE, I.DELETED}),
        I.FAILED: frozenset({I.PENDING}),
        I.DELETED: frozenset(),
    },
)

# From which states of the instance an action can be wished for; CREATE: again, after it has failed.
POSSIBLE: Final[Mapping[Action, frozenset[InstanceState]]] = {
    Action.CREATE: frozenset({I.FAILED}),
    Action.CHANGE: frozenset({I.ACTIVE, I.SUSPENDED}),
    Action.SUSPEND: frozenset({I.ACTIVE}),
    Action.RESUME: frozenset({I.SUSPENDED}),
    Action.DELETE: frozenset({I.PENDING, I.ACTIVE, I.SUSPENDED}),
}


def require_possible(action: Action, current: InstanceState) -> None:
    """Raise IllegalTransition, saying what is possible instead, unless the action fits the instance's state."""
    if current not in POSSIBLE[action]:
        others = sorted(other for other, states in POSSIBLE.items() if current in states)
        raise IllegalTransition("the instance", current, f"the object of {action}", others)
