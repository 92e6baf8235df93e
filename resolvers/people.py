"""Resolvers of members, invitations and sessions: for those who manage them."""

from uuid import UUID

from domain.access import inviting, membership
from domain.access.inviting import InvitationDraft
from domain.access.people import INVITATIONS, MEMBERS, SESSIONS
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.doors import INVITATION_PREFIX, fresh_secret
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written
from resolvers.references import organization_id
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request
from schema.people import (
    Invitation,
    InvitationWhere,
    InviteMemberInput,
    InviteMemberResult,
    InviteMemberSuccess,
    Member,
    MemberWhere,
    RemoveMemberInput,
    RemoveMemberResult,
    RemoveMemberSuccess,
    ResendInvitationInput,
    ResendInvitationResult,
    ResendInvitationSuccess,
    RevokeInvitationInput,
    RevokeInvitationResult,
    RevokeInvitationSuccess,
    Session,
    SessionWhere,
    UpdateMemberInput,
    UpdateMemberResult,
    UpdateMemberSuccess,
)


async def members(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: MemberWhere | None = None,
) -> Connection[Member]:
    """The members of the organizations of your subtree, newest first."""
    return await read_page(info, "Member", MEMBERS, page_request(first, after, last, before), where=where)


async def invitations(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: InvitationWhere | None = None,
) -> Connection[Invitation]:
    """The invitations to organizations of your subtree, newest first."""
    return await read_page(info, "Invitation", INVITATIONS, page_request(first, after, last, before), where=where)


async def sessions(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: SessionWhere | None = None,
) -> Connection[Session]:
    """Your own sessions that have not ended, newest first; with MEMBERS_MANAGE those of all members of your subtree."""
    return await read_page(info, "Session", SESSIONS, page_request(first, after, last, before), where=where)


async def invitation(info: Info, invitation_id: UUID, path: str = "invitation") -> Invitation:
    """The invitation that a mutation wrote, which its success shows at `path`."""
    found: Invitation = await read_written(info, "Invitation", INVITATIONS, invitation_id, path)
    return found


async def invite_member(info: Info, input: InviteMemberInput) -> InviteMemberResult:  # noqa: A002 - the argument's public name
    """Invite a person to an organization of your subtree; the link in the mail works once, for seven days."""
    owner_id = await organization_id(info, input.organization, "organization")
    draft = InvitationDraft(owner_id, input.email, input.role)
    made = await run_once(
        info, input, lambda: inviting.invite_member(actor_of(info), draft, fresh_secret(info, INVITATION_PREFIX))
    )
    return InviteMemberSuccess(invitation=await invitation(info, made))


async def resend_invitation(info: Info, input: ResendInvitationInput) -> ResendInvitationResult:  # noqa: A002 - the argument's public name
    """Send an open or expired invitation again, with a new link; the old one works no more."""
    invitation_id = decode("Invitation", input.id)
    sent = await run_once(
        info,
        input,
        lambda: inviting.resend_invitation(actor_of(info), invitation_id, fresh_secret(info, INVITATION_PREFIX)),
    )
    return ResendInvitationSuccess(invitation=await invitation(info, sent))


async def revoke_invitation(info: Info, input: RevokeInvitationInput) -> RevokeInvitationResult:  # noqa: A002 - the argument's public name
    """Take an open invitation back: its link works no more."""
    revoked = await inviting.revoke_invitation(actor_of(info), decode("Invitation", input.id))
    return RevokeInvitationSuccess(invitation=await invitation(info, revoked))


async def update_member(info: Info, input: UpdateMemberInput) -> UpdateMemberResult:  # noqa: A002 - the argument's public name
    """Give a member another role; the last owner keeps it, and nobody gives or changes more than it may do itself."""
    member_id = await membership.update_member(actor_of(info), decode("Member", input.id), role=input.role)
    return UpdateMemberSuccess(member=await read_written(info, "Member", MEMBERS, member_id, "member"))


async def remove_member(info: Info, input: RemoveMemberInput) -> RemoveMemberResult:  # noqa: A002 - the argument's public name
    """End a membership, and every session by it, at once; the last owner stays."""
    await membership.remove_member(actor_of(info), decode("Member", input.id))
    return RemoveMemberSuccess(removed_id=input.id)
