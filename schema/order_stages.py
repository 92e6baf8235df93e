"""The stages of a draft: the type."""

from typing import Final

import strawberry

from domain.orders.stages import Stage
from schema.errors import FieldProblem
from schema.reading import Reader, computed, member
from schema.scalars import Record


@strawberry.type(description="One stage of a draft, and what it lacks before the order can be submitted.")
class OrderStage:
    """Read from what `domain.orders.staging.stages_of` finds."""

    stage: Stage = strawberry.field(description="Which.")
    is_complete: bool = strawberry.field(description="Whether it lacks nothing.")
    missing: list[FieldProblem] = strawberry.field(
        description="What submitting would be refused with, by the paths of `createOrder`."
    )


def _missing(record: Record) -> list[FieldProblem]:
    return [FieldProblem(path=one.path, code=one.code, message=one.message) for one in record["missing"]]


ORDER_STAGE: Final = Reader(
    OrderStage,
    {
        "stage": member(Stage, "stage"),
        "is_complete": computed(("missing",), lambda record: not record["missing"]),
        "missing": computed(("missing",), _missing),
    },
)
