"""What discounts take off: pure decisions on the lines of one edge."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from domain.discounts.models import DiscountDuration
from domain.shared.money import Money, round_minor

_WHOLE: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Discount:
    """What is taken off: `percent` of each line, or `fixed_minor` of all of them together.

    Both act on lines of the product and of the plan that are named, or on all; `cycles` is for CYCLES alone.
    """

    id: UUID
    percent: Decimal | None
    fixed_minor: int | None
    duration: DiscountDuration
    cycles: int | None
    product_id: UUID | None
    plan_id: UUID | None


@dataclass(frozen=True, slots=True)
class Line:
    """What one line costs on an edge before discounts, in minor units."""

    amount_minor: int
    product_id: UUID
    plan_id: UUID


def acts_on(discount: Discount, line: Line) -> bool:
    """Whether a discount is for what a line buys."""
    return discount.product_id in (None, line.product_id) and discount.plan_id in (None, line.plan_id)


def acts_in(discount: Discount, cycle: int) -> bool:
    """Whether a discount is still given in a billing cycle, counted from 1."""
    lasts = {DiscountDuration.ONCE: 1, DiscountDuration.CYCLES: discount.cycles or 0, DiscountDuration.FOREVER: cycle}
    return cycle <= lasts[discount.duration]


def apply_discounts(lines: Sequence[Line], discounts: Sequence[Discount], cycle: int) -> dict[UUID, list[int]]:
    """What each discount takes off each line in this billing cycle, in minor units; those that take nothing are absent.

    Percentages come first, then fixed amounts; within each the one made first (by id). Each acts on what those before
    it have left. A percentage is rounded half up once a line; a fixed amount is shared among the lines by what is left
    of them (largest remainder) and is never more than that: no line goes below zero.
    """
    left = [line.amount_minor for line in lines]
    taken: dict[UUID, list[int]] = {}
    for discount in sorted(discounts, key=lambda one: (one.percent is None, one.id)):
        if not acts_in(discount, cycle):
            continue
        within = [amount if acts_on(discount, line) else 0 for line, amount in zip(lines, left, strict=True)]
        parts = _taken(discount, within)
        if any(parts):
            taken[discount.id] = parts
            left = [amount - part for amount, part in zip(left, parts, strict=True)]
    return taken


def _taken(discount: Discount, amounts: Sequence[int]) -> list[int]:
    if discount.percent is not None:
        return [min(amount, round_minor(amount * discount.percent / _WHOLE)) for amount in amounts]
    whole = min(discount.fixed_minor or 0, sum(amounts))
    if not whole:
        return [0] * len(amounts)
    return [part.minor for part in Money(whole, "").allocate(amounts)]
