"""What an operation at a provisioner can be asked, and the states it passes."""

from enum import StrEnum
from typing import Final

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
        I.PENDING: frozenset({I.ACTIVE, I.FAILED}),
        I.ACTIVE: frozenset({I.SUSPENDED, I.DELETED}),
        I.SUSPENDED: frozenset({I.ACTIVE, I.DELETED}),
        I.FAILED: frozenset({I.PENDING}),
        I.DELETED: frozenset(),
    },
)
