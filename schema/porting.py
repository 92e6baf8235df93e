"""Port orders, toll-free orders and RespOrg changes: the type, and which of them are listed."""

from datetime import date, datetime
from enum import Enum
from typing import Final

import strawberry

from domain.porting.models import PortKind
from domain.porting.states import PortState
from domain.shared.filters import Direction
from domain.shared.ids import encode
from schema.catalog import Plan
from schema.filters import KIND, DateTimeFilter, IdFilter
from schema.nodes import Node
from schema.organizations import Organization
from schema.reading import Reader, column, computed, identity, member
from schema.scalars import Record
from schema.uploads import Upload


@strawberry.type(description="Where a service is used that numbers are ported of; each part null until it is said.")
class ServiceAddress:
    """Columns of `ports`."""

    street: str | None = strawberry.field(description="Street and number.")
    postal_code: str | None = strawberry.field(description="Postal code.")
    city: str | None = strawberry.field(description="City.")
    region: str | None = strawberry.field(description="State or province.")
    country: str | None = strawberry.field(description="Country, ISO 3166-1 alpha-2.")


@strawberry.type(description="A port order; or a toll-free order, or a RespOrg change, which go the same way.")
class PortOrder(Node):
    """Read from `ports`; customer, plan and letter are loaded when asked for."""

    kind: PortKind = strawberry.field(description="What is asked for.")
    state: PortState = strawberry.field(description="Where it stands.")
    numbers: list[str] = strawberry.field(
        description="The numbers in E.164; of a toll-free order empty until they are here."
    )
    quantity: int | None = strawberry.field(description="How many toll-free numbers were ordered.")
    wanted: str | None = strawberry.field(description="What they should look like, such as a code or a word.")
    losing_carrier: str | None = strawberry.field(
        description="The carrier that has the numbers; of a RespOrg change, the RespOrg that controls them."
    )
    account_number: str | None = strawberry.field(description="The customer's account there.")
    has_pin: bool = strawberry.field(description="Whether the account's PIN is kept here; only the desk can see it.")
    billing_number: str | None = strawberry.field(description="The account's billing telephone number, E.164.")
    authorized_person: str | None = strawberry.field(description="Who may decide for the account.")
    service_address: ServiceAddress = strawberry.field(description="Where the service is used.")
    requested_on: date | None = strawberry.field(description="The day that was asked for, where the customer is.")
    foc_date: date | None = strawberry.field(description="The day that was confirmed, where the customer is.")
    exception_reason: str | None = strawberry.field(description="What is to be corrected.")
    subscription_id: strawberry.ID | None = strawberry.field(description="The subscription that gets the numbers.")
    created_at: datetime = strawberry.field(description="When it was first saved.")
    submitted_at: datetime | None = strawberry.field(description="When it was last submitted.")
    finished_at: datetime | None = strawberry.field(description="When the numbers were here, or it was given up.")
    customer: Organization = strawberry.field(description="Whose numbers they will be.")
    plan: Plan | None = strawberry.field(description="The SKU that prices them.")
    letter: Upload | None = strawberry.field(description="The letter of authorization.")


def _address(record: Record) -> ServiceAddress:
    names = ("street", "postal_code", "city", "region", "country")
    return ServiceAddress(**{name: record[name] for name in names})


def _subscription_id(record: Record) -> str | None:
    return record["subscription_id"] and encode("Subscription", record["subscription_id"])


PORT_ORDER: Final = Reader(
    PortOrder,
    {
        "id": identity("PortOrder"),
        "kind": member(PortKind, "kind"),
        "state": member(PortState, "state"),
        "numbers": column("numbers"),
        "quantity": column("quantity"),
        "wanted": column("wanted"),
        "losing_carrier": column("counterpart"),
        "account_number": column("account_number"),
        "has_pin": computed(("pin_sealed",), lambda record: record["pin_sealed"] is not None),
        "billing_number": column("billing_number"),
        "authorized_person": column("authorized_person"),
        "service_address": computed(("street", "postal_code", "city", "region", "country"), _address),
        "requested_on": column("requested_on"),
        "foc_date": column("confirmed_on"),
        "exception_reason": column("exception_reason"),
        "subscription_id": computed(("subscription_id",), _subscription_id),
        "created_at": column("created_at"),
        "submitted_at": column("submitted_at"),
        "finished_at": column("finished_at"),
    },
)


@strawberry.input(description="Compares where a port order stands.")
class PortStateFilter:
    """All given comparisons must hold."""

    eq: PortState | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[PortState] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which port orders.")
class PortOrderWhere:
    """All given parts must hold."""

    state: PortStateFilter | None = strawberry.field(description="By where it stands.", default=None)
    customer_id: IdFilter | None = strawberry.field(
        description="By customer.", default=None, metadata={KIND: "Organization"}
    )
    created_at: DateTimeFilter | None = strawberry.field(description="By when it was first saved.", default=None)
    and_: list["PortOrderWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["PortOrderWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What port orders can be sorted by.")
class PortOrderSortField(Enum):
    """Names of domain.porting.queries.PORT_ORDERS.sorts."""

    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was first saved.")


@strawberry.input(description="One sort key.")
class PortOrderSort:
    """Later keys break the ties of earlier ones."""

    field: PortOrderSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")
