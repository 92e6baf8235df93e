"""What every connector takes and answers: the values, the closed set of outcomes and the Protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias

from domain.provisioning.states import Action


@dataclass(frozen=True, slots=True)
class InstanceRequest:
    """One operation asked of a provisioner; sending the same one again never makes a second instance.

    `instance_id` and `operation_id` are our TypeIDs. `generation` counts the operations of the instance, so that a late
    one can't undo a newer one. `deadline` is time-zone aware; after it the provisioner refuses the request.
    `components` are what is in each one of a bundle.
    """

    instance_id: str
    operation_id: str
    action: Action
    product: str
    plan: str
    quantity: int
    parameters: Mapping[str, object] = field(repr=False)
    generation: int
    callback_url: str = field(repr=False)
    deadline: datetime
    add_ons: Sequence[Mapping[str, object]] = ()
    components: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provisioner works on it; `operation` is the id to poll by."""

    operation: str
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class InProgress:
    """Not done yet; `progress` is in percent, where the provisioner tells it."""

    progress: int | None = None
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A part of it is done: the same operation is to be applied again for what comes next. Only `poll` answers it."""


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Done, or, from `find`, the instance exists.

    `outputs` may be shown; `secrets` (user name, password, links) are to be encrypted at rest and stay out of logs.
    `generation` is the one that the instance has reached, where the answer tells it.
    """

    external_id: str
    outputs: Mapping[str, object] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    generation: int | None = None


@dataclass(frozen=True, slots=True)
class ParameterError:
    """One parameter the provisioner refused: `path` is dotted from `parameters`."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class NeedsInput:
    """The operation waits for data; `schema` (JSON Schema 2020-12 of an object, without remote references) says which.

    It is resumed by applying the same operation again with the answers among its parameters.
    """

    schema: Mapping[str, object]
    field_errors: Sequence[ParameterError] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """The provisioner said no for good, or, if `retryable`, until the same operation is applied again.

    `instance_usable`: the instance lives and works as before, so it must not be cleaned up.
    """

    code: str
    message: str
    retryable: bool
    instance_usable: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """The provisioner knows no such instance or operation."""


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The request may have been acted on: ask `find` before anything is asked again."""

    reason: str
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """It is certain that nothing was done; ask again later."""

    reason: str
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """The provisioner cannot be asked what it has done: only a person can find out."""


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """A person at the desk is to do it: the operation waits for a ticket, and ends as that does."""


Outcome: TypeAlias = (
    Accepted
    | InProgress
    | Succeeded
    | NeedsInput
    | NeedsPerson
    | Failed
    | Missing
    | OutcomeUnknown
    | Unanswerable
    | Unavailable
    | Unfinished
)


@dataclass(frozen=True, slots=True)
class UsageReading:
    """The number of users an instance had at a time (time-zone aware)."""

    at: datetime
    users: int


class ProvisionerUnavailable(Exception):
    """A reading could not be had now; nothing was changed. Only `usage` raises it: operations answer outcomes."""

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds


class InstanceGone(ProvisionerUnavailable):
    """The provisioner has no such instance any more, so that it has no readings of it either."""


class Provisioner(Protocol):
    """A connector: a small adapter between our operations and one system (see docs/provisioner.openapi.yaml).

    Outcomes are answered, never raised. `poll`, `find` and `usage` only read: a read that fails is `Unavailable`, and
    `Unanswerable` if the system has no such read at all.
    """

    @property
    def key(self) -> str:
        """The name under which the registry knows it."""
        ...

    async def apply(self, request: InstanceRequest) -> Outcome:
        """Ask for the operation; a DELETE goes the way of `delete`. Safe to repeat with the same operation id."""
        ...

    async def poll(self, instance_id: str, operation_id: str) -> Outcome:
        """Where an operation stands; `operation_id` is ours or what `Accepted` named. Missing if it was lost."""
        ...

    async def find(self, instance_id: str) -> Outcome:
        """Whether the instance exists: Succeeded, InProgress, Failed or Missing."""
        ...

    async def delete(self, instance_id: str, operation_id: str) -> Outcome:
        """Remove the instance; one that is already gone is a success."""
        ...

    async def usage(self, instance_id: str, since: datetime) -> list[UsageReading]:
        """User counts from `since` on, oldest first. Raises ProvisionerUnavailable, InstanceGone for one it lacks."""
        ...
