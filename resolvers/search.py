"""Resolver of the search box."""

from typing import Annotated

import strawberry

from domain.search import queries
from domain.search.rules import read_term
from domain.shared.filters import PageRequest
from resolvers.access import actor_of
from resolvers.hydration import hydrate
from resolvers.lists import shape_at
from resolvers.selection import selection_of
from schema.context import Info
from schema.pages import After, Edge, First, PageInfo
from schema.search import SearchConnection

Term = Annotated[
    str,
    strawberry.argument(
        description="Beginnings of words, an organization's id, or the end of a number; at most 100 characters."
    ),
]


async def search(info: Info, term: Term, first: First = None, after: After = None) -> SearchConnection:
    """Organizations by id, name or reference, purchased numbers, and contracts of your subtree, in one search."""
    actor = actor_of(info)
    found = await queries.search(actor, read_term(term), PageRequest(first=first, after=after))
    nodes = await hydrate(actor, shape_at(info, "SearchHit", ("edges", "node"), ("nodes",)), found.records)
    cursors = [queries.cursor_of(record) for record in found.records] if "edges" in selection_of(info) else []
    return SearchConnection(
        edges=[Edge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=False)],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=found.has_next,
            has_previous_page=after is not None,
            start_cursor=queries.cursor_of(found.records[0]) if found.records else None,
            end_cursor=found.end_cursor,
        ),
    )
