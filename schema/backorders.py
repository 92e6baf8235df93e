"""Backorders: types and inputs."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Final

import strawberry

from domain.numbers.states import BackorderState
from domain.shared.filters import Direction
from schema.errors import Conflict, InvalidInput, NotFound, NumbersTaken
from schema.filters import KIND, IdFilter
from schema.nodes import Node
from schema.numbers import ExactFilter
from schema.organizations import Organization
from schema.reading import Reader, column, identity, member


@strawberry.type(description="Numbers of an exchange that an order waits for: the desk gets them.")
class Backorder(Node):
    """Read from `backorders`; the customer is loaded when asked for."""

    state: BackorderState = strawberry.field(description="Where it stands.")
    npa: str = strawberry.field(description="Area code.")
    nxx: str = strawberry.field(description="Exchange within the area code.")
    quantity: int = strawberry.field(description="How many numbers are wanted.")
    fulfilled: int = strawberry.field(description="How many of them are there.")
    order_id: strawberry.ID = strawberry.field(description="The order that waits.")
    created_at: datetime = strawberry.field(description="When it was noted with its draft.")
    finished_at: datetime | None = strawberry.field(description="When it came to an end.")
    customer: Organization = strawberry.field(description="Who gets the numbers.")


BACKORDER: Final = Reader(
    Backorder,
    {
        "id": identity("Backorder"),
        "state": member(BackorderState, "state"),
        "npa": column("npa"),
        "nxx": column("nxx"),
        "quantity": column("quantity"),
        "fulfilled": column("fulfilled"),
        "order_id": identity("Order", "order_id"),
        "created_at": column("created_at"),
        "finished_at": column("finished_at"),
    },
)


@strawberry.input(description="Compares the state of a backorder.")
class BackorderStateFilter:
    """All given comparisons must hold."""

    eq: BackorderState | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[BackorderState] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which backorders.")
class BackorderWhere:
    """All given parts must hold."""

    state: BackorderStateFilter | None = strawberry.field(description="By state.", default=None)
    npa: ExactFilter | None = strawberry.field(description="By area code.", default=None)
    nxx: ExactFilter | None = strawberry.field(description="By exchange.", default=None)
    customer_id: IdFilter | None = strawberry.field(
        description="By customer.", default=None, metadata={KIND: "Organization"}
    )
    order_id: IdFilter | None = strawberry.field(description="By order.", default=None, metadata={KIND: "Order"})
    and_: list["BackorderWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["BackorderWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What backorders can be sorted by.")
class BackorderSortField(Enum):
    """Names of domain.numbers.queries.BACKORDERS.sorts."""

    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was noted.")


@strawberry.input(description="One sort key.")
class BackorderSort:
    """Later keys break the ties of earlier ones."""

    field: BackorderSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")


@strawberry.input(description="Numbers for a backorder.")
class FulfilBackorderInput:
    """What `fulfilBackorder` takes."""

    id: strawberry.ID = strawberry.field(description="The backorder.")
    numbers: list[str] | None = strawberry.field(
        description="These of its exchange, in E.164, from stock; null: as many as it lacks, whichever.", default=None
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The order has the numbers; with all of them its line completes.")
class FulfilBackorderSuccess:
    """The good end of `fulfilBackorder`."""

    backorder: Backorder = strawberry.field(description="As it stands now: OPEN while it lacks more.")


@strawberry.input(description="A backorder to cancel.")
class CancelBackorderInput:
    """What `cancelBackorder` takes."""

    id: strawberry.ID = strawberry.field(description="The backorder.")


@strawberry.type(description="Nobody waits any more: the line completes without these numbers.")
class CancelBackorderSuccess:
    """The good end of `cancelBackorder`."""

    backorder: Backorder = strawberry.field(description="The cancelled backorder.")


FulfilBackorderResult = Annotated[
    FulfilBackorderSuccess | NumbersTaken | InvalidInput | NotFound | Conflict,
    strawberry.union("FulfilBackorderResult", description="How `fulfilBackorder` can end."),
]
CancelBackorderResult = Annotated[
    CancelBackorderSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CancelBackorderResult", description="How `cancelBackorder` can end."),
]
