"""Resolvers of signing in, going on and signing out, of accepted invitations and forgotten passwords."""

from typing import Any

import strawberry

from domain.access import joining, resetting, sessions, signing_in
from domain.access.doors import SignedIn
from domain.access.joining import Acceptance
from domain.access.people import MEMBERS
from domain.access.permissions import Role
from domain.access.signing_in import SignIn
from domain.shared.ids import decode, encode
from resolvers.access import actor_of
from resolvers.attempts import attempt, count
from resolvers.doors import door_of, fresh_secret
from resolvers.hydration import hydrate
from resolvers.lists import shape_at
from schema.context import Info
from schema.signing_in import (
    AcceptInvitationInput,
    AcceptInvitationResult,
    AcceptInvitationSuccess,
    Membership,
    RefreshSessionInput,
    RefreshSessionResult,
    RefreshSessionSuccess,
    RequestPasswordResetInput,
    RequestPasswordResetResult,
    RequestPasswordResetSuccess,
    ResetPasswordInput,
    ResetPasswordResult,
    ResetPasswordSuccess,
    SessionTokens,
    SignInInput,
    SignInResult,
    SignInSuccess,
    SignOutInput,
    SignOutResult,
    SignOutSuccess,
)


def _tokens(made: SignedIn) -> SessionTokens:
    return SessionTokens(
        access_token=made.access_token,
        access_expires_at=made.access_expires_at,
        refresh_token=made.refresh_token,
        refresh_expires_at=made.refresh_expires_at,
    )


async def _member(info: Info, made: SignedIn) -> Any:
    """The member who signed in, as it sees itself."""
    shape = shape_at(info, "Member", ("member",))
    found = await MEMBERS.by_ids(made.actor, [made.member_id], shape.columns)
    return (await hydrate(made.actor, shape, found))[0]


async def sign_in(info: Info, input: SignInInput) -> SignInResult:  # noqa: A002 - the argument's public name
    """Begin a session by e-mail and password; open to everyone, a few failures at a time."""
    chosen = decode("Organization", input.organization_id, path="organizationId") if input.organization_id else None
    wanted = SignIn(input.email, input.password, chosen, input.device)
    async with attempt(info, input.email):
        made, places = await signing_in.sign_in(door_of(info), wanted)
    memberships = [
        Membership(
            organization_id=strawberry.ID(encode("Organization", place["organization_id"])),
            organization_name=place["organization_name"],
            role=Role(place["role"]),
        )
        for place in places
    ]
    return SignInSuccess(tokens=_tokens(made), member=await _member(info, made), memberships=memberships)


async def refresh_session(info: Info, input: RefreshSessionInput) -> RefreshSessionResult:  # noqa: A002 - the argument's public name
    """Go on with a session by its last refresh token; one that was used before ends the session."""
    try:
        async with attempt(info, input.refresh_token):
            made = await sessions.refresh_session(door_of(info), input.refresh_token)
    finally:
        info.context.house.callers.forget()
    return RefreshSessionSuccess(tokens=_tokens(made), member=await _member(info, made))


async def sign_out(info: Info, input: SignOutInput) -> SignOutResult:  # noqa: A002 - the argument's public name
    """End a session, or all of your own; their tokens work no more."""
    actor, wanted = actor_of(info), decode("Session", input.id) if input.id else None
    try:
        ended = await (sessions.sign_out_everywhere(actor) if input.everywhere else sessions.sign_out(actor, wanted))
    finally:
        info.context.house.callers.forget()
    return SignOutSuccess(ended_ids=[strawberry.ID(encode("Session", each)) for each in ended])


async def request_password_reset(
    info: Info,
    input: RequestPasswordResetInput,  # noqa: A002 - the argument's public name
) -> RequestPasswordResetResult:
    """Have a link for a new password mailed; the answer is the same whether or not anybody has the address."""
    await count(info, input.email)
    await resetting.request_password_reset(door_of(info), input.email, fresh_secret(info, "pvp"))
    return RequestPasswordResetSuccess(email=input.email)


async def reset_password(info: Info, input: ResetPasswordInput) -> ResetPasswordResult:  # noqa: A002 - the argument's public name
    """Set a new password by the secret of a mailed link; all sessions of the person end."""
    try:
        async with attempt(info, input.token):
            email = await resetting.reset_password(door_of(info), input.token, input.password)
    finally:
        info.context.house.callers.forget()
    return ResetPasswordSuccess(email=email)


async def accept_invitation(info: Info, input: AcceptInvitationInput) -> AcceptInvitationResult:  # noqa: A002 - the argument's public name
    """Become a member by the secret of a mailed link, and sign in: with a new account, or the one there is."""
    acceptance = Acceptance(input.token, input.name, input.password, input.device)
    async with attempt(info, input.token):
        made = await joining.accept_invitation(door_of(info), acceptance)
    return AcceptInvitationSuccess(tokens=_tokens(made), member=await _member(info, made))
