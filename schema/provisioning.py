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
from schema.scalars import Json, Record


@strawberry.type(description="One answer that a provisioner refused.")
class InquiryProblem:
    """Read from `provisioning_operations`."""

    path: str = strawberry.field(description="Dotted path from the parameters.")
    message: str = strawberry.field(description="What is wrong, in the provisioner's words.")


@strawberry.type(description="What a provisioner asks for before it goes on with an operation.")
class ProvisioningInquiry:
    """Read from `provisioning_operations`."""

    schema: Json = strawberry.field(description="JSON Schema (Draft 2020-12) of the object to answer with.")
    problems: list[InquiryProblem] = strawberry.field(description="What it refused of what it had been given.")
    asked_at: datetime = strawberry.field(description="Since when it waits; its deadline rests.")


def problems_of(record: Record) -> list[InquiryProblem]:
    """What a provisioner refused, of a row with `input_errors`."""
    return [InquiryProblem(path=one["path"], message=one["message"]) for one in record["input_errors"] or ()]


def _inquiry(record: Record) -> ProvisioningInquiry | None:
    if record["state"] != OperationState.NEEDS_INPUT:
        return None
    return ProvisioningInquiry(
        schema=Json(record["input_schema"]), problems=problems_of(record), asked_at=record["paused_at"]
    )


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
    inquiry: ProvisioningInquiry | None = strawberry.field(
        description="What it waits for; of a CREATE `answerInquiry` answers, of the others `answerProvisioning`."
    )
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
        "inquiry": computed(("state", "input_schema", "input_errors", "paused_at"), _inquiry),
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
        description="One that waits for its next look; or a SUSPEND, RESUME or DELETE that has failed, or a CHANGE of "
        "nothing but numbers."
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="It is tried at once.")
class RetryProvisioningSuccess:
    """The good end of `retryProvisioning`."""

    operation: ProvisioningOperation = strawberry.field(
        description="The same operation, or a new one in place of one that had failed."
    )


@strawberry.input(description="An answer to what a provisioner asks for.")
class AnswerProvisioningInput:
    """What `answerProvisioning` takes."""

    operation_id: strawberry.ID = strawberry.field(description="A CHANGE, SUSPEND, RESUME or DELETE in NEEDS_INPUT.")
    answers: Json = strawberry.field(description="An object that keeps the inquiry's schema.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The provisioner goes on with the answers.")
class AnswerProvisioningSuccess:
    """The good end of `answerProvisioning`."""

    operation: ProvisioningOperation = strawberry.field(description="The same operation.")


AnswerProvisioningResult = Annotated[
    AnswerProvisioningSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("AnswerProvisioningResult", description="How `answerProvisioning` can end."),
]
RetryProvisioningResult = Annotated[
    RetryProvisioningSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("RetryProvisioningResult", description="How `retryProvisioning` can end."),
]
