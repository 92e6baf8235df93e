"""Relay connections, from the domain's keyset pages."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Generic, TypeVar

import strawberry

from domain.shared.filters import PageRequest
from domain.shared.listing import Page

T = TypeVar("T")

First = Annotated[
    int | None, strawberry.argument(description="How many from the start, 1-100; 20 when neither is given.")
]
After = Annotated[str | None, strawberry.argument(description="Start behind this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="How many from the end, 1-100.")]
Before = Annotated[str | None, strawberry.argument(description="End before this cursor.")]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """By the Relay connection specification."""

    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether more come before.")
    start_cursor: str | None = strawberry.field(description="The first one's cursor; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The last one's cursor; null on an empty page.")


@strawberry.type(description="One of a page, with its cursor.")
class Edge(Generic[T]):
    """By the Relay connection specification."""

    cursor: str = strawberry.field(description="Opaque; pages go on from it.")
    node: T = strawberry.field(description="The thing itself.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    """By the Relay connection specification, with `nodes` as a short cut."""

    edges: list[Edge[T]] = strawberry.field(description="The page's things, each with its cursor.")
    nodes: list[T] = strawberry.field(description="The page's things alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in its list.")
    counting: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="How many the whole list has, counted when asked for.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def total_count(self) -> int:
        """Counted in a statement of its own."""
        return await self.counting()


def connection(
    nodes: list[T], page: Page, counting: Callable[[], Awaitable[int]], *, shows_edges: bool = True
) -> Connection[T]:
    """Make a connection of a page's nodes, which are in the order of its records; its edges where they are shown."""
    records, cursor_of = page.records, page.cursor_of
    return Connection(
        edges=[Edge(cursor=cursor_of(record), node=node) for record, node in zip(records, nodes, strict=True)]
        if shows_edges
        else [],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=cursor_of(records[0]) if records else None,
            end_cursor=cursor_of(records[-1]) if records else None,
        ),
        counting=counting,
    )


def page_request(first: int | None, after: str | None, last: int | None, before: str | None) -> PageRequest:
    """The domain's page request from a connection's arguments."""
    return PageRequest(first=first, after=after, last=last, before=before)
