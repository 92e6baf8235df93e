"""Who of the customer's members uses a subscription."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.events.actions import record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Invalid
from domain.shared.ids import encode
from domain.subscriptions.events import change_event
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.loading import lock_for
from domain.subscriptions.rules import check_assignees

_ASSIGNED: Final = """
SELECT a.member_id FROM subscription_assignees a WHERE a.subscription_id = $1 ORDER BY a.member_id
"""
_MEMBERS: Final = "SELECT id FROM members WHERE organization_id = $1 AND id = ANY($2) AND removed_at IS NULL"
_ASSIGN: Final = """
INSERT INTO subscription_assignees (id, subscription_id, member_id, scope, created_at)
SELECT n.id, $1, n.member_id, $2, $3 FROM unnest($4::uuid[], $5::uuid[]) AS n(id, member_id)
"""


async def assign_members(actor: Actor, subscription_id: UUID, member_ids: Sequence[UUID]) -> UUID:
    """Assign members of the customer; those that are assigned already stay (B3-S, "View assignees")."""
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.ASSIGN_MEMBERS)
        before = await _assigned(subscription_id)
        found = await database.fetch(_MEMBERS, row["organization_id"], list(member_ids))
        if problems := check_assignees(member_ids, {member["id"] for member in found}, before):
            raise Invalid(problems)
        if new := [member_id for member_id in dict.fromkeys(member_ids) if member_id not in before]:
            await database.execute(_ASSIGN, subscription_id, row["scope"], actor.at, [actor.new_id() for _ in new], new)
            await _tell(actor, row, before, [*before, *new])
        return subscription_id


async def unassign_members(actor: Actor, subscription_id: UUID, member_ids: Sequence[UUID]) -> UUID:
    """Take members off; those that are not assigned are passed over."""
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.ASSIGN_MEMBERS)
        before = await _assigned(subscription_id)
        after = [member_id for member_id in before if member_id not in set(member_ids)]
        if after != before:
            sql = "DELETE FROM subscription_assignees WHERE subscription_id = $1 AND member_id = ANY($2)"
            await database.execute(sql, subscription_id, list(member_ids))
            await _tell(actor, row, before, after)
        return subscription_id


async def _assigned(subscription_id: UUID) -> list[UUID]:
    return [row["member_id"] for row in await database.fetch(_ASSIGNED, subscription_id)]


async def _tell(actor: Actor, row: Record, before: Sequence[UUID], after: Sequence[UUID]) -> None:
    def named(members: Sequence[UUID]) -> dict[str, Any]:
        return {"member_ids": [encode("Member", member_id) for member_id in sorted(members)]}

    told = change_event(EventType.SUBSCRIPTION_ASSIGNEES_CHANGED, row, before=named(before), after=named(after))
    await record(actor, told)
