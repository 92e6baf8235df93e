"""Price lists and prices: types and inputs."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Final

import strawberry

from domain.catalog.models import SalesModel
from domain.shared.filters import Direction
from schema.catalog import Plan
from schema.errors import Conflict, InvalidInput, NotFound
from schema.filters import KIND, IdFilter, TextFilter
from schema.money import Money, money
from schema.nodes import Node
from schema.organizations import Organization, OrganizationRef
from schema.reading import Reader, column, computed, identity, member
from schema.scalars import CurrencyCode


@strawberry.type(description="What your organization asks of its buyers, in one currency. Nobody else sees it.")
class PriceList(Node):
    """Read from `price_lists`; `buyer` is loaded when asked for."""

    name: str = strawberry.field(description="Its name, unique at its seller.")
    currency: CurrencyCode = strawberry.field(description="The currency of its prices.")
    markup_percent: Decimal | None = strawberry.field(
        description="What is added to your own cost where the list has no price; null: nothing is sold without one."
    )
    created_at: datetime = strawberry.field(description="When it was published.")
    buyer: Organization | None = strawberry.field(description="For whom it is; null: for all your buyers.")


PRICE_LIST: Final = Reader(
    PriceList,
    {
        "id": identity("PriceList"),
        "name": column("name"),
        "currency": column("currency"),
        "markup_percent": column("markup_percent"),
        "created_at": column("created_at"),
    },
)


@strawberry.type(description="An explicit price of a list.")
class Price:
    """Read from `prices`; `plan` is loaded when asked for."""

    sales_model: SalesModel = strawberry.field(description="How often it falls due.")
    price: Money = strawberry.field(description="What one unit costs the buyer.")
    valid_from: date = strawberry.field(description="Its first day, where the customer is.")
    valid_until: date | None = strawberry.field(description="The day it holds no more; null: until another is set.")
    plan: Plan | None = strawberry.field(description="What it is for.")


PRICE: Final = Reader(
    Price,
    {
        "sales_model": member(SalesModel, "sales_model"),
        "price": computed(("unit_minor", "currency"), lambda record: money(record["unit_minor"], record["currency"])),
        "valid_from": column("valid_from"),
        "valid_until": column("valid_until"),
    },
)


@strawberry.input(description="Which price lists.")
class PriceListWhere:
    """All given parts must hold."""

    name: TextFilter | None = strawberry.field(description="By name.", default=None)
    currency: TextFilter | None = strawberry.field(description="By currency.", default=None)
    buyer_id: IdFilter | None = strawberry.field(description="By buyer.", default=None, metadata={KIND: "Organization"})
    and_: list["PriceListWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["PriceListWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What price lists can be sorted by.")
class PriceListSortField(Enum):
    """Names of domain.pricing.queries.PRICE_LISTS.sorts."""

    NAME = strawberry.enum_value("NAME", description="Name.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was published.")


@strawberry.input(description="One sort key.")
class PriceListSort:
    """Later keys break the ties of earlier ones."""

    field: PriceListSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")


@strawberry.input(description="Which prices.")
class PriceWhere:
    """All given parts must hold."""

    price_list_id: IdFilter | None = strawberry.field(
        description="By list.", default=None, metadata={KIND: "PriceList"}
    )
    plan_id: IdFilter | None = strawberry.field(description="By plan.", default=None, metadata={KIND: "Plan"})
    and_: list["PriceWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["PriceWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.input(description="A price list to publish.")
class CreatePriceListInput:
    """Mirrors domain.pricing.rules.PriceListDraft."""

    name: str = strawberry.field(description="Its name, unique at your organization.")
    currency: CurrencyCode = strawberry.field(description="The currency of its prices.")
    markup_percent: Decimal | None = strawberry.field(
        description="What to add to your own cost where the list has no price: 12.5 is an eighth.", default=None
    )
    buyer: OrganizationRef | None = strawberry.field(
        description="For one that buys from you directly; null: for all your buyers.", default=None
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The list was published; prices can be set.")
class CreatePriceListSuccess:
    """The good end of `createPriceList`."""

    price_list: PriceList = strawberry.field(description="The new list.")


@strawberry.input(description="A price to set.")
class PriceInput:
    """Mirrors domain.pricing.rules.PriceDraft."""

    plan_id: strawberry.ID = strawberry.field(description="What it is for.")
    sales_model: SalesModel = strawberry.field(description="How often it falls due.")
    amount: Decimal = strawberry.field(description="What one unit costs, in major units of the list's currency.")
    valid_from: date | None = strawberry.field(
        description="Its first day, where the customer is; null: today, where you are.", default=None
    )
    valid_until: date | None = strawberry.field(
        description="The day it holds no more; null: until another is set.", default=None
    )


@strawberry.input(description="Prices to set on a list, at most 10,000; all of them or none.")
class SetPricesInput:
    """What `setPrices` takes."""

    price_list_id: strawberry.ID = strawberry.field(description="The list.")
    prices: list[PriceInput] = strawberry.field(
        description="A price ends where the next one of its plan and sales model begins; the same first day replaces."
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="All the prices were set.")
class SetPricesSuccess:
    """The good end of `setPrices`."""

    price_list: PriceList = strawberry.field(description="The list.")
    count: int = strawberry.field(description="How many prices were set.")


CreatePriceListResult = Annotated[
    CreatePriceListSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreatePriceListResult", description="How `createPriceList` can end."),
]
SetPricesResult = Annotated[
    SetPricesSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("SetPricesResult", description="How `setPrices` can end."),
]
