"""Reading members, invitations and sessions, and the people behind them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.access.queries import Clock, member_credential
from domain.organizations.queries import HALTED
from domain.shared import database
from domain.shared.actor import Actor, Permission
from domain.shared.cursors import ColumnType
from domain.shared.errors import NotFound
from domain.shared.forgetting import forget
from domain.shared.ids import decode_any, encode
from domain.shared.listing import Listing, Statement

_CREATED: Final = {"CREATED_AT": ("created_at", ColumnType.INSTANT)}
_NOBODY: Final = UUID(int=0)

MEMBERS: Final = Listing(
    "(SELECT m.id, m.organization_id, m.user_id, m.scope, m.role, m.created_at, u.email, u.name "
    "FROM members m JOIN users u ON u.id = m.user_id WHERE m.removed_at IS NULL) AS members",
    filters={"organization_id": "organization_id", "role": "role", "email": "email", "name": "name"},
    sorts=_CREATED,
)
INVITATIONS: Final = Listing("invitations", filters={"organization_id": "organization_id"}, sorts=_CREATED)


@dataclass(frozen=True, slots=True)
class SessionListing(Listing):
    """Everyone sees the own sessions, who manages members those of the subtree."""

    def visible(self, actor: Actor, statement: Statement) -> str:
        """The tenancy predicate, and whose sessions they are."""
        subtree = Listing.visible(self, actor, statement)
        if Permission.MEMBERS_MANAGE in actor.permissions:
            return subtree
        return f"({subtree} AND member_id = {statement.bind(member_of(actor) or _NOBODY)})"


SESSIONS: Final = SessionListing(
    "(SELECT * FROM sessions WHERE ended_at IS NULL) AS sessions", filters={"member_id": "member_id"}, sorts=_CREATED
)

# A membership with what an actor is made of.
_PLACES: Final = f"""
SELECT m.id AS member_id, m.user_id, m.role, m.created_at, o.id AS organization_id, o.name AS organization_name,
       o.kind, o.scope, {HALTED} AS halted
FROM members m JOIN organizations o ON o.id = m.organization_id
"""  # noqa: S608 - a constant


def member_of(actor: Actor) -> UUID | None:
    """The member who acts; None for a machine."""
    try:
        kind, member_id = decode_any(actor.principal)
    except ValueError:
        return None
    return member_id if kind == "Member" else None


async def account_by_email(key: str) -> Record | None:
    """The person with this address (case-folded): outside any tenancy, for signing in."""
    return await database.fetch_row("SELECT * FROM users WHERE email_key = $1", key)


async def places_of(user_id: UUID | None) -> list[Record]:
    """The memberships of a person, the first one first."""
    return await database.fetch(
        f"{_PLACES} WHERE m.user_id = $1 AND m.removed_at IS NULL ORDER BY m.created_at, m.id", user_id or _NOBODY
    )


async def place_of(member_id: UUID) -> Record | None:
    """One membership that stands."""
    return await database.fetch_row(f"{_PLACES} WHERE m.id = $1 AND m.removed_at IS NULL", member_id)


def actor_at(place: Record, clock: Clock, at: datetime) -> Actor:
    """The actor that a membership makes."""
    return member_credential(place, at, None).actor(at, clock.new_id)


async def get_member(actor: Actor, member_id: UUID) -> Record:
    """One member of the actor's subtree; NotFound otherwise."""
    found = await MEMBERS.by_ids(actor, [member_id])
    if not found:
        raise NotFound("member", encode("Member", member_id))
    return found[0]


async def forget_sessions(before: datetime) -> int:
    """Drop sessions and requests for passwords that ended before a time; answers how many."""
    resets = await forget("password_resets", "expires_at < $1", before)
    return resets + await forget("sessions", "expires_at < $1 OR ended_at < $1", before)


async def address_of(principal: str) -> str | None:
    """The e-mail address of the person behind a principal; None for a machine, and for who is no member any more."""
    try:
        kind, member_id = decode_any(principal)
    except ValueError:
        return None
    if kind != "Member":
        return None
    sql = "SELECT u.email FROM members m JOIN users u ON u.id = m.user_id WHERE m.id = $1 AND m.removed_at IS NULL"
    found: str | None = await database.fetch_value(sql, member_id)
    return found
