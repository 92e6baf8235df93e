"""Tickets of desks: types and inputs."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from domain.desk.states import TicketKind, TicketState
from domain.shared.ids import encode
from schema.errors import Conflict, InvalidInput, NotFound
from schema.failures import Failure
from schema.filters import KIND, DateTimeFilter, IdFilter, TextFilter
from schema.nodes import Node
from schema.organizations import Organization
from schema.reading import FAILURE, Field, Reader, column, computed, identity, member
from schema.scalars import Record


@strawberry.type(description="Something that came out of the work on a ticket.")
class TicketOutput:
    """What is secret is not shown here: it is revealed with the credentials of the instance."""

    name: str = strawberry.field(description="What it is.")
    value: str = strawberry.field(description="Its value.")


@strawberry.type(description="What a person at a seller's desk is to do.")
class Ticket(Node):
    """Read from `tickets`; the customer is loaded when asked for."""

    number: str = strawberry.field(description="Its human number, like TCK-000123.")
    kind: TicketKind = strawberry.field(description="Why a person is needed.")
    state: TicketState = strawberry.field(description="Where it stands.")
    subject: str = strawberry.field(description="What is to be done, in one line.")
    details: str = strawberry.field(description="What one needs to know to do it.")
    desk_id: strawberry.ID = strawberry.field(description="The organization whose desk it is.")
    subscription_id: strawberry.ID | None = strawberry.field(description="The subscription that it is for.")
    operation_id: strawberry.ID | None = strawberry.field(description="The operation that waits for it.")
    outputs: list[TicketOutput] = strawberry.field(description="What came out of it, without what is secret.")
    failure: Failure | None = strawberry.field(description="Why it could not be done.")
    created_at: datetime = strawberry.field(description="When it was opened.")
    closed_at: datetime | None = strawberry.field(description="When it was completed or failed.")
    customer: Organization | None = strawberry.field(description="For whom it is done.")


def _optional_id(kind: str, name: str) -> Field:
    return computed((name,), lambda record: record[name] and encode(kind, record[name]))


def _outputs(record: Record) -> list[TicketOutput]:
    return [TicketOutput(name=name, value=value) for name, value in record["outputs"].items()]


TICKET: Final = Reader(
    Ticket,
    {
        "id": identity("Ticket"),
        "number": column("number"),
        "kind": member(TicketKind, "kind"),
        "state": member(TicketState, "state"),
        "subject": column("subject"),
        "details": column("details"),
        "desk_id": identity("Organization", "organization_id"),
        "subscription_id": _optional_id("Subscription", "subscription_id"),
        "operation_id": _optional_id("ProvisioningOperation", "operation_id"),
        "outputs": computed(("outputs",), _outputs),
        "failure": FAILURE,
        "created_at": column("created_at"),
        "closed_at": column("closed_at"),
    },
)


@strawberry.input(description="Compares the state of a ticket.")
class TicketStateFilter:
    """All given comparisons must hold."""

    eq: TicketState | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[TicketState] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Compares the kind of a ticket.")
class TicketKindFilter:
    """All given comparisons must hold."""

    eq: TicketKind | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[TicketKind] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which tickets.")
class TicketWhere:
    """All given parts must hold."""

    state: TicketStateFilter | None = strawberry.field(description="By state.", default=None)
    kind: TicketKindFilter | None = strawberry.field(description="By kind.", default=None)
    number: TextFilter | None = strawberry.field(description="By number.", default=None)
    customer_id: IdFilter | None = strawberry.field(
        description="By customer.", default=None, metadata={KIND: "Organization"}
    )
    operation_id: IdFilter | None = strawberry.field(
        description="By operation.", default=None, metadata={KIND: "ProvisioningOperation"}
    )
    created_at: DateTimeFilter | None = strawberry.field(description="By when it was opened.", default=None)
    and_: list["TicketWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["TicketWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.input(description="Something that came out of the work.")
class TicketOutputInput:
    """Mirrors domain.desk.rules.Output."""

    name: str = strawberry.field(description="What it is: a letter, then letters, digits and _.")
    value: str = strawberry.field(description="Its value.")
    is_secret: bool = strawberry.field(description="Encrypted at once, and shown only to who may reveal credentials.")


@strawberry.input(description="A ticket whose work is done.")
class CompleteTicketInput:
    """What `completeTicket` takes."""

    id: strawberry.ID = strawberry.field(description="An open ticket.")
    outputs: list[TicketOutputInput] = strawberry.field(
        description="What came out of it, at most 50, each name once.", default_factory=list
    )


@strawberry.type(description="The ticket is completed, and what waited for it goes on.")
class CompleteTicketSuccess:
    """The good end of `completeTicket`."""

    ticket: Ticket = strawberry.field(description="The completed ticket.")


@strawberry.input(description="A ticket whose work cannot be done.")
class FailTicketInput:
    """What `failTicket` takes."""

    id: strawberry.ID = strawberry.field(description="An open ticket.")
    reason: str = strawberry.field(description="Why, for those who wait for it.")


@strawberry.type(description="The ticket has failed, and what waited for it fails with its reason.")
class FailTicketSuccess:
    """The good end of `failTicket`."""

    ticket: Ticket = strawberry.field(description="The failed ticket.")


CompleteTicketResult = Annotated[
    CompleteTicketSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CompleteTicketResult", description="How `completeTicket` can end."),
]
FailTicketResult = Annotated[
    FailTicketSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("FailTicketResult", description="How `failTicket` can end."),
]
