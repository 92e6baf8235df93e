"""Operations at provisioners: types and inputs."""

from datetime import datetime

import strawberry

from domain.provisioning.states import Action, OperationState
from domain.shared.ids import encode
from schema.failures import Failure, failure
from schema.filters import KIND, DateTimeFilter, IdFilter
from schema.nodes import Node
from schema.scalars import Record


@strawberry.type(description="One request to a provisioner, until it has an end.")
class ProvisioningOperation(Node):
    """Built from a record of `provisioning_operations`."""

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

    @classmethod
    def from_record(cls, record: Record) -> "ProvisioningOperation":
        """Built from a record."""
        return cls(
            id=strawberry.ID(encode("ProvisioningOperation", record["id"])),
            instance_id=strawberry.ID(encode("Instance", record["instance_id"])),
            action=Action(record["action"]),
            state=OperationState(record["state"]),
            attempts=record["attempts"],
            progress=record["progress"],
            remark=record["failure_reason"] if record["failure_code"] is None else None,
            failure=failure(record),
            created_at=record["created_at"],
            sent_at=record["sent_at"],
            next_look_at=record["due_at"],
            deadline=record["deadline"],
            finished_at=record["finished_at"],
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
