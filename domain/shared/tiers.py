"""Amounts by edge of the resale chain: the one place that decides who sees which.

`tier_minor[i]` is what chain member i+1 pays member i, in minor units, on the chain of the row's owner, root first.
Price is what the viewer's buyer pays it (for the last of the chain: what it pays itself). Cost is what the viewer pays
its own seller; the first of the chain has none, and the last one's is its price (domain.md, Organizations).
"""

from collections.abc import Callable, Sequence

from domain.shared.tenancy import Scope

See = Callable[[str, Sequence[int] | None], int | None]


def prices_for(viewer: Scope) -> See:
    """The price that `viewer` sees, from (owner's path, amounts): None outside its subtree, or before it is fixed."""
    own, place = viewer.path, viewer.depth - 1

    def price(owner_path: str, tier_minor: Sequence[int] | None) -> int | None:
        if not tier_minor or not owner_path.startswith(own):
            return None
        return tier_minor[place] if place < len(tier_minor) else tier_minor[-1]

    return price


def costs_for(viewer: Scope) -> See:
    """The cost that `viewer` sees, from (owner's path, amounts): None where it has none, or would see no price."""
    own, place = viewer.path, viewer.depth - 1

    def cost(owner_path: str, tier_minor: Sequence[int] | None) -> int | None:
        if not tier_minor or not owner_path.startswith(own):
            return None
        return tier_minor[place - 1] if 0 < place < len(tier_minor) else None

    return cost


def no_costs(_owner_path: str, _tier_minor: Sequence[int] | None) -> None:
    """What a viewer without the permission sees of costs."""
