"""What the sandbox remembers: its instances, the operations on them, and the requests as they came."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from integrations.provisioners.sandbox.faults import Fault


class Added(BaseModel):
    """So many of an add-on, or of what is in a bundle."""

    product: Annotated[str, Field(min_length=1)]
    plan: str
    quantity: Annotated[int, Field(ge=1)]


class OperationRequest(BaseModel):
    """The body of a PUT, as the contract has it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    operation_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
    action: Literal["CREATE", "CHANGE", "SUSPEND", "RESUME"]
    product: Annotated[str, Field(min_length=1)]
    plan: str
    quantity: Annotated[int, Field(ge=1)]
    parameters: dict[str, JsonValue]
    generation: Annotated[int, Field(ge=1)]
    callback_url: Annotated[str, Field(pattern=r"^https?://")]
    deadline: AwareDatetime
    add_ons: list[Added] = []
    components: list[Added] = []

    @property
    def fingerprint(self) -> str:
        """What a repetition must have in common with the first request: all but the callback URL and the deadline."""
        same = self.model_dump(mode="json", exclude={"callback_url", "deadline"})
        return hashlib.sha256(orjson.dumps(same, option=orjson.OPT_SORT_KEYS)).hexdigest()


class State(StrEnum):
    """Where an operation stands."""

    IN_PROGRESS = "in_progress"
    NEEDS_INPUT = "needs_input"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class InstanceState(StrEnum):
    """Where an instance stands; a deleted one is remembered and answered 404 or 410."""

    CREATING = "creating"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    FAILED = "failed"
    DELETING = "deleting"
    DELETED = "deleted"


class Reading(BaseModel):
    """The number of users at a time."""

    at: datetime
    users: int


class Report(BaseModel):
    """What those who run the sandbox say of an instance's users: `at` None is now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instance_id: str
    users: Annotated[int, Field(ge=0)]
    at: AwareDatetime | None = None


class Instance(BaseModel):
    """One instance; `creations` counts how often it was made, and is 1 wherever nothing was doubled.

    `steps` are those of a chain that are done.
    """

    instance_id: str
    external_id: str
    product: str
    plan: str
    quantity: int
    parameters: dict[str, JsonValue]
    add_ons: list[Added] = []
    components: list[Added] = []
    state: InstanceState = InstanceState.CREATING
    generation: int = 0
    creations: int = 0
    outputs: dict[str, JsonValue] = {}
    usage: list[Reading] = []
    steps: list[str] = []

    @property
    def exists(self) -> bool:
        """Whether it is there to be changed, also while that is under way."""
        return self.state not in {InstanceState.FAILED, InstanceState.DELETED}


class Operation(BaseModel):
    """One operation; `request` is None for a deletion. Times are aware."""

    operation_id: str
    instance_id: str
    request: OperationRequest | None
    faults: list[Fault] = []
    state: State = State.IN_PROGRESS
    begun_at: datetime
    ready_at: datetime
    external_id: str = ""
    outputs: dict[str, JsonValue] = {}
    code: str = ""
    message: str = ""
    retryable: bool = False
    instance_usable: bool = False
    asked: list[str] = []

    @property
    def is_open(self) -> bool:
        """Whether it keeps other operations off its instance."""
        return self.state in {State.IN_PROGRESS, State.NEEDS_INPUT}
