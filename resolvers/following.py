"""The one way a single thing is watched: as it is now, and again whenever something happens to it."""

from collections.abc import AsyncIterator
from typing import Any

from domain.events.queries import sequence_of
from domain.shared.errors import NotFound
from domain.shared.ids import decode
from domain.shared.listing import Listing
from resolvers.access import actor_of
from resolvers.lists import read_one
from schema.context import Info


async def follow(info: Info, kind: str, listing: Listing, text: str) -> AsyncIterator[Any]:
    """One visible thing by its TypeID, after each of its events once; NotFound when it is not visible, or no longer."""
    row_id, seen = decode(kind, text), -1
    async for _ in info.context.house.news.watch(lambda aggregate_id, _: aggregate_id == row_id):
        sequence = await sequence_of(actor_of(info), row_id) or 0
        while sequence > seen:
            current = await read_one(info, kind, listing, row_id)
            if current is None:
                raise NotFound(kind.lower(), text)
            # Something more may have happened before it was read: then it is told once, not twice.
            before, sequence = sequence, await sequence_of(actor_of(info), row_id) or sequence
            if sequence == before:
                seen = before
                yield current
