"""Operations at provisioners: types and inputs."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from domain.provisioning.states import Action, OperationState
from schema.errors import Conflict, InvalidInput, NotFound
from schema.failures import Failure
from schema.filters import KIND, DateTimeFilter, IdFilter
from schema.nodes import Node
from schema.reading import FAILURE, Reader, column, computed, identity, member


@strawberry.type(description="One request to a provisioner, until it has an end.")
class ProvisioningOperation(Node):
    """Read from `provisioning_operations`."""

    instance_id: strawberry.ID = strawberry.field(description="The instance it is about.")
    action: Action = strawberry.field(description="What was asked.")
    state: OperationState = strawberry.field(description="Where it stands.")
    attempts: int = strawberry.field(description="How often it was looked at.")
    progress: int | None = strawberry.field(description="Percent done, where the provisioner says.")
    remark: str | None = strawberry.field(description="What was seen last while it is not done.")
    failure: Failure | None = strawberry.field(description="Why it failed.")
    created_at: datetime = strawberry.field(description="When it was wished for.")
    sent_at: datetime | None = strawberry.field(description="When it first may have reached the provisioner.")
    next_look_at: datetime | None = strawberry.field(description="When it is looked at next; null once it has ended.")
    deadline: datetime = strawberry.field(description="When it is given up.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")


PROVISIONING_OPERATION: Final = Reader(
    ProvisioningOperation,
    {
        "id": identity("ProvisioningOperation"),
        "instance_id": identity("Instance", "instance_id"),
        "action": member(Action, "action"),
        "state": member(OperationState, "state"),
        "attempts": column("attempts"),
        "progress": column("progress"),
        "remark": computed(
            ("failure_code", "failure_reason"),
            lambda record: record["failure_reason"] if record["failure_code"] is None else None,
        ),
        "failure": FAILURE,
        "created_at": column("created_at"),
        "sent_at": column("sent_at"),
        "next_look_at": column("due_at"),
        "deadline": column("deadline"),
        "finished_at": column("finished_at"),
    },
)


@strawberry.input(description="Compares the state.")
class ProvisioningOperationStateFilter:
    """All given comparisons must hold."""

    eq: OperationState | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[OperationState] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which operations.")
class ProvisioningOperationWhere:
    """All given parts must hold."""

    state: ProvisioningOperationStateFilter | None = strawberry.field(description="By state.", default=None)
    instance_id: IdFilter | None = strawberry.field(
        description="By instance.", default=None, metadata={KIND: "Instance"}
    )
    created_at: DateTimeFilter | None = strawberry.field(description="By when it was wished for.", default=None)
    and_: list["ProvisioningOperationWhere"] | None = strawberry.field(
        name="AND", description="All hold.", default=None
    )
    or_: list["ProvisioningOperationWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.input(description="An operation to try again.")
class RetryProvisioningInput:
    """What `retryProvisioning` takes."""

    operation_id: strawberry.ID = strawberry.field(
        description="One that waits for its next look; or a SUSPEND, RESUME or DELETE that has failed."
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="It is tried at once.")
class RetryProvisioningSuccess:
    """The good end of `retryProvisioning`."""

    operation: ProvisioningOperation = strawberry.field(
        description="The same operation, or a new one in place of one that had failed."
    )


RetryProvisioningResult = Annotated[
    RetryProvisioningSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("RetryProvisioningResult", description="How `retryProvisioning` can end."),
]
