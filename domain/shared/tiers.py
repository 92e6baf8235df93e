"""Amounts by edge of the resale chain: the one place that decides who sees which."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.shared.tenancy import Scope


@dataclass(frozen=True, slots=True)
class EdgeAmounts:
    """Minor units of the two edges a viewer is party to; None where it is not, or nothing is fixed yet."""

    cost: int | None
    price: int | None


NOTHING = EdgeAmounts(None, None)


def seen_by(viewer: Scope, owner: Scope, tier_minor: Sequence[int] | None) -> EdgeAmounts:
    """What `viewer` sees of amounts on the chain of `owner`; `tier_minor[i]` is what chain member i+1 pays member i.

    Price is what the viewer's buyer pays it (for the last of the chain: what it pays itself). Cost is what the viewer
    pays its own seller; the first of the chain has none, and the last one's is its price (domain.md, Organizations).
    """
    if not tier_minor or not viewer.covers(owner):
        return NOTHING
    place = len(viewer.chain) - 1
    if place >= len(tier_minor):
        return EdgeAmounts(None, tier_minor[-1])
    return EdgeAmounts(tier_minor[place - 1] if place else None, tier_minor[place])
