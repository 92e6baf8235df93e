"""Signing in with e-mail and password."""

from dataclasses import dataclass
from uuid import UUID

from asyncpg import Record

from domain.access.doors import Door, SignedIn
from domain.access.people import account_by_email, places_of
from domain.access.rules import PASSWORD_MAX, check_address, email_key
from domain.access.sessions import begin_session
from domain.shared.errors import BadCredentials, FieldCode, FieldError, Invalid
from domain.shared.texts import check_optional_text

DEVICE_MAX = 200
_WRONG = "this e-mail address and password do not open anything here"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who wants in, by which password, for which organization (None: the first), on what device."""

    email: str
    password: str
    organization_id: UUID | None
    device: str


async def sign_in(door: Door, attempt: SignIn) -> tuple[SignedIn, list[Record]]:
    """Begin a session; answers it and all memberships of the person.

    BadCredentials, in the same words and after the same work, for an unknown address, a wrong password, and an
    organization that the person is no member of.
    """
    problems = check_address("email", attempt.email) + check_device("device", attempt.device)
    if len(attempt.password) > PASSWORD_MAX:
        problems.append(FieldError("password", FieldCode.TOO_LONG, f"may have at most {PASSWORD_MAX} characters"))
    if problems:
        raise Invalid(problems)
    account = await account_by_email(email_key(attempt.email))
    is_right = await door.passwords.matches(account["password_hash"] if account else None, attempt.password)
    places = await places_of(account["id"] if account else None)
    chosen = [p for p in places if attempt.organization_id in (None, p["organization_id"])]
    if not is_right or not chosen:
        raise BadCredentials(_WRONG)
    return await begin_session(door, chosen[0], attempt.device), places


def check_device(path: str, device: str) -> list[FieldError]:
    """What a client calls itself: a short text, or none."""
    return check_optional_text(path, device, max_length=DEVICE_MAX)
