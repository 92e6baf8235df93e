"""The one way a list is read: page, filter, sort, relations; and the one way a single thing is."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.shared.errors import NotFound
from domain.shared.filters import PageRequest, Sort
from domain.shared.ids import decode
from domain.shared.listing import Listing
from resolvers.access import actor_of
from resolvers.hydration import Shape, hydrate, hydrate_one, shape_of
from resolvers.selection import Selection, kept, selection_of
from schema.context import Info
from schema.filters import to_clause
from schema.pages import Connection, connection


def shape_at(info: Info, kind: str, *paths: tuple[str, ...]) -> Shape:
    """What is selected of things of `kind`, at these paths below the resolved field together."""

    def work_out() -> Shape:
        selection, wanted = selection_of(info), Selection()
        for path in paths:
            wanted.add(selection.below(*path))
        return shape_of(kind, wanted)

    return kept(info, (kind, paths), work_out)


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
    shape = shape_at(info, kind, ("edges", "node"), ("nodes",))
    page = await listing.page(actor, request, where=clause, sort=keys, columns=shape.columns)
    nodes = await hydrate(actor, shape, page.records)
    shows_edges = "edges" in selection_of(info)
    return connection(nodes, page, lambda: listing.count(actor, where=clause), shows_edges=shows_edges)


async def read_one(info: Info, kind: str, listing: Listing, row_id: UUID, *path: str) -> Any | None:
    """One visible thing, None when there is none; `path` leads from the resolved field to it."""
    return await hydrate_one(actor_of(info), shape_at(info, kind, path), listing, row_id)


async def read_by_id(info: Info, kind: str, listing: Listing, text: str) -> Any | None:
    """One visible thing by its TypeID, None when there is none."""
    return await read_one(info, kind, listing, decode(kind, text))


async def read_written(info: Info, kind: str, listing: Listing, row_id: UUID, *path: str) -> Any:
    """What a mutation has just written, in its transaction's view; NotFound if it has gone meanwhile."""
    found = await read_one(info, kind, listing, row_id, *path)
    if found is None:
        raise NotFound(kind)
    return found


async def read_made(
    info: Info, kind: str, listing: Listing, made: tuple[UUID, Mapping[str, Any] | None], *path: str
) -> Any:
    """What a mutation has made: from the row that it wrote just now, or read where it was made before."""
    row_id, row = made
    if row is None:
        return await read_written(info, kind, listing, row_id, *path)
    return (await hydrate(actor_of(info), shape_at(info, kind, path), [row]))[0]
