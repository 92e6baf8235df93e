"""Amounts by edge of the resale chain: the one place that decides who sees which.

`tier_minor[i]` is what chain member i+1 pays member i, in minor units, on the chain of the row's owner, root first.
Price is what the viewer's buyer pays it (for the last of the chain: what it pays itself). Cost is what the viewer pays
its own seller; the first of the chain has none, and the last one's is its price (domain.md, Organizations).
"""

from collections.abc import Sequence

from domain.shared.tenancy import Scope


def price_seen_by(viewer: Scope, owner_path: str, tier_minor: Sequence[int] | None) -> int | None:
    """The price as `viewer` sees it; None outside its subtree, or while nothing is fixed."""
    if not tier_minor or not owner_path.startswith(viewer.path):
        return None
    place = viewer.depth - 1
    return tier_minor[place] if place < len(tier_minor) else tier_minor[-1]


def cost_seen_by(viewer: Scope, owner_path: str, tier_minor: Sequence[int] | None) -> int | None:
    """The cost as `viewer` sees it; None where it has none, outside its subtree, or while nothing is fixed."""
    if not tier_minor or not owner_path.startswith(viewer.path):
        return None
    place = viewer.depth - 1
    return tier_minor[place - 1] if 0 < place < len(tier_minor) else None
