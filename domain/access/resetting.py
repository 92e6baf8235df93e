"""A new password for who forgot the old one, by a mailed link."""

from typing import Final
from uuid import UUID

from domain.access.doors import Door
from domain.access.inviting import Secret
from domain.access.membership import member_event
from domain.access.people import account_by_email, actor_at, places_of
from domain.access.queries import token_hash
from domain.access.rules import RESET_LASTS, check_address, check_password, email_key
from domain.access.sessions import EndReason, end_of_person
from domain.events.actions import record, record_with
from domain.events.types import EventType
from domain.mail.actions import Letter, Template, post_with
from domain.shared import database
from domain.shared.errors import Invalid, NotFound
from domain.shared.writes import Writes

_OPEN: Final = """
SELECT r.id, r.user_id, u.email FROM password_resets r JOIN users u ON u.id = r.user_id
WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2
"""
# The other links that were mailed to the same person end with the one that is used.
_USE: Final = """
UPDATE password_resets SET used_at = $2 WHERE user_id = (SELECT user_id FROM password_resets WHERE id = $1)
AND used_at IS NULL RETURNING id
"""


async def request_password_reset(door: Door, email: str, secret: Secret) -> None:
    """Mail a link that works once, for an hour. For an address that nobody has as much is written, and nothing sent."""
    if problems := check_address("email", email):
        raise Invalid(problems)
    account = await account_by_email(email_key(email))
    places = await places_of(account["id"] if account else None)
    at = door.clock.now()
    writes = Writes()
    row = {
        "id": door.clock.new_id(),
        "user_id": account["id"] if account and places else None,
        "token_hash": token_hash(secret.token),
        "expires_at": at + RESET_LASTS,
    }
    writes.insert("password_resets", row)
    for place in places:
        actor = actor_at(place, door.clock, at)
        record_with(writes, actor, member_event(EventType.MEMBER_PASSWORD_RESET_REQUESTED, place))
    if account and places:
        letter = Letter(Template.PASSWORD_RESET, account["email"], {"name": account["name"]}, secret.sealed)
        post_with(writes, actor_at(places[0], door.clock, at), letter)
    await writes.send()


async def reset_password(door: Door, token: str, password: str) -> str:
    """Set a new password by a mailed token and end every session of the person; answers its address.

    NotFound unless the token is of an open request; it is used up by success only.
    """
    found = await database.fetch_row(_OPEN, token_hash(token), door.clock.now())
    if found is None:
        raise NotFound("an open request with this token")
    if problems := check_password("password", password, found["email"]):
        raise Invalid(problems)
    password_hash = await door.passwords.hash(password)
    async with database.transaction():
        await _set(door, found["id"], found["user_id"], password_hash)
    email: str = found["email"]
    return email


async def _set(door: Door, reset_id: UUID, user_id: UUID, password_hash: str) -> None:
    at = door.clock.now()
    used = await database.fetch(_USE, reset_id, at)
    if reset_id not in {row["id"] for row in used}:
        raise NotFound("an open request with this token")
    await database.execute("UPDATE users SET password_hash = $2 WHERE id = $1", user_id, password_hash)
    for place in await places_of(user_id):
        actor = actor_at(place, door.clock, at)
        await end_of_person(actor, user_id, EndReason.PASSWORD_CHANGED)
        await record(actor, member_event(EventType.MEMBER_PASSWORD_CHANGED, place))
