"""Members, invitations and sessions: types, filters and the inputs of those who manage them."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from domain.access.invitations import InvitationState, state_at
from domain.access.permissions import Role
from domain.shared.actor import Actor
from schema.errors import Conflict, InvalidInput, NotFound
from schema.filters import KIND, IdFilter, TextFilter
from schema.nodes import Node
from schema.organizations import Organization, OrganizationRef
from schema.reading import Read, Reader, column, identity, member, viewed


@strawberry.type(description="A person in an organization.")
class Member(Node):
    """Read from `members` and `users`."""

    email: str = strawberry.field(description="By which the person signs in.")
    name: str = strawberry.field(description="The person's name.")
    role: Role = strawberry.field(description="What it is there.")
    organization: Organization = strawberry.field(description="Where.")
    created_at: datetime = strawberry.field(description="When it joined.")


MEMBER: Final = Reader(
    Member,
    {
        "id": identity("Member"),
        "email": column("email"),
        "name": column("name"),
        "role": member(Role, "role"),
        "created_at": column("created_at"),
    },
)


@strawberry.type(description="An offer to become a member, sent by e-mail.")
class Invitation(Node):
    """Read from `invitations`."""

    email: str = strawberry.field(description="Who is invited.")
    role: Role = strawberry.field(description="As what.")
    state: InvitationState = strawberry.field(description="Where it stands.")
    organization: Organization = strawberry.field(description="Where to.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime = strawberry.field(description="Until when it can be accepted.")


_TIMES: Final = ("accepted_at", "revoked_at", "expires_at")


def _state_for(viewer: Actor) -> Read:
    return lambda record: state_at(
        viewer.at,
        accepted_at=record["accepted_at"],
        revoked_at=record["revoked_at"],
        expires_at=record["expires_at"],
    )


INVITATION: Final = Reader(
    Invitation,
    {
        "id": identity("Invitation"),
        "email": column("email"),
        "role": member(Role, "role"),
        "state": viewed(_TIMES, _state_for),
        "created_at": column("created_at"),
        "expires_at": column("expires_at"),
    },
)


@strawberry.type(description="A member's stay, from signing in to signing out; its tokens are shown to it alone.")
class Session(Node):
    """Read from `sessions`."""

    member: Member = strawberry.field(description="Who signed in.")
    device: str = strawberry.field(description="What the client called itself.")
    address: str = strawberry.field(description="The address that signed in or refreshed last.")
    created_at: datetime = strawberry.field(description="When it began.")
    last_used_at: datetime = strawberry.field(description="When it was last used, to the minute.")
    expires_at: datetime = strawberry.field(description="When it ends unless it is refreshed.")


SESSION: Final = Reader(
    Session,
    {
        "id": identity("Session"),
        "device": column("device"),
        "address": column("address"),
        "created_at": column("created_at"),
        "last_used_at": column("last_used_at"),
        "expires_at": column("expires_at"),
    },
)


@strawberry.input(description="Compares the role.")
class MemberRoleFilter:
    """All given comparisons must hold."""

    eq: Role | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[Role] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which members.")
class MemberWhere:
    """All given parts must hold."""

    organization_id: IdFilter | None = strawberry.field(
        description="By organization.", default=None, metadata={KIND: "Organization"}
    )
    role: MemberRoleFilter | None = strawberry.field(description="By role.", default=None)
    email: TextFilter | None = strawberry.field(description="By e-mail address.", default=None)
    name: TextFilter | None = strawberry.field(description="By name.", default=None)
    and_: list["MemberWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["MemberWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.input(description="Which invitations.")
class InvitationWhere:
    """All given parts must hold."""

    organization_id: IdFilter | None = strawberry.field(
        description="By organization.", default=None, metadata={KIND: "Organization"}
    )


@strawberry.input(description="Which sessions.")
class SessionWhere:
    """All given parts must hold."""

    member_id: IdFilter | None = strawberry.field(description="By member.", default=None, metadata={KIND: "Member"})


@strawberry.input(description="A person to invite.")
class InviteMemberInput:
    """What `inviteMember` takes."""

    organization: OrganizationRef = strawberry.field(description="Where to: of your subtree.")
    email: str = strawberry.field(description="Where the mail with the link goes; the person signs in by it.")
    role: Role = strawberry.field(description="As what: a role that may do no more than you may.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The mail is on its way.")
class InviteMemberSuccess:
    """The good end of `inviteMember`."""

    invitation: Invitation = strawberry.field(description="The new invitation.")


@strawberry.input(description="An invitation to send again.")
class ResendInvitationInput:
    """What `resendInvitation` takes."""

    id: strawberry.ID = strawberry.field(description="The invitation: open, or expired.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="A mail with a new link is on its way; the old link works no more.")
class ResendInvitationSuccess:
    """The good end of `resendInvitation`."""

    invitation: Invitation = strawberry.field(description="The invitation, with seven days more.")


@strawberry.input(description="An invitation to take back.")
class RevokeInvitationInput:
    """What `revokeInvitation` takes."""

    id: strawberry.ID = strawberry.field(description="The invitation.")


@strawberry.type(description="The link works no more.")
class RevokeInvitationSuccess:
    """The good end of `revokeInvitation`."""

    invitation: Invitation = strawberry.field(description="The revoked invitation.")


@strawberry.input(description="What to change of a member.")
class UpdateMemberInput:
    """What `updateMember` takes."""

    id: strawberry.ID = strawberry.field(description="The member.")
    role: Role = strawberry.field(description="Its new role: one that may do no more than you may.")


@strawberry.type(description="The member has the role; it holds for its sessions too.")
class UpdateMemberSuccess:
    """The good end of `updateMember`."""

    member: Member = strawberry.field(description="The changed member.")


@strawberry.input(description="A member to remove.")
class RemoveMemberInput:
    """What `removeMember` takes."""

    id: strawberry.ID = strawberry.field(description="The member.")


@strawberry.type(description="The person is no member any more, and its sessions there have ended.")
class RemoveMemberSuccess:
    """The good end of `removeMember`."""

    removed_id: strawberry.ID = strawberry.field(description="The id it had.")


InviteMemberResult = Annotated[
    InviteMemberSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("InviteMemberResult", description="How `inviteMember` can end."),
]
ResendInvitationResult = Annotated[
    ResendInvitationSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("ResendInvitationResult", description="How `resendInvitation` can end."),
]
RevokeInvitationResult = Annotated[
    RevokeInvitationSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("RevokeInvitationResult", description="How `revokeInvitation` can end."),
]
UpdateMemberResult = Annotated[
    UpdateMemberSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("UpdateMemberResult", description="How `updateMember` can end."),
]
RemoveMemberResult = Annotated[
    RemoveMemberSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("RemoveMemberResult", description="How `removeMember` can end."),
]
