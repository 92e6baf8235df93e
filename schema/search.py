"""The search box: types."""

from typing import Final

import strawberry

from domain.search.rules import STORED, SearchMatch
from schema.contracts import Contract
from schema.numbers import Number
from schema.organizations import Organization
from schema.pages import Edge, PageInfo
from schema.reading import Reader, column, computed
from schema.scalars import Record
from schema.subscriptions import Subscription


@strawberry.type(description="Something that a search found.")
class SearchHit:
    """Read from the statements of domain.search; all things are loaded when asked for."""

    match: SearchMatch = strawberry.field(description="By what it was found.")
    text: str = strawberry.field(description="The text that was found: an id's organization by its name.")
    organization: Organization = strawberry.field(description="The organization, or whose the number or contract is.")
    number: Number | None = strawberry.field(description="The number that was found.")
    contract: Contract | None = strawberry.field(description="The contract that was found.")
    subscription: Subscription | None = strawberry.field(
        description="The subscription that the number belongs to; null without SUBSCRIPTIONS_READ."
    )


def _match(record: Record) -> SearchMatch:
    match = record["match"]
    return STORED[match] if isinstance(match, int) else SearchMatch(match)


SEARCH_HIT: Final = Reader(SearchHit, {"match": computed(("match",), _match), "text": column("text")})


@strawberry.type(description="One page of what a search found.")
class SearchConnection:
    """By the Relay connection specification; it is not counted, for that would read all of it."""

    edges: list[Edge[SearchHit]] = strawberry.field(description="The page's hits, each with its cursor.")
    nodes: list[SearchHit] = strawberry.field(description="The page's hits alone.")
    page_info: PageInfo = strawberry.field(
        description="Where the page lies. A page may have fewer hits than asked for, or none, although more follow: "
        "it ends when it has looked at its share."
    )
