"""Beginning a member's session, going on with it, and ending it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.access.doors import Door, SignedIn
from domain.access.people import SESSIONS, actor_at, member_of
from domain.access.queries import token_hash
from domain.access.rules import ACCESS_LASTS, REFRESH_LASTS
from domain.events.actions import NewEvent, record, record_with
from domain.events.types import EventType
from domain.organizations.queries import HALTED
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import BadCredentials, FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.writes import Writes


class EndReason(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "SIGNED_OUT"
    REFRESH_TOKEN_REUSED = "REFRESH_TOKEN_REUSED"  # noqa: S105 - a name, not a secret
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 - a name, not a secret
    MEMBER_REMOVED = "MEMBER_REMOVED"


_REFRESHED: Final = f"""
SELECT r.id AS refresh_id, r.used_at, r.expires_at AS refresh_expires_at, s.id AS session_id, s.ended_at, s.scope,
       m.removed_at, m.id AS member_id, m.role, o.id AS organization_id, o.kind, {HALTED} AS halted
FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id JOIN members m ON m.id = s.member_id
JOIN organizations o ON o.id = m.organization_id
WHERE r.token_hash = $1 FOR UPDATE OF r, s
"""  # noqa: S608 - a constant
_END: Final = """
UPDATE sessions s SET ended_at = $2 FROM members m
WHERE m.id = s.member_id AND s.ended_at IS NULL AND {which}
RETURNING s.id, s.scope, s.device, m.id AS member_id, m.organization_id
"""
_END_THESE: Final = _END.format(which="s.id = ANY($1)")
_END_OF_MEMBER: Final = _END.format(which="m.id = $1")
_END_OF_PERSON: Final = _END.format(which="m.user_id = $1")


async def begin_session(door: Door, place: Record, device: str) -> SignedIn:
    """Sign a person in as this member; joins the caller's transaction."""
    at = door.clock.now()
    actor, session_id = actor_at(place, door.clock, at), door.clock.new_id()
    made = _signed_in(door, actor, place["member_id"], session_id)
    writes = Writes()
    row = {
        "id": session_id,
        "member_id": place["member_id"],
        "scope": place["scope"],
        "device": device.strip(),
        "address": door.address,
        "access_hash": token_hash(made.access_token),
        "access_expires_at": made.access_expires_at,
        "expires_at": made.refresh_expires_at,
        "created_at": at,
        "last_used_at": at,
    }
    writes.insert("sessions", row)
    writes.insert("refresh_tokens", _refresh_row(door, made))
    data = _told(session_id, place["member_id"], place["organization_id"]) | {"device": row["device"]}
    record_with(
        writes,
        actor,
        NewEvent(EventType.SESSION_CREATED, place["organization_id"], place["scope"], session_id, data),
    )
    await writes.send()
    return made


def _signed_in(door: Door, actor: Actor, member_id: UUID, session_id: UUID) -> SignedIn:
    access, refresh = door.new_access_token(), door.new_refresh_token()
    return SignedIn(actor, member_id, session_id, access, actor.at + ACCESS_LASTS, refresh, actor.at + REFRESH_LASTS)


def _refresh_row(door: Door, made: SignedIn) -> dict[str, Any]:
    return {
        "id": door.clock.new_id(),
        "session_id": made.session_id,
        "token_hash": token_hash(made.refresh_token),
        "expires_at": made.refresh_expires_at,
    }


async def refresh_session(door: Door, refresh_token: str) -> SignedIn:
    """New tokens for a refresh token, which works once; used again it ends its session, for it is in two hands.

    BadCredentials for one that is unknown, expired, used, or whose session has ended (RFC 9700, 4.14.2).
    """
    async with database.transaction():
        made = await _rotate(door, refresh_token)
    if made is None:  # raised out here: the end of a session that was overheard is committed
        raise BadCredentials("this refresh token works no more: sign in again")
    return made


async def _rotate(door: Door, refresh_token: str) -> SignedIn | None:
    found = await database.fetch_row(_REFRESHED, token_hash(refresh_token))
    at = door.clock.now()
    if found is None or found["ended_at"] or found["removed_at"]:
        return None
    actor = actor_at(found, door.clock, at)
    if found["used_at"]:
        await end_these(actor, [found["session_id"]], EndReason.REFRESH_TOKEN_REUSED)
        return None
    if found["refresh_expires_at"] <= at:
        return None
    made = _signed_in(door, actor, found["member_id"], found["session_id"])
    writes = Writes()
    writes.add("UPDATE refresh_tokens SET used_at = $2 WHERE id = $1", found["refresh_id"], at)
    writes.add(
        "UPDATE sessions SET access_hash = $2, access_expires_at = $3, expires_at = $4, last_used_at = $5, "
        "address = $6 WHERE id = $1",
        made.session_id,
        token_hash(made.access_token),
        made.access_expires_at,
        made.refresh_expires_at,
        at,
        door.address,
    )
    writes.insert("refresh_tokens", _refresh_row(door, made))
    await writes.send()
    return made


async def sign_out(actor: Actor, session_id: UUID | None) -> list[UUID]:
    """End one session: the one that acts, an own one, or by who manages members any of the subtree."""
    wanted = session_id or actor.session_id
    if wanted is None:
        raise Invalid([FieldError("id", FieldCode.REQUIRED, "name a session: a machine token has none of its own")])
    async with database.transaction():
        if wanted != actor.session_id and not await SESSIONS.by_ids(actor, [wanted], ["id"]):
            raise NotFound("session", encode("Session", wanted))
        return await end_these(actor, [wanted], EndReason.SIGNED_OUT)


async def sign_out_everywhere(actor: Actor) -> list[UUID]:
    """End every session of the person who acts, in all its organizations."""
    user_id = await database.fetch_value("SELECT user_id FROM members WHERE id = $1", member_of(actor))
    if user_id is None:
        raise Invalid([FieldError("everywhere", FieldCode.NOT_ALLOWED, "only a person has sessions")])
    async with database.transaction():
        return await end_of_person(actor, user_id, EndReason.SIGNED_OUT)


async def end_these(actor: Actor, session_ids: Sequence[UUID], reason: EndReason) -> list[UUID]:
    """End these sessions, in the caller's transaction; answers those that had not ended."""
    return await _tell_ends(actor, await database.fetch(_END_THESE, list(session_ids), actor.at), reason)


async def end_of_member(actor: Actor, member_id: UUID, reason: EndReason) -> list[UUID]:
    """End every session of a member, in the caller's transaction."""
    return await _tell_ends(actor, await database.fetch(_END_OF_MEMBER, member_id, actor.at), reason)


async def end_of_person(actor: Actor, user_id: UUID, reason: EndReason) -> list[UUID]:
    """End every session of a person in all organizations, in the caller's transaction."""
    return await _tell_ends(actor, await database.fetch(_END_OF_PERSON, user_id, actor.at), reason)


async def _tell_ends(actor: Actor, ended: Sequence[Record], reason: EndReason) -> list[UUID]:
    events = [
        NewEvent(
            EventType.SESSION_ENDED,
            row["organization_id"],
            row["scope"],
            row["id"],
            _told(row["id"], row["member_id"], row["organization_id"])
            | {"device": row["device"], "reason": reason.value},
        )
        for row in ended
    ]
    if events:
        await record(actor, *events)
    return [row["id"] for row in ended]


def _told(session_id: UUID, member_id: UUID, organization_id: UUID) -> dict[str, str]:
    return {
        "session_id": encode("Session", session_id),
        "member_id": encode("Member", member_id),
        "organization_id": encode("Organization", organization_id),
    }
