"""Selecting numbers: types and inputs."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.orders.numbers import IfTaken
from schema.backorders import Backorder
from schema.errors import Conflict, InvalidInput, NotFound, NumbersTaken
from schema.numbers import Number


@strawberry.type(description="How many numbers an order or a subscription may have.")
class NumberAllowance:
    """Mirrors domain.numbers.allowance.Allowance."""

    free: int = strawberry.field(description="How many its seats include.")
    selected: int = strawberry.field(description="How many are selected: reserved or assigned.")
    chargeable: int = strawberry.field(description="How many of these are charged by their SKU; the free come first.")
    awaited: int = strawberry.field(description="How many more are ordered back.")
    available: int = strawberry.field(description="How many more can be selected: free ones, and those bought by SKU.")


@strawberry.input(description="So many numbers of an exchange, whichever.")
class WantedNumbersInput:
    """Mirrors domain.numbers.rules.Wanted."""

    npa: str = strawberry.field(description="Area code, three digits.")
    nxx: str = strawberry.field(description="Exchange within the area code, three digits.")
    quantity: int = strawberry.field(description="How many, 1-100.")
    plan_id: strawberry.ID | None = strawberry.field(description="Of this SKU; null: of any.", default=None)


@strawberry.input(description="Numbers to reserve, for a draft or a subscription.")
class ReserveNumbersInput:
    """Mirrors domain.orders.numbers.Target and Selection."""

    order_id: strawberry.ID | None = strawberry.field(description="For this draft.", default=None)
    subscription_id: strawberry.ID | None = strawberry.field(description="For this subscription.", default=None)
    numbers: list[str] = strawberry.field(
        description="These, in E.164, at most 100; those reserved already are reserved for longer.",
        default_factory=list,
    )
    wanted: list[WantedNumbersInput] = strawberry.field(
        description="And so many of these exchanges.", default_factory=list
    )
    if_taken: IfTaken = strawberry.field(
        description="What to do if they are not all to be had.", default=IfTaken.REFUSE
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The numbers are reserved.")
class ReserveNumbersSuccess:
    """The good end of `reserveNumbers`."""

    numbers: list[Number] = strawberry.field(description="Those that are reserved now.")
    taken: list[str] = strawberry.field(
        description="What is not to be had: numbers as they were asked for, and each that an exchange lacks as NPA-NXX."
    )
    backorders: list[Backorder] = strawberry.field(description="What was ordered back.")
    reserved_until: datetime = strawberry.field(description="When the reservation ends by itself.")
    allowance: NumberAllowance = strawberry.field(description="What the seats allow, these numbers counted.")


@strawberry.input(description="Reserved numbers to let go.")
class ReleaseNumbersInput:
    """What `releaseNumbers` takes."""

    order_id: strawberry.ID | None = strawberry.field(description="Of this draft.", default=None)
    subscription_id: strawberry.ID | None = strawberry.field(description="Of this subscription.", default=None)
    numbers: list[str] | None = strawberry.field(description="These, in E.164; null: all.", default=None)


@strawberry.type(description="The numbers are in stock again.")
class ReleaseNumbersSuccess:
    """The good end of `releaseNumbers`."""

    released: list[str] = strawberry.field(description="Those that were reserved until now, in E.164.")
    allowance: NumberAllowance = strawberry.field(description="What the seats allow, these numbers not counted.")


ReserveNumbersResult = Annotated[
    ReserveNumbersSuccess | NumbersTaken | InvalidInput | NotFound | Conflict,
    strawberry.union("ReserveNumbersResult", description="How `reserveNumbers` can end."),
]
ReleaseNumbersResult = Annotated[
    ReleaseNumbersSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("ReleaseNumbersResult", description="How `releaseNumbers` can end."),
]
