"""Which line of an order each selected number belongs to: pure (the free ones come first, then those bought by SKU)."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from domain.catalog.models import PlanKind
from domain.numbers.allowance import Part


def allot(parts: Sequence[Part], numbers: Sequence[tuple[UUID, UUID]]) -> list[tuple[UUID, int]]:
    """(number's id, place of the part that it belongs to) for each of `numbers`, given as (id, SKU).

    What is selected is allowed (`check_selection`). Numbers that no line of their SKU covers come with seats; what room
    the seats still have takes further ones, so that what was bought stays to be chosen.
    """
    bought: Counter[UUID] = Counter()
    for part in parts:
        bought[part.plan_id] += part.quantity if part.kind is PlanKind.NUMBER else 0
    covered: Counter[UUID] = Counter()
    first: list[tuple[UUID, UUID]] = []
    then: list[tuple[UUID, UUID]] = []
    for number_id, plan_id in numbers:
        covered[plan_id] += 1
        (then if covered[plan_id] <= bought[plan_id] else first).append((number_id, plan_id))
    free = [place for place, part in enumerate(parts) if part.kind is not PlanKind.NUMBER for _ in range(part.allows)]
    room = {
        plan_id: iter(
            [
                place
                for place, part in enumerate(parts)
                if part.kind is PlanKind.NUMBER and part.plan_id == plan_id
                for _ in range(part.quantity)
            ]
        )
        for plan_id in bought
    }
    in_order = first + then
    with_seats = [(number_id, place) for (number_id, _), place in zip(in_order, free, strict=False)]
    return with_seats + [(number_id, next(room[plan_id])) for number_id, plan_id in in_order[len(free) :]]
