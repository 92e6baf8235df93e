"""Where an invitation stands."""

from datetime import datetime
from enum import StrEnum


class InvitationState(StrEnum):
    """What follows from an invitation's times."""

    OPEN = "OPEN"
    EXPIRED = "EXPIRED"
    ACCEPTED = "ACCEPTED"
    REVOKED = "REVOKED"


def state_at(
    at: datetime, *, accepted_at: datetime | None, revoked_at: datetime | None, expires_at: datetime
) -> InvitationState:
    """The state of an invitation with these times."""
    if accepted_at is not None:
        return InvitationState.ACCEPTED
    if revoked_at is not None:
        return InvitationState.REVOKED
    return InvitationState.OPEN if expires_at > at else InvitationState.EXPIRED
