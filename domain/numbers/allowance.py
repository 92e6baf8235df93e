"""How many numbers seats allow: pure decisions (ORION, "No Charge DID's")."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.catalog.models import PlanKind
from domain.shared.errors import FieldCode, FieldError


@dataclass(frozen=True, slots=True)
class Part:
    """One line of an order, or one subscription: a plan in a quantity."""

    plan_id: UUID
    kind: PlanKind
    included_numbers: int
    quantity: int

    @property
    def allows(self) -> int:
        """How many numbers belong to it at most."""
        return self.quantity if self.kind is PlanKind.NUMBER else self.quantity * self.included_numbers


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an order or a subscription allows to select, and what is selected, by SKU.

    `free` come with the seats; `bought` are those of lines of SKUs, each for numbers of its own; `awaited` are ordered
    back.
    """

    seats: int
    free: int
    bought: Mapping[UUID, int] = field(default_factory=dict)
    selected: Mapping[UUID, int] = field(default_factory=dict)
    awaited: int = 0

    @property
    def chosen(self) -> int:
        """How many are selected."""
        return sum(self.selected.values())

    @property
    def chargeable(self) -> int:
        """How many of them are charged by their SKU: the free ones come first."""
        return max(0, self.chosen - self.free)

    @property
    def available(self) -> int:
        """How many more can be selected."""
        return max(0, self.free + sum(self.bought.values()) - self.chosen - self.awaited)


def allowance_of(
    parts: Sequence[Part], selected: Mapping[UUID, int], *, other_seats: int = 0, awaited: int = 0
) -> Allowance:
    """The allowance of these parts; `other_seats` are those that the customer has elsewhere: they include nothing."""
    seats, bought = other_seats, Counter[UUID]()
    for part in parts:
        seats += part.quantity if part.kind is PlanKind.SEAT else 0
        if part.kind is PlanKind.NUMBER:
            bought[part.plan_id] += part.quantity
    free = sum(part.allows for part in parts if part.kind is not PlanKind.NUMBER)
    return Allowance(seats, free, bought, selected, awaited)


def to_buy(allowance: Allowance, added: Sequence[UUID]) -> Counter[UUID]:
    """How many of each SKU have to be bought for what is selected: of those that were `added` (their SKUs), the last.

    What the seats include is used up first.
    """
    beyond = Counter({plan: max(0, many - allowance.bought.get(plan, 0)) for plan, many in allowance.selected.items()})
    lacking, bought = sum(beyond.values()) - allowance.free, Counter[UUID]()
    for plan in reversed(added):
        if lacking > 0 and beyond[plan] > 0:
            bought[plan] += 1
            beyond[plan] -= 1
            lacking -= 1
    return bought


def check_selection(allowance: Allowance, path: str) -> list[FieldError]:
    """Whether what is selected is allowed: seats come first, then those that they include, then those bought."""
    if not allowance.chosen + allowance.awaited:
        return []
    if not allowance.seats:
        return [FieldError(path, FieldCode.NOT_ALLOWED, "numbers come with seats: order seats first")]
    beyond = sum(max(0, count - allowance.bought.get(plan, 0)) for plan, count in allowance.selected.items())
    beyond += max(0, allowance.awaited - (sum(allowance.bought.values()) - (allowance.chosen - beyond)))
    if beyond <= allowance.free:
        return []
    message = (
        f"{allowance.chosen + allowance.awaited} selected, but the seats include {allowance.free} and "
        f"{sum(allowance.bought.values())} are bought: order {beyond - allowance.free} more by their SKU"
    )
    return [FieldError(path, FieldCode.EXHAUSTED, message)]
