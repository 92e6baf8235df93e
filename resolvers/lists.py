"""The one way a list is read: page, filter, sort, relations; and the one way a single thing is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.shared.errors import NotFound
from domain.shared.filters import PageRequest, Sort
from domain.shared.ids import decode
from domain.shared.listing import Listing
from resolvers.access import actor_of
from resolvers.hydration import columns_for, hydrate
from resolvers.selection import Selection, selection_of
from schema.context import Info
from schema.filters import to_clause
from schema.pages import Connection, connection


async def read_page(
    info: Info,
    kind: str,
    listing: Listing,
    request: PageRequest,
    *,
    where: Any = None,
    sort: Sequence[Any] | None = None,
) -> Connection[Any]:
    """One page of `listing` as a connection, with what is selected of its nodes."""
    actor = actor_of(info)
    clause = to_clause(where)
    keys = [Sort(key.field.name, key.direction) for key in sort or ()]
    selection = selection_of(info)
    below = Selection()
    below.add(selection.below("edges", "node"))
    below.add(selection.below("nodes"))
    page = await listing.page(actor, request, where=clause, sort=keys, columns=columns_for(kind, below))
    nodes = await hydrate(actor, kind, page.records, below)
    return connection(nodes, page, lambda: listing.count(actor, where=clause))


async def read_one(info: Info, kind: str, listing: Listing, row_id: UUID, *path: str) -> Any | None:
    """One visible thing, None when there is none; `path` leads from the resolved field to it."""
    actor = actor_of(info)
    selection = selection_of(info).below(*path)
    records = await listing.by_ids(actor, [row_id], columns_for(kind, selection))
    found = await hydrate(actor, kind, records, selection)
    return found[0] if found else None


async def read_by_id(info: Info, kind: str, listing: Listing, text: str) -> Any | None:
    """One visible thing by its TypeID, None when there is none."""
    return await read_one(info, kind, listing, decode(kind, text))


async def read_written(info: Info, kind: str, listing: Listing, row_id: UUID, *path: str) -> Any:
    """What a mutation has just written, in its transaction's view; NotFound if it has gone meanwhile."""
    found = await read_one(info, kind, listing, row_id, *path)
    if found is None:
        raise NotFound(kind)
    return found
