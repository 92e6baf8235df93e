"""Pure rules of people: addresses, passwords, roles, and where an invitation stands."""

from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from domain.access.common_passwords import COMMON_PASSWORDS
from domain.access.invitations import InvitationState, state_at
from domain.access.permissions import Role, permissions_of
from domain.access.rules import PASSWORD_MIN, check_address, check_password, may_hold
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.tenancy import ROOT

AT = datetime(2026, 11, 22, tzinfo=UTC)


def acting(role: Role, kind: OrganizationKind) -> Actor:
    """A member of this role."""
    return Actor("mem_x", uuid7(), kind, ROOT, permissions_of(role, kind), AT, uuid7)


@pytest.mark.parametrize("password", sorted(COMMON_PASSWORDS))
def test_common_passwords_are_long_enough_to_be_tried(password: str) -> None:
    """The list holds what the length lets pass, and each is refused in any case."""
    assert len(password) >= PASSWORD_MIN
    assert check_password("password", password.upper(), "a@b.example")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "\u00e4\u00f6\u00fc\u00df Passwort 7", "\U0001f600 smile at me"]
)
def test_a_phrase_is_a_password(password: str) -> None:
    """Any characters, blanks included."""
    assert check_password("password", password, "a@b.example") == []


@pytest.mark.parametrize("email", ["a@b.example", "first.last+tag@sub.b.example", "o'hara@b.example"])
def test_an_address_that_mail_can_be_sent_to(email: str) -> None:
    """Plain local parts need no quoting."""
    assert check_address("email", email) == []


@pytest.mark.parametrize("kind", OrganizationKind)
@pytest.mark.parametrize("role", Role)
def test_every_role_may_hold_itself(role: Role, kind: OrganizationKind) -> None:
    """And an owner every one; only an owner holds an owner's."""
    assert may_hold(acting(role, kind), kind, role)
    assert may_hold(acting(Role.OWNER, kind), kind, role)
    assert may_hold(acting(role, kind), kind, Role.OWNER) is (role is Role.OWNER)


@pytest.mark.parametrize(
    ("accepted", "revoked", "left", "state"),
    [
        (None, None, 1, InvitationState.OPEN),
        (None, None, 0, InvitationState.EXPIRED),
        (AT, None, -1, InvitationState.ACCEPTED),
        (None, AT, 1, InvitationState.REVOKED),
    ],
)
def test_where_an_invitation_stands(
    accepted: datetime | None, revoked: datetime | None, left: int, state: InvitationState
) -> None:
    """It is open until the moment it expires; what became of it counts for more."""
    found = state_at(AT, accepted_at=accepted, revoked_at=revoked, expires_at=AT + timedelta(seconds=left))
    assert found is state
