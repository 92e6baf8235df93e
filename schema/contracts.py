"""Contracts: types and inputs."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Final

import strawberry

from domain.catalog.models import SalesModel
from domain.contracts.models import ContractState
from domain.contracts.rules import state_on
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.shared.filters import Direction
from schema.catalog import Plan
from schema.errors import Conflict, InvalidInput, NotFound
from schema.filters import KIND, DateTimeFilter, IdFilter, TextFilter
from schema.money import Money
from schema.nodes import Node
from schema.organizations import Organization, OrganizationRef
from schema.reading import Read, Reader, column, computed, identity, member, price, viewed
from schema.scalars import CurrencyCode, Record
from schema.uploads import Upload


@strawberry.type(description="Where the signed paper of a contract lies.")
class ContractDocument:
    """Mirrors domain.contracts.rules.Document."""

    name: str = strawberry.field(description="Its name.")
    location: str = strawberry.field(description="Its address or number in the system that keeps it.")


@strawberry.type(description="A price agreed in a contract.")
class ContractPrice:
    """Read from `contract_prices`; `plan` is loaded when asked for."""

    sales_model: SalesModel = strawberry.field(description="How often it falls due.")
    price: Money | None = strawberry.field(
        description="What one unit costs the customer; null for all but the customer and its seller."
    )
    plan: Plan | None = strawberry.field(description="What it is for.")


CONTRACT_PRICE: Final = Reader(
    ContractPrice,
    {"sales_model": member(SalesModel, "sales_model"), "price": price("tier_unit_minor")},
)


@strawberry.type(description="A contract of a customer with its seller.")
class Contract(Node):
    """Read from `contracts`; customer and prices are loaded when asked for."""

    number: str = strawberry.field(description="Its number, unique at its seller.")
    external_reference: str | None = strawberry.field(description="What it is called elsewhere.")
    state: ContractState = strawberry.field(description="Where it stands today, where the customer is.")
    starts_on: date = strawberry.field(description="Its first day, where the customer is.")
    ends_on: date | None = strawberry.field(description="Its last day; null while it is open-ended.")
    notice_days: int = strawberry.field(description="How many days before its last day notice must be given.")
    currency: CurrencyCode = strawberry.field(description="The currency of its prices: the customer's.")
    document: ContractDocument | None = strawberry.field(description="Where the signed paper lies.")
    created_at: datetime = strawberry.field(description="When it was entered.")
    file: Upload | None = strawberry.field(description="The signed paper itself, where it was uploaded.")
    customer: Organization = strawberry.field(description="Who buys.")
    prices: list[ContractPrice] = strawberry.field(description="Prices that beat the price lists of the seller.")


def _document(record: Record) -> ContractDocument | None:
    if record["document_name"] is None:
        return None
    return ContractDocument(name=record["document_name"], location=record["document_location"])


def _state(viewer: Actor) -> Read:
    def state(record: Record) -> ContractState:
        return state_on(local_date(viewer.at, record["time_zone"]), record["starts_on"], record["ends_on"])

    return state


CONTRACT: Final = Reader(
    Contract,
    {
        "id": identity("Contract"),
        "number": column("number"),
        "external_reference": column("external_reference"),
        "state": viewed(("starts_on", "ends_on", "time_zone"), _state),
        "starts_on": column("starts_on"),
        "ends_on": column("ends_on"),
        "notice_days": column("notice_days"),
        "currency": column("currency"),
        "document": computed(("document_name", "document_location"), _document),
        "created_at": column("created_at"),
    },
)


@strawberry.input(description="Which contracts.")
class ContractWhere:
    """All given parts must hold."""

    number: TextFilter | None = strawberry.field(description="By number.", default=None)
    external_reference: TextFilter | None = strawberry.field(description="By reference.", default=None)
    customer_id: IdFilter | None = strawberry.field(
        description="By customer.", default=None, metadata={KIND: "Organization"}
    )
    created_at: DateTimeFilter | None = strawberry.field(description="By when it was entered.", default=None)
    and_: list["ContractWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["ContractWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What contracts can be sorted by.")
class ContractSortField(Enum):
    """Names of domain.contracts.queries.CONTRACTS.sorts."""

    NUMBER = strawberry.enum_value("NUMBER", description="Number.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was entered.")


@strawberry.input(description="One sort key.")
class ContractSort:
    """Later keys break the ties of earlier ones."""

    field: ContractSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")


@strawberry.input(description="Where the signed paper of a contract lies.")
class ContractDocumentInput:
    """Mirrors domain.contracts.rules.Document."""

    name: str = strawberry.field(description="Its name.")
    location: str = strawberry.field(description="Its address or number in the system that keeps it.")


@strawberry.input(description="A price to agree in a contract.")
class ContractPriceInput:
    """Mirrors domain.contracts.rules.AgreedPrice."""

    plan_id: strawberry.ID = strawberry.field(description="What it is for.")
    sales_model: SalesModel = strawberry.field(description="How often it falls due.")
    amount: Decimal = strawberry.field(description="What one unit costs, in major units of the customer's currency.")


@strawberry.input(description="A contract to enter with a customer that buys from you directly.")
class CreateContractInput:
    """Mirrors domain.contracts.rules.ContractDraft."""

    customer: OrganizationRef = strawberry.field(description="With whom.")
    number: str = strawberry.field(description="Its number, unique at your organization; it never changes.")
    external_reference: str | None = strawberry.field(description="What it is called elsewhere.", default=None)
    starts_on: date = strawberry.field(description="Its first day, where the customer is.")
    ends_on: date | None = strawberry.field(description="Its last day; null: open-ended.", default=None)
    notice_days: int = strawberry.field(
        description="How many days before its last day notice must be given.", default=0
    )
    document: ContractDocumentInput | None = strawberry.field(description="Where the signed paper lies.", default=None)
    upload_id: strawberry.ID | None = strawberry.field(
        description="The signed paper itself: an upload of the customer, for CONTRACT.", default=None
    )
    prices: list[ContractPriceInput] = strawberry.field(
        description="At most 100 prices that beat your price lists.", default_factory=list
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The contract was entered.")
class CreateContractSuccess:
    """The good end of `createContract`."""

    contract: Contract = strawberry.field(description="The new contract.")


@strawberry.input(description="What to change of a contract; what is left out stays as it is.")
class UpdateContractInput:
    """What `updateContract` takes."""

    id: strawberry.ID = strawberry.field(description="The contract.")
    external_reference: strawberry.Maybe[str | None] = strawberry.field(
        description="What it is called elsewhere; null: nothing."
    )
    starts_on: strawberry.Maybe[date] = strawberry.field(description="Its first day, where the customer is.")
    ends_on: strawberry.Maybe[date | None] = strawberry.field(description="Its last day; null: open-ended.")
    notice_days: strawberry.Maybe[int] = strawberry.field(
        description="How many days before its last day notice must be given."
    )
    document: strawberry.Maybe[ContractDocumentInput | None] = strawberry.field(
        description="Where the signed paper lies; null: there is none."
    )
    upload_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The signed paper itself; null: there is none. The one before it is deleted."
    )
    prices: strawberry.Maybe[list[ContractPriceInput]] = strawberry.field(
        description="All prices of the contract: those that are not among them are agreed no more."
    )


@strawberry.type(description="The contract was changed; orders that were submitted keep their prices.")
class UpdateContractSuccess:
    """The good end of `updateContract`."""

    contract: Contract = strawberry.field(description="The contract as it is now.")


@strawberry.input(description="A contract to give notice of.")
class EndContractInput:
    """What `endContract` takes."""

    id: strawberry.ID = strawberry.field(description="The contract.")
    ends_on: date | None = strawberry.field(
        description="Its last day; null: the earliest that the notice period allows.", default=None
    )


@strawberry.type(description="The contract ends on its last day.")
class EndContractSuccess:
    """The good end of `endContract`."""

    contract: Contract = strawberry.field(description="The contract with its last day.")


CreateContractResult = Annotated[
    CreateContractSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreateContractResult", description="How `createContract` can end."),
]
UpdateContractResult = Annotated[
    UpdateContractSuccess | InvalidInput | NotFound,
    strawberry.union("UpdateContractResult", description="How `updateContract` can end."),
]
EndContractResult = Annotated[
    EndContractSuccess | InvalidInput | NotFound,
    strawberry.union("EndContractResult", description="How `endContract` can end."),
]
