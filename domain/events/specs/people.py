"""What is told of members, invitations and sessions."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, JsonSchema, id_of, text
from domain.events.types import EventType

_INVITATION: Final[Mapping[str, JsonSchema]] = {
    "invitation_id": id_of("Invitation"),
    "organization_id": id_of("Organization"),
    "email": text("who is invited"),
    "role": text("the role that is offered"),
}
_MEMBER: Final[Mapping[str, JsonSchema]] = {
    "member_id": id_of("Member"),
    "organization_id": id_of("Organization"),
    "role": text("the role that it has, or had"),
}
_SESSION: Final[Mapping[str, JsonSchema]] = {
    "session_id": id_of("Session"),
    "member_id": id_of("Member"),
    "organization_id": id_of("Organization"),
    "device": text("what the client called itself"),
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.MEMBER_INVITED: EventSpec("Invitation", "A person was invited, or invited again.", _INVITATION),
    EventType.INVITATION_REVOKED: EventSpec("Invitation", "An invitation was taken back.", _INVITATION),
    EventType.MEMBER_JOINED: EventSpec("Member", "A person accepted an invitation and is a member.", _MEMBER),
    EventType.MEMBER_UPDATED: EventSpec(
        "Member", "A member got another role.", {**_MEMBER, "previous_role": text("the role that it had")}
    ),
    EventType.MEMBER_REMOVED: EventSpec("Member", "A person is no member any more.", _MEMBER),
    EventType.MEMBER_PASSWORD_RESET_REQUESTED: EventSpec(
        "Member", "Somebody asked for a new password for a member; a link was mailed to the member.", _MEMBER
    ),
    EventType.MEMBER_PASSWORD_CHANGED: EventSpec("Member", "A member set a new password by a mailed link.", _MEMBER),
    EventType.SESSION_CREATED: EventSpec("Session", "A member signed in.", _SESSION),
    EventType.SESSION_ENDED: EventSpec(
        "Session",
        "A member's session ended before its time.",
        {
            **_SESSION,
            "reason": text("SIGNED_OUT, REFRESH_TOKEN_REUSED, PASSWORD_CHANGED or MEMBER_REMOVED"),
        },
    ),
}
