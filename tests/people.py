"""People for tests: invited, joined and signed in, with secrets that the tests know."""

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any
from uuid import UUID, uuid4

import bootstrap
from domain.access.doors import Door
from domain.access.inviting import InvitationDraft, Secret, invite_member
from domain.access.permissions import Role
from domain.access.queries import Callers
from domain.access.resetting import request_password_reset
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.ids import decode, encode
from integrations.passwords import Argon2Passwords
from tests.api.walk import document
from tests.house import Api

PASSWORD = "correct horse battery staple"
PASSWORDS = Argon2Passwords()


@dataclass(frozen=True, slots=True)
class Person:
    """A member with a session of its own."""

    email: str
    member_id: str
    session_id: str
    access_token: str
    refresh_token: str


def fresh_email() -> str:
    """An address that nobody has."""
    return f"p{uuid4().hex}@people.example"


def known_secret(prefix: str) -> Secret:
    """A secret as the API makes them; the mail that would carry it is never opened."""
    return Secret(f"{prefix}_{token_urlsafe(32)}", b"not opened")


def door(passwords: Argon2Passwords = PASSWORDS) -> Door:
    """The way in that the API opens for a request."""
    return Door(
        bootstrap.CLOCK, passwords, lambda: bootstrap.new_secret("pva"), lambda: bootstrap.new_secret("pvr"), "test"
    )


async def actor_of(token: str) -> Actor:
    """Whom a machine's token stands for."""
    actor = await Callers(bootstrap.CLOCK).actor_of_token(token)
    assert actor is not None
    return actor


async def invited(token: str, organization_id: str, role: str = "ADMIN", email: str = "") -> tuple[str, str, str]:
    """(id, token, address) of an open invitation, made by the holder of a machine's token."""
    address, secret = email or fresh_email(), known_secret("pvi")
    draft = InvitationDraft(decode("Organization", organization_id), address, Role(role))
    made: UUID = await invite_member(await actor_of(token), draft, secret)
    await keep_mails(address)
    return encode("Invitation", made), secret.token, address


async def keep_mails(email: str) -> None:
    """Let no worker send what was mailed to an address."""
    await database.execute("UPDATE outgoing_mails SET due_at = NULL WHERE recipient = $1", email)


async def reset_token(email: str) -> str:
    """The secret of a link for a new password."""
    secret = known_secret("pvp")
    await request_password_reset(door(), email, secret)
    await keep_mails(email)
    return secret.token


async def call(api: Api, mutation: str, by: str | None = None, /, **content: Any) -> dict[str, Any]:
    """A mutation's answer, its fields without the prefix that `document` gives them."""
    answer = (await api.post(by, document("mutation", mutation), {"input": content})).json()
    assert "errors" not in answer, answer["errors"]
    found: dict[str, Any] = answer["data"][mutation]
    return {name.partition("_")[2] or name: value for name, value in found.items() if not name.startswith("__")} | {
        "kind": found["__typename"]
    }


async def join(api: Api, token: str, organization_id: str, role: str = "ADMIN") -> Person:
    """A new person who has accepted an invitation."""
    _, secret, email = await invited(token, organization_id, role)
    made = await call(api, "acceptInvitation", token=secret, name="Pia Person", password=PASSWORD, device="a test")
    return await person(email, made)


async def person(email: str, made: dict[str, Any]) -> Person:
    """Who has just signed in."""
    member_id, tokens = made["member"]["id"], made["tokens"]
    session_id = await database.fetch_value(
        "SELECT id FROM sessions WHERE member_id = $1 ORDER BY id DESC LIMIT 1", decode("Member", member_id)
    )
    return Person(email, member_id, encode("Session", session_id), tokens["accessToken"], tokens["refreshToken"])
