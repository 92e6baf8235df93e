"""What a person needs to be one, and who may make whom what: pure checks, every problem at once."""

import re
from datetime import timedelta
from typing import Final

from domain.access.common_passwords import COMMON_PASSWORDS
from domain.access.permissions import Role, permissions_of
from domain.organizations.rules import check_email
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import FieldCode, FieldError
from domain.shared.texts import check_text

INVITATION_LASTS: Final = timedelta(days=7)
ACCESS_LASTS: Final = timedelta(minutes=15)
REFRESH_LASTS: Final = timedelta(days=30)
RESET_LASTS: Final = timedelta(hours=1)
PASSWORD_MIN: Final = 12
PASSWORD_MAX: Final = 256
_DIFFERENT_MIN: Final = 5
_EMAIL_MAX: Final = 254
# What mail programs and HTML forms take before the at sign (HTML standard, valid e-mail address).
_LOCAL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")


def email_key(email: str) -> str:
    """Two addresses with the same key are the same person's."""
    return email.casefold()


def check_address(path: str, email: str) -> list[FieldError]:
    """An e-mail address that mail can be sent to without quoting."""
    if problems := check_text(path, email, max_length=_EMAIL_MAX):
        return problems
    if problems := check_email(path, email):
        return problems
    if not _LOCAL.fullmatch(email.rpartition("@")[0]):
        return [FieldError(path, FieldCode.INVALID, "is not an e-mail address that mail can be sent to")]
    return []


def check_password(path: str, password: str, email: str) -> list[FieldError]:
    """Long enough, and none of those that are tried first (NIST SP 800-63B, 5.1.1.2)."""
    if len(password) < PASSWORD_MIN:
        return [FieldError(path, FieldCode.TOO_SHORT, f"must have at least {PASSWORD_MIN} characters")]
    if len(password) > PASSWORD_MAX:
        return [FieldError(path, FieldCode.TOO_LONG, f"may have at most {PASSWORD_MAX} characters")]
    folded = password.casefold().strip()
    if folded in COMMON_PASSWORDS or len(set(folded)) < _DIFFERENT_MIN:
        return [FieldError(path, FieldCode.NOT_ALLOWED, "is one of those that are tried first")]
    if folded in {email_key(email), email_key(email).partition("@")[0]}:
        return [FieldError(path, FieldCode.NOT_ALLOWED, "must not be the e-mail address")]
    return []


def may_hold(actor: Actor, kind: OrganizationKind, role: Role) -> bool:
    """Whether the actor has all that this role gives: then it may give it, take it, and change who has it."""
    return permissions_of(role, kind) <= actor.permissions


def check_role(actor: Actor, kind: OrganizationKind, role: Role) -> list[FieldError]:
    """Nobody gives a role that may do more than itself."""
    if may_hold(actor, kind, role):
        return []
    return [FieldError("role", FieldCode.NOT_ALLOWED, f"{role.value} may do more than you may")]
