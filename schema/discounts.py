"""Discounts: types and inputs."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Final

import strawberry

from domain.discounts.models import DiscountDuration
from domain.shared.filters import Direction
from schema.catalog import Plan, Product
from schema.errors import Conflict, InvalidInput, NotFound
from schema.filters import KIND, IdFilter, TextFilter
from schema.money import Money, money
from schema.nodes import Node
from schema.organizations import Organization, OrganizationRef
from schema.reading import Reader, column, computed, identity, member
from schema.scalars import CurrencyCode


@strawberry.type(description="What your organization takes off for its buyers. Nobody else sees it.")
class Discount(Node):
    """Read from `discounts`; buyer, product and plan are loaded when asked for."""

    name: str = strawberry.field(description="Its name.")
    code: str | None = strawberry.field(description="Who names it gets it, in any case; null: every order gets it.")
    percent: Decimal | None = strawberry.field(description="Taken off each line it is for; null if it is fixed.")
    fixed: Money | None = strawberry.field(description="Taken off all lines it is for together; null if a percentage.")
    duration: DiscountDuration = strawberry.field(description="For which billing cycles it is given.")
    cycles: int | None = strawberry.field(description="For how many, where it is CYCLES.")
    valid_from: date = strawberry.field(description="The first day on which orders get it, where the customer is.")
    valid_until: date | None = strawberry.field(description="The day from which no order gets it; null: open-ended.")
    redemption_limit: int | None = strawberry.field(description="How many orders may redeem it; null: any number.")
    redeemed: int = strawberry.field(description="How many orders have redeemed it by its code.")
    created_at: datetime = strawberry.field(description="When it was made.")
    ended_at: datetime | None = strawberry.field(description="When it was ended.")
    buyer: Organization | None = strawberry.field(description="For whom it is; null: for all your buyers.")
    product: Product | None = strawberry.field(description="For which product; null: for any.")
    plan: Plan | None = strawberry.field(description="For which plan; null: for any.")


DISCOUNT: Final = Reader(
    Discount,
    {
        "id": identity("Discount"),
        "name": column("name"),
        "code": column("code"),
        "percent": column("percent"),
        "fixed": computed(
            ("fixed_minor", "currency"), lambda record: money(record["fixed_minor"], record["currency"] or "")
        ),
        "duration": member(DiscountDuration, "duration"),
        "cycles": column("cycles"),
        "valid_from": column("valid_from"),
        "valid_until": column("valid_until"),
        "redemption_limit": column("redemption_limit"),
        "redeemed": column("redeemed"),
        "created_at": column("created_at"),
        "ended_at": column("ended_at"),
    },
)


@strawberry.input(description="Which discounts.")
class DiscountWhere:
    """All given parts must hold."""

    name: TextFilter | None = strawberry.field(description="By name.", default=None)
    code: TextFilter | None = strawberry.field(description="By code, as it was written.", default=None)
    buyer_id: IdFilter | None = strawberry.field(description="By buyer.", default=None, metadata={KIND: "Organization"})
    product_id: IdFilter | None = strawberry.field(description="By product.", default=None, metadata={KIND: "Product"})
    and_: list["DiscountWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["DiscountWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What discounts can be sorted by.")
class DiscountSortField(Enum):
    """Names of domain.discounts.queries.DISCOUNTS.sorts."""

    NAME = strawberry.enum_value("NAME", description="Name.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was made.")


@strawberry.input(description="One sort key.")
class DiscountSort:
    """Later keys break the ties of earlier ones."""

    field: DiscountSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")


@strawberry.input(description="A discount to offer: either a percentage or a fixed amount.")
class CreateDiscountInput:
    """Mirrors domain.discounts.drafts.DiscountDraft."""

    name: str = strawberry.field(description="Its name.")
    percent: Decimal | None = strawberry.field(
        description="Taken off each line, rounded half up; percentages come before fixed amounts.", default=None
    )
    fixed: Decimal | None = strawberry.field(
        description="Taken off all lines together, in major units, at most what they cost.", default=None
    )
    currency: CurrencyCode | None = strawberry.field(description="Of the fixed amount.", default=None)
    duration: DiscountDuration = strawberry.field(description="For which billing cycles it is given.")
    cycles: int | None = strawberry.field(description="For how many, where it is CYCLES.", default=None)
    buyer: OrganizationRef | None = strawberry.field(
        description="For one that buys from you directly; null: for all your buyers.", default=None
    )
    product_id: strawberry.ID | None = strawberry.field(description="For one product; null: for any.", default=None)
    plan_id: strawberry.ID | None = strawberry.field(description="For one plan; null: for any.", default=None)
    code: str | None = strawberry.field(
        description="Who names it gets it; null: every order gets it. Unique at your organization in any case.",
        default=None,
    )
    valid_from: date | None = strawberry.field(
        description="The first day on which orders get it; null: today, where you are.", default=None
    )
    valid_until: date | None = strawberry.field(
        description="The day from which no order gets it; null: open-ended.", default=None
    )
    redemption_limit: int | None = strawberry.field(
        description="How many orders may redeem the code; null: any number.", default=None
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The discount is offered.")
class CreateDiscountSuccess:
    """The good end of `createDiscount`."""

    discount: Discount = strawberry.field(description="The new discount.")


@strawberry.input(description="A discount to end.")
class EndDiscountInput:
    """What `endDiscount` takes."""

    id: strawberry.ID = strawberry.field(description="The discount.")


@strawberry.type(description="The discount is given no more; what was given stays given.")
class EndDiscountSuccess:
    """The good end of `endDiscount`."""

    discount: Discount = strawberry.field(description="The ended discount.")


CreateDiscountResult = Annotated[
    CreateDiscountSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreateDiscountResult", description="How `createDiscount` can end."),
]
EndDiscountResult = Annotated[
    EndDiscountSuccess | InvalidInput | NotFound,
    strawberry.union("EndDiscountResult", description="How `endDiscount` can end."),
]
