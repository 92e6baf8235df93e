"""Everything with an id of its own."""

from typing import Any

import strawberry


@strawberry.interface(description="Something with an id of its own, which `node` finds again.")
class Node:
    """Implemented by plain dataclasses: Strawberry's own relay resolvers cost 18 us a node."""

    id: strawberry.ID = strawberry.field(description="Globally unique, sortable by creation; its prefix says its type.")


def unloaded() -> Any:
    """What stands in a relation until hydration sets it; it is only met where the relation is not selected."""
    return None
