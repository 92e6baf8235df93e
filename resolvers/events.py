"""Resolvers of the event log."""

from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

import strawberry

from domain.events.catalogue import EventType
from domain.events.queries import EVENTS, since
from domain.shared.tenancy import Scope
from resolvers.access import actor_of
from resolvers.hydration import hydrate
from resolvers.lists import read_page
from resolvers.selection import selection_of
from schema.context import Info
from schema.events import Event, EventWhere
from schema.pages import After, Before, Connection, First, Last, page_request

_REMEMBERED: Final = 10_000

Types = Annotated[list[EventType] | None, strawberry.argument(description="Only these types; null: all.")]


async def events(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: EventWhere | None = None,
) -> Connection[Event]:
    """What has happened in your subtree, newest first: the audit log, and the history of each thing."""
    return await read_page(info, "Event", EVENTS, page_request(first, after, last, before), where=where)


async def organization_events(info: Info, types: Types = None) -> AsyncIterator[Event]:
    """What happens in your subtree from now on."""
    actor, clock, selection = actor_of(info), info.context.house.clock, selection_of(info)
    began_at = looked_at = clock.now()
    seen: OrderedDict[UUID, None] = OrderedDict()
    async for _ in info.context.house.news.watch(lambda _, scope: actor.scope.covers(Scope(scope))):
        now = clock.now()
        for record in await since(actor, looked_at, types or []):
            # The look reaches back over late commits: what was seen, or happened before, is not news.
            if record["id"] not in seen and record["occurred_at"] >= began_at:
                seen[record["id"]] = None
                yield (await hydrate(actor, "Event", [record], selection))[0]
        looked_at = now
        while len(seen) > _REMEMBERED:
            seen.popitem(last=False)
