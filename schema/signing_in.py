"""Signing in, going on and signing out; invitations accepted; forgotten passwords: types and inputs."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.access.permissions import Role
from schema.errors import Conflict, Error, InvalidInput, NotFound
from schema.people import Member


@strawberry.type(description="The secret is not the right one; people unknown and passwords wrong look the same.")
class InvalidCredentials(Error):
    """Mirrors domain.shared.errors.BadCredentials."""


@strawberry.type(description="The secrets of a session; they cannot be shown again.")
class SessionTokens:
    """From domain.access.doors.SignedIn."""

    access_token: str = strawberry.field(description="Send it as `Authorization: Bearer …`; it works for 15 minutes.")
    access_expires_at: datetime = strawberry.field(description="When it stops working.")
    refresh_token: str = strawberry.field(
        description="Gives new tokens once (`refreshSession`); used a second time it ends the session."
    )
    refresh_expires_at: datetime = strawberry.field(description="When it stops working.")


@strawberry.type(description="One of the organizations that a person is a member of.")
class Membership:
    """What a person may choose from at signing in."""

    organization_id: strawberry.ID = strawberry.field(description="The organization.")
    organization_name: str = strawberry.field(description="Its account name.")
    role: Role = strawberry.field(description="What the person is there.")


@strawberry.input(description="Who wants in.")
class SignInInput:
    """What `signIn` takes."""

    email: str = strawberry.field(description="The person's e-mail address, in any case.")
    password: str = strawberry.field(description="The password.")
    organization_id: strawberry.ID | None = strawberry.field(
        description="Whom to act for; null: the organization that the person joined first.", default=None
    )
    device: str = strawberry.field(description="What to call this client in the list of sessions.", default="")


@strawberry.type(description="The person is in.")
class SignInSuccess:
    """The good end of `signIn`."""

    tokens: SessionTokens = strawberry.field(description="The new session's secrets.")
    member: Member = strawberry.field(description="As whom the session acts.")
    memberships: list[Membership] = strawberry.field(description="All that the person could act for.")


@strawberry.input(description="A session to go on with. Send no Authorization, or a valid one.")
class RefreshSessionInput:
    """What `refreshSession` takes."""

    refresh_token: str = strawberry.field(description="The last one that was given.")


@strawberry.type(description="The session goes on; its old tokens work no more.")
class RefreshSessionSuccess:
    """The good end of `refreshSession`."""

    tokens: SessionTokens = strawberry.field(description="The session's new secrets.")
    member: Member = strawberry.field(description="As whom the session acts.")


@strawberry.input(description="Sessions to end.")
class SignOutInput:
    """What `signOut` takes."""

    id: strawberry.ID | None = strawberry.field(
        description="Which one: your own, or with MEMBERS_MANAGE any of your subtree; null: the one that asks.",
        default=None,
    )
    everywhere: bool = strawberry.field(
        description="End all your own sessions, of all your organizations; `id` is not looked at.", default=False
    )


@strawberry.type(description="Their tokens work no more.")
class SignOutSuccess:
    """The good end of `signOut`."""

    ended_ids: list[strawberry.ID] = strawberry.field(description="The sessions that ended now.")


@strawberry.input(description="A person who forgot the password.")
class RequestPasswordResetInput:
    """What `requestPasswordReset` takes."""

    email: str = strawberry.field(description="The person's e-mail address.")


@strawberry.type(description="If somebody has this address, a mail with a link is on its way.")
class RequestPasswordResetSuccess:
    """The good end of `requestPasswordReset`, whether or not anybody has the address."""

    email: str = strawberry.field(description="The address, as it was sent.")


@strawberry.input(description="A new password.")
class ResetPasswordInput:
    """What `resetPassword` takes."""

    token: str = strawberry.field(description="The secret of the mailed link; it works once, for an hour.")
    password: str = strawberry.field(description="The new password: 12 characters or more, and not a common one.")


@strawberry.type(description="The password is set, and all sessions of the person have ended: sign in.")
class ResetPasswordSuccess:
    """The good end of `resetPassword`."""

    email: str = strawberry.field(description="By which to sign in.")


@strawberry.input(description="An invitation to accept.")
class AcceptInvitationInput:
    """What `acceptInvitation` takes."""

    token: str = strawberry.field(description="The secret of the mailed link; it works once.")
    name: str = strawberry.field(description="The person's name; not looked at where there is an account.", default="")
    password: str = strawberry.field(
        description="A new password of 12 characters or more; where there is an account, the password it has."
    )
    device: str = strawberry.field(description="What to call this client in the list of sessions.", default="")


@strawberry.type(description="The person is a member, and signed in.")
class AcceptInvitationSuccess:
    """The good end of `acceptInvitation`."""

    tokens: SessionTokens = strawberry.field(description="The new session's secrets.")
    member: Member = strawberry.field(description="The new member.")


SignInResult = Annotated[
    SignInSuccess | InvalidCredentials | InvalidInput | NotFound,
    strawberry.union("SignInResult", description="How `signIn` can end."),
]
RefreshSessionResult = Annotated[
    RefreshSessionSuccess | InvalidCredentials | InvalidInput | NotFound,
    strawberry.union("RefreshSessionResult", description="How `refreshSession` can end."),
]
SignOutResult = Annotated[
    SignOutSuccess | InvalidInput | NotFound,
    strawberry.union("SignOutResult", description="How `signOut` can end."),
]
RequestPasswordResetResult = Annotated[
    RequestPasswordResetSuccess | InvalidInput | NotFound,
    strawberry.union("RequestPasswordResetResult", description="How `requestPasswordReset` can end."),
]
ResetPasswordResult = Annotated[
    ResetPasswordSuccess | InvalidInput | NotFound,
    strawberry.union("ResetPasswordResult", description="How `resetPassword` can end."),
]
AcceptInvitationResult = Annotated[
    AcceptInvitationSuccess | InvalidCredentials | InvalidInput | NotFound | Conflict,
    strawberry.union("AcceptInvitationResult", description="How `acceptInvitation` can end."),
]
