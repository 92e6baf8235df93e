"""Loading a subscription to change it."""

from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import NotFound
from domain.shared.ids import encode
from domain.subscriptions.guards import SubscriptionAction, require, standing_of

_ROW: Final = """
SELECT s.*, o.time_zone, d.key AS product_key, d.name AS product_name, p.key AS plan_key, p.name AS plan_name
FROM subscriptions s
JOIN organizations o ON o.id = s.organization_id
JOIN products d ON d.id = s.product_id
JOIN plans p ON p.id = s.plan_id
WHERE s.id = $1 {seen}
"""
_SEEN: Final = "AND s.scope >= $2 AND s.scope < $3"
_LOCK: Final = _ROW.format(seen=f"{_SEEN} FOR UPDATE OF s")
_LOCK_ROW: Final = _ROW.format(seen="FOR UPDATE OF s")
_READ: Final = _ROW.format(seen=_SEEN)


async def lock_for(actor: Actor, subscription_id: UUID, action: SubscriptionAction) -> Record:
    """The subscription within the actor's subtree, locked until the transaction ends, with its customer's time zone.

    NotFound outside the subtree; Conflict where it does not stand so that the action is possible.
    """
    row = await database.fetch_row(_LOCK, subscription_id, actor.scope.lower, actor.scope.upper)
    if row is None:
        raise NotFound("subscription", encode("Subscription", subscription_id))
    require(action, standing_of(row))
    return row


async def lock_row(subscription_id: UUID) -> Record | None:
    """As `lock_for`, for the product itself: whatever it stands like."""
    return await database.fetch_row(_LOCK_ROW, subscription_id)


async def read_row(actor: Actor, subscription_id: UUID) -> Record | None:
    """The same row without a lock, to look what would come of something; None outside the actor's subtree."""
    return await database.fetch_row(_READ, subscription_id, actor.scope.lower, actor.scope.upper)
