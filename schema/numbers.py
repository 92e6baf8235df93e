"""Telephone numbers: types and inputs."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any, Final

import strawberry

from domain.numbers.models import NumberKind
from domain.numbers.rules import state_at
from domain.numbers.states import NumberState
from domain.shared.actor import Actor
from domain.shared.filters import Direction
from domain.shared.ids import encode
from schema.catalog import Plan
from schema.filters import KIND, IdFilter
from schema.nodes import Node
from schema.organizations import Organization
from schema.pages import Connection
from schema.reading import Field, Read, Reader, column, identity, member, viewed
from schema.scalars import Record


@strawberry.type(description="A telephone number: in a seller's stock, or a customer's.")
class Number(Node):
    """Read from `numbers`; customer and plan are loaded when asked for."""

    number: str = strawberry.field(description="The number in E.164, like +14155550123.")
    state: NumberState = strawberry.field(description="Where it stands.")
    kind: NumberKind = strawberry.field(description="What calling it means.")
    country: str = strawberry.field(description="ISO 3166 code.")
    npa: str | None = strawberry.field(description="Area code, of country code 1.")
    nxx: str | None = strawberry.field(description="Exchange within the area, of country code 1.")
    rate_center: str = strawberry.field(description="The place from which calls to it are rated.")
    reserved_until: datetime | None = strawberry.field(description="When its reservation ends by itself.")
    quarantined_until: datetime | None = strawberry.field(description="When it can be had again.")
    changed_at: datetime = strawberry.field(description="When it came to where it stands.")
    order_id: strawberry.ID | None = strawberry.field(description="The order it is reserved for, or came with.")
    subscription_id: strawberry.ID | None = strawberry.field(description="The subscription it is of, or reserved for.")
    customer: Organization | None = strawberry.field(description="Who has it, or whom it is reserved for.")
    plan: Plan = strawberry.field(description="The SKU that prices it beyond those that seats include.")


def _at(*columns: str, read: Callable[[Record, NumberState], Any]) -> Field:
    """What depends on the state that a number has now, whatever its row still says."""

    def reading(viewer: Actor) -> Read:
        return lambda record: read(record, state_at(NumberState(record["state"]), record["free_from"], viewer.at))

    return viewed((*columns, "state", "free_from"), reading)


def _until(held: NumberState) -> Field:
    return _at(read=lambda record, state: record["free_from"] if state is held else None)


def _held_by(kind: str, name: str) -> Field:
    """An id that is told only while the number is not in stock: who let a reservation pass is nobody's business."""

    def read(record: Record, state: NumberState) -> str | None:
        return None if state is NumberState.AVAILABLE or record[name] is None else encode(kind, record[name])

    return _at(name, read=read)


def _or_null(name: str) -> Field:
    return Field((name,), f"c_{name} or None", lambda _: {})


NUMBER: Final = Reader(
    Number,
    {
        "id": identity("Number"),
        "number": column("e164"),
        "state": _at(read=lambda _, state: state),
        "kind": member(NumberKind, "kind"),
        "country": column("country"),
        "npa": _or_null("npa"),
        "nxx": _or_null("nxx"),
        "rate_center": column("rate_center"),
        "reserved_until": _until(NumberState.RESERVED),
        "quarantined_until": _until(NumberState.QUARANTINED),
        "changed_at": column("changed_at"),
        "order_id": _held_by("Order", "order_id"),
        "subscription_id": _held_by("Subscription", "subscription_id"),
    },
)


@strawberry.type(description="One page of the numbers found in stock, in their order.")
class NumberSearchConnection(Connection[Number]):
    """A Relay connection that also names the place that was searched."""

    rate_center: str | None = strawberry.field(
        description="The rate center of the NPA-NXX that was searched, whether or not it has stock; null if unknown."
    )


@strawberry.input(description="Compares a text exactly.")
class ExactFilter:
    """All given comparisons must hold."""

    eq: str | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[str] | None = strawberry.field(name="in", description="Is one of these (at most 100).", default=None)


@strawberry.input(description="Compares the state of a number.")
class NumberStateFilter:
    """All given comparisons must hold."""

    eq: NumberState | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[NumberState] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Compares the kind of a number.")
class NumberKindFilter:
    """All given comparisons must hold."""

    eq: NumberKind | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[NumberKind] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which numbers.")
class NumberWhere:
    """All given parts must hold."""

    e164: ExactFilter | None = strawberry.field(name="number", description="By the number, in E.164.", default=None)
    state: NumberStateFilter | None = strawberry.field(description="By state.", default=None)
    kind: NumberKindFilter | None = strawberry.field(description="By kind.", default=None)
    country: ExactFilter | None = strawberry.field(description="By country, ISO 3166.", default=None)
    npa: ExactFilter | None = strawberry.field(description="By area code.", default=None)
    nxx: ExactFilter | None = strawberry.field(description="By exchange.", default=None)
    rate_center: ExactFilter | None = strawberry.field(description="By rate center, in capitals.", default=None)
    plan_id: IdFilter | None = strawberry.field(description="By SKU.", default=None, metadata={KIND: "Plan"})
    customer_id: IdFilter | None = strawberry.field(
        description="By who has it.", default=None, metadata={KIND: "Organization"}
    )
    order_id: IdFilter | None = strawberry.field(description="By order.", default=None, metadata={KIND: "Order"})
    subscription_id: IdFilter | None = strawberry.field(
        description="By subscription.", default=None, metadata={KIND: "Subscription"}
    )
    and_: list["NumberWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["NumberWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What numbers can be sorted by.")
class NumberSortField(Enum):
    """Names of domain.numbers.queries.NUMBERS.sorts."""

    NUMBER = strawberry.enum_value("NUMBER", description="The number.")


@strawberry.input(description="One sort key.")
class NumberSort:
    """Later keys break the ties of earlier ones."""

    field: NumberSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")


@strawberry.input(description="What to look for in stock; all of it must hold.")
class NumberSearchWhere:
    """Mirrors domain.numbers.rules.StockSearch."""

    npa: str | None = strawberry.field(description="Area code, three digits.", default=None)
    nxx: str | None = strawberry.field(description="Exchange within the area code, three digits.", default=None)
    country: str | None = strawberry.field(description="ISO 3166 code.", default=None)
    rate_center: str | None = strawberry.field(description="Rate center, in any case.", default=None)
    digits: str | None = strawberry.field(
        description="Digits that stand somewhere in the number; within an area code, a rate center or a kind.",
        default=None,
    )
    run: int | None = strawberry.field(
        description="Only what lies in an unbroken run of at least so many, 2-100; within an NPA-NXX or a rate center.",
        default=None,
    )
    kind: NumberKind | None = strawberry.field(description="Kind.", default=None)
    plan_id: strawberry.ID | None = strawberry.field(
        description="SKU; within an area code, a rate center or a kind.", default=None
    )
    customer_id: strawberry.ID | None = strawberry.field(
        description="From the stock that this customer can buy from; null: that you can.", default=None
    )
