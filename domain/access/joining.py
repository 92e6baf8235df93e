"""Accepting an invitation: a new person sets name and password, a known one proves the password it has."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.access.doors import Door, SignedIn
from domain.access.membership import member_event
from domain.access.people import account_by_email, actor_at, place_of
from domain.access.queries import token_hash
from domain.access.rules import check_password
from domain.access.sessions import begin_session
from domain.access.signing_in import check_device
from domain.events.actions import record
from domain.events.types import EventType
from domain.organizations.queries import HALTED
from domain.shared import database
from domain.shared.errors import BadCredentials, Conflict, FieldError, Invalid, NotFound
from domain.shared.texts import check_text


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the invited person says; `name` counts for a new account only."""

    token: str
    name: str
    password: str
    device: str


_INVITATION: Final = f"""
SELECT i.*, {HALTED} AS halted FROM invitations i JOIN organizations o ON o.id = i.organization_id
WHERE i.token_hash = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2
"""  # noqa: S608 - a constant
_USER: Final = """
INSERT INTO users (id, email, email_key, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (email_key) DO NOTHING RETURNING id
"""
_MEMBER: Final = """
INSERT INTO members (id, organization_id, user_id, scope, role, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (organization_id, user_id) DO UPDATE SET role = $5, created_at = $6, removed_at = NULL RETURNING id
"""


async def accept_invitation(door: Door, acceptance: Acceptance) -> SignedIn:
    """Become a member and sign in. NotFound unless the token is of an open invitation; it is used up by success only.

    BadCredentials when the address has an account whose password this is not; Conflict while the organization
    is halted.
    """
    hashed = token_hash(acceptance.token)
    invitation = await _find(hashed, door)
    account = await account_by_email(invitation["email_key"])
    if problems := _problems(acceptance, invitation, account):
        raise Invalid(problems)
    if account is None:
        password_hash = await door.passwords.hash(acceptance.password)
    elif await door.passwords.matches(account["password_hash"], acceptance.password):
        password_hash = ""
    else:
        raise BadCredentials("this address has an account: send its password")
    async with database.transaction():
        await _find(hashed, door, "FOR UPDATE OF i")
        user_id = account["id"] if account else await _new_user(door, invitation, acceptance, password_hash)
        return await _join(door, invitation, user_id, acceptance.device)


async def _find(hashed: str, door: Door, lock: str = "") -> Record:
    found = await database.fetch_row(f"{_INVITATION} {lock}", hashed, door.clock.now())
    if found is None:
        raise NotFound("an open invitation with this token")
    if halted := found["halted"]:
        message = f"the organization, or a seller above it, is {halted.lower()}: nobody can join it"
        raise Conflict(message, current=halted)
    return found


def _problems(acceptance: Acceptance, invitation: Record, account: Record | None) -> list[FieldError]:
    problems = check_device("device", acceptance.device)
    if account is None:
        problems += check_text("name", acceptance.name, max_length=200)
        problems += check_password("password", acceptance.password, invitation["email"])
    return problems


async def _new_user(door: Door, invitation: Record, acceptance: Acceptance, password_hash: str) -> UUID:
    made: Any = await database.fetch_value(
        _USER,
        door.clock.new_id(),
        invitation["email"],
        invitation["email_key"],
        acceptance.name.strip(),
        password_hash,
        door.clock.now(),
    )
    if made is None:
        raise Conflict("this address has just got an account: send its password")
    return UUID(str(made))


async def _join(door: Door, invitation: Record, user_id: UUID, device: str) -> SignedIn:
    at = door.clock.now()
    member_id = await database.fetch_value(
        _MEMBER,
        door.clock.new_id(),
        invitation["organization_id"],
        user_id,
        invitation["scope"],
        invitation["role"],
        at,
    )
    await database.execute("UPDATE invitations SET accepted_at = $2 WHERE id = $1", invitation["id"], at)
    place = await place_of(member_id)
    if place is None:
        raise NotFound("member")
    await record(actor_at(place, door.clock, at), member_event(EventType.MEMBER_JOINED, place))
    return await begin_session(door, place, device)
