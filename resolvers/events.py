"""Resolvers of the event log."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

import strawberry
from asyncpg import Record

from domain.events.queries import EVENTS, LATE_COMMIT, SINCE_LIMIT, since
from domain.events.types import EventType
from domain.shared.actor import Actor
from domain.shared.ids import first_id
from domain.shared.tenancy import Scope
from resolvers.access import actor_of
from resolvers.hydration import hydrate
from resolvers.lists import read_page, shape_at
from schema.context import Info
from schema.events import Event, EventWhere
from schema.pages import After, Before, Connection, First, Last, page_request

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
    clock, shape, own = info.context.house.clock, shape_at(info, "Event", ()), actor_of(info).scope
    began, position = first_id(clock.now()), first_id(clock.now() - LATE_COMMIT)
    seen: set[UUID] = set()
    async for _ in info.context.house.news.watch(lambda _, scope: own.covers(Scope(scope))):
        actor = actor_of(info)  # a stream outlives changes of what its credential may see
        # Each look reaches back over late commits: what was seen, or made before, is not news.
        looked_back_to = first_id(clock.now() - LATE_COMMIT)
        async for record in _after(actor, position, types or []):
            if record["id"] not in seen and record["id"] >= began:
                seen.add(record["id"])
                yield (await hydrate(actor, shape, [record]))[0]
        position = looked_back_to
        seen = {event_id for event_id in seen if event_id > position}


async def _after(actor: Actor, position: UUID, types: list[EventType]) -> AsyncIterator[Record]:
    """Every event past a position, page by page."""
    while records := await since(actor, position, types):
        for record in records:
            yield record
        if len(records) < SINCE_LIMIT:
            return
        position = records[-1]["id"]
