"""Changing what a member is, and removing it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.access.permissions import Role
from domain.access.rules import check_role, may_hold
from domain.access.sessions import EndReason, end_of_member
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import Conflict, Forbidden, Invalid, NotFound
from domain.shared.ids import encode

# The owners are locked together, always in one order: two who remove each other take turns.
_OWNERS: Final = """
SELECT id FROM members WHERE organization_id = $1 AND role = 'OWNER' AND removed_at IS NULL ORDER BY id FOR UPDATE
"""
_LOAD: Final = """
SELECT m.id AS member_id, m.organization_id, m.scope, m.role, o.kind
FROM members m JOIN organizations o ON o.id = m.organization_id
WHERE m.id = $1 AND m.scope >= $2 AND m.scope < $3 AND m.removed_at IS NULL FOR UPDATE OF m
"""


async def update_member(actor: Actor, member_id: UUID, *, role: Role) -> UUID:
    """Give a member of the subtree another role; it holds for its sessions at once.

    Forbidden when the member may do more than the actor, Invalid when the role would, Conflict for the last owner.
    """
    async with database.transaction():
        member = await _load(actor, member_id)
        if problems := check_role(actor, OrganizationKind(member["kind"]), role):
            raise Invalid(problems)
        if role.value != member["role"]:
            await _check_not_last_owner(member)
            await database.execute("UPDATE members SET role = $2 WHERE id = $1", member_id, role.value)
            told = {**member, "role": role.value}
            before = {"previous_role": member["role"]}
            await record(actor, member_event(EventType.MEMBER_UPDATED, told, before))
        return member_id


async def remove_member(actor: Actor, member_id: UUID) -> UUID:
    """End a membership of the subtree and every session by it; refusals as for `update_member`."""
    async with database.transaction():
        member = await _load(actor, member_id)
        await _check_not_last_owner(member)
        await database.execute("UPDATE members SET removed_at = $2 WHERE id = $1", member_id, actor.at)
        await end_of_member(actor, member_id, EndReason.MEMBER_REMOVED)
        await record(actor, member_event(EventType.MEMBER_REMOVED, member))
        return member_id


async def _load(actor: Actor, member_id: UUID) -> Record:
    """The locked member; of an owner, all owners first."""
    reach = actor.scope.lower, actor.scope.upper
    organization_id = await database.fetch_value(
        "SELECT organization_id FROM members WHERE id = $1 AND scope >= $2 AND scope < $3", member_id, *reach
    )
    await database.fetch(_OWNERS, organization_id)
    member = await database.fetch_row(_LOAD, member_id, *reach)
    if member is None:
        raise NotFound("member", encode("Member", member_id))
    if not may_hold(actor, OrganizationKind(member["kind"]), Role(member["role"])):
        raise Forbidden(f"this member is {member['role']} and may do more than you may")
    return member


async def _check_not_last_owner(member: Record) -> None:
    if member["role"] != Role.OWNER.value:
        return
    owners = await database.fetch(_OWNERS, member["organization_id"])
    if len(owners) == 1:
        raise Conflict("an organization keeps its last owner: make another one first", current=Role.OWNER.value)


def member_event(
    event_type: EventType, member: Mapping[str, Any] | Record, more: Mapping[str, str] | None = None
) -> NewEvent:
    """What is told of a member: `member` has its id, organization, scope and role."""
    data = {
        "member_id": encode("Member", member["member_id"]),
        "organization_id": encode("Organization", member["organization_id"]),
        "role": member["role"],
        **(more or {}),
    }
    return NewEvent(event_type, member["organization_id"], member["scope"], member["member_id"], data)
