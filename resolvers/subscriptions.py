"""Resolvers of subscriptions (what customers have)."""

from collections.abc import AsyncIterator

import strawberry

from domain.subscriptions.queries import SUBSCRIPTIONS
from resolvers.following import follow
from resolvers.lists import read_by_id, read_page
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request
from schema.subscriptions import Subscription, SubscriptionSort, SubscriptionWhere


async def subscription(info: Info, id: strawberry.ID) -> Subscription | None:  # noqa: A002 - the argument's public name
    """One subscription of your subtree; null if there is none."""
    return await read_by_id(info, "Subscription", SUBSCRIPTIONS, id)


async def subscriptions(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: SubscriptionWhere | None = None,
    sort: list[SubscriptionSort] | None = None,
) -> Connection[Subscription]:
    """The subscriptions of your subtree; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "Subscription", SUBSCRIPTIONS, request, where=where, sort=sort)


async def subscription_updated(info: Info, id: strawberry.ID) -> AsyncIterator[Subscription]:  # noqa: A002 - the argument's public name
    """The subscription as it is now, and again whenever something happens to it."""
    async for changed in follow(info, "Subscription", SUBSCRIPTIONS, id):
        yield changed
