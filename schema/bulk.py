"""Bulk operations: types and inputs."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from domain.bulk.rules import BulkKind
from domain.bulk.states import BulkState
from schema.errors import Conflict, InvalidInput, NotFound
from schema.failures import Failure
from schema.filters import DateTimeFilter
from schema.nodes import Node
from schema.reading import FAILURE, Reader, column, computed, identity, member
from schema.scalars import Record


@strawberry.type(description="Why one of the things that a bulk operation works on failed.")
class BulkItemError:
    """Read from `bulk_operations.errors`."""

    item: str = strawberry.field(description="Which, as whoever started the operation named it.")
    code: str = strawberry.field(description="The reason, for programs.")
    message: str = strawberry.field(description="The reason, for people.")


@strawberry.type(description="Long work on many things, done in steps that survive restarts.")
class BulkOperation(Node):
    """Read from `bulk_operations`."""

    kind: BulkKind = strawberry.field(description="What it does.")
    state: BulkState = strawberry.field(description="Where it stands.")
    total: int | None = strawberry.field(description="How many things it is about; null until that is known.")
    done: int = strawberry.field(description="How many came to a good end.")
    failed: int = strawberry.field(description="How many failed.")
    errors: list[BulkItemError] = strawberry.field(description="Why: of the first 100 that failed.")
    failure: Failure | None = strawberry.field(description="Why the operation itself could not go on.")
    created_at: datetime = strawberry.field(description="When it was queued.")
    started_at: datetime | None = strawberry.field(description="When its first step was done.")
    finished_at: datetime | None = strawberry.field(description="When it came to an end.")


def _errors(record: Record) -> list[BulkItemError]:
    return [BulkItemError(**error) for error in record["errors"]]


BULK_OPERATION: Final = Reader(
    BulkOperation,
    {
        "id": identity("BulkOperation"),
        "kind": member(BulkKind, "kind"),
        "state": member(BulkState, "state"),
        "total": column("total"),
        "done": column("done"),
        "failed": column("failed"),
        "errors": computed(("errors",), _errors),
        "failure": FAILURE,
        "created_at": column("created_at"),
        "started_at": column("started_at"),
        "finished_at": column("finished_at"),
    },
)


@strawberry.input(description="Compares the state.")
class BulkOperationStateFilter:
    """All given comparisons must hold."""

    eq: BulkState | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[BulkState] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Compares the kind.")
class BulkOperationKindFilter:
    """All given comparisons must hold."""

    eq: BulkKind | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[BulkKind] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which bulk operations.")
class BulkOperationWhere:
    """All given parts must hold."""

    state: BulkOperationStateFilter | None = strawberry.field(description="By state.", default=None)
    kind: BulkOperationKindFilter | None = strawberry.field(description="By kind.", default=None)
    created_at: DateTimeFilter | None = strawberry.field(description="By when it was queued.", default=None)
    and_: list["BulkOperationWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["BulkOperationWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.input(description="A bulk operation to cancel.")
class CancelBulkOperationInput:
    """What `cancelBulkOperation` takes."""

    id: strawberry.ID = strawberry.field(description="The operation.")


@strawberry.type(description="The operation does no further step; what it has done stays done.")
class CancelBulkOperationSuccess:
    """The good end of `cancelBulkOperation`."""

    bulk_operation: BulkOperation = strawberry.field(description="The cancelled operation.")


CancelBulkOperationResult = Annotated[
    CancelBulkOperationSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CancelBulkOperationResult", description="How `cancelBulkOperation` can end."),
]
