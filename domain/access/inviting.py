"""Inviting people by e-mail, inviting them again, and taking it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asyncpg import Record, UniqueViolationError

from domain.access.permissions import Role
from domain.access.queries import token_hash
from domain.access.rules import INVITATION_LASTS, check_address, check_role, email_key
from domain.events.actions import NewEvent, record_with
from domain.events.types import EventType
from domain.mail.actions import Letter, Template, post_with
from domain.organizations.queries import get_organization
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import Conflict, ErrorCode, FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.writes import Writes


@dataclass(frozen=True, slots=True)
class InvitationDraft:
    """Whom to invite, where, as what."""

    organization_id: UUID
    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class Secret:
    """A token of 256 random bits: as it is hashed, and sealed for the mail that carries it."""

    token: str
    sealed: bytes


async def invite_member(actor: Actor, draft: InvitationDraft, secret: Secret) -> UUID:
    """Invite a person to an organization of the subtree by a mail with a link that works once, for seven days.

    Refused: a role that may do more than the actor, an address that is a member or has an open invitation there.
    """
    async with database.transaction():
        organization = await get_organization(actor, draft.organization_id)
        problems = check_address("email", draft.email)
        problems += check_role(actor, OrganizationKind(organization["kind"]), draft.role)
        if problems:
            raise Invalid(problems)
        await _check_new(actor, draft)
        invitation_id = actor.new_id()
        row = {
            "id": invitation_id,
            "organization_id": organization["id"],
            "scope": organization["scope"],
            "email": draft.email,
            "email_key": email_key(draft.email),
            "role": draft.role.value,
            "token_hash": token_hash(secret.token),
            "created_at": actor.at,
            "expires_at": actor.at + INVITATION_LASTS,
        }
        writes = Writes()
        writes.insert("invitations", row)
        _tell(writes, actor, EventType.MEMBER_INVITED, row)
        post_with(writes, actor, _letter(row, organization["name"], secret))
        try:
            await writes.send()
        except UniqueViolationError as error:
            raise _taken("has an open invitation already") from error
        return invitation_id


async def _check_new(actor: Actor, draft: InvitationDraft) -> None:
    key = email_key(draft.email)
    if await database.fetch_value(
        "SELECT 1 FROM members m JOIN users u ON u.id = m.user_id "
        "WHERE m.organization_id = $1 AND u.email_key = $2 AND m.removed_at IS NULL",
        draft.organization_id,
        key,
    ):
        raise _taken("is a member already")
    # One that ran out makes room for the next.
    await database.execute(
        "UPDATE invitations SET revoked_at = $3 WHERE organization_id = $1 AND email_key = $2 AND expires_at <= $3 "
        "AND accepted_at IS NULL AND revoked_at IS NULL",
        draft.organization_id,
        key,
        actor.at,
    )


def _taken(what: str) -> Invalid:
    return Invalid([FieldError("email", FieldCode.ALREADY_EXISTS, what)], ErrorCode.ALREADY_EXISTS)


async def resend_invitation(actor: Actor, invitation_id: UUID, secret: Secret) -> UUID:
    """Send an open invitation again, with a new link and seven more days; the old link works no more."""
    async with database.transaction():
        found = await _load_open(actor, invitation_id)
        organization = await get_organization(actor, found["organization_id"])
        if problems := check_role(actor, OrganizationKind(organization["kind"]), Role(found["role"])):
            raise Invalid(problems)
        writes = Writes()
        writes.add(
            "UPDATE invitations SET token_hash = $2, expires_at = $3 WHERE id = $1",
            invitation_id,
            token_hash(secret.token),
            actor.at + INVITATION_LASTS,
        )
        _tell(writes, actor, EventType.MEMBER_INVITED, found)
        post_with(writes, actor, _letter(found, organization["name"], secret))
        await writes.send()
        return invitation_id


async def revoke_invitation(actor: Actor, invitation_id: UUID) -> UUID:
    """Take an open invitation back; taking it back again changes nothing."""
    async with database.transaction():
        found = await _load(actor, invitation_id)
        if found["revoked_at"] is None:
            _check_open(found)
            writes = Writes()
            writes.add("UPDATE invitations SET revoked_at = $2 WHERE id = $1", invitation_id, actor.at)
            _tell(writes, actor, EventType.INVITATION_REVOKED, found)
            await writes.send()
        return invitation_id


async def _load(actor: Actor, invitation_id: UUID) -> Record:
    found = await database.fetch_row(
        "SELECT * FROM invitations WHERE id = $1 AND scope >= $2 AND scope < $3 FOR UPDATE",
        invitation_id,
        actor.scope.lower,
        actor.scope.upper,
    )
    if found is None:
        raise NotFound("invitation", encode("Invitation", invitation_id))
    return found


async def _load_open(actor: Actor, invitation_id: UUID) -> Record:
    found = await _load(actor, invitation_id)
    _check_open(found)
    return found


def _check_open(found: Record) -> None:
    if found["accepted_at"] is not None:
        raise Conflict("the invitation was accepted", current="ACCEPTED")
    if found["revoked_at"] is not None:
        raise Conflict("the invitation was revoked", current="REVOKED")


def _letter(row: Mapping[str, Any] | Record, organization_name: str, secret: Secret) -> Letter:
    facts = {"organization": organization_name, "role": row["role"].lower()}
    return Letter(Template.INVITATION, row["email"], facts, secret.sealed)


def _tell(writes: Writes, actor: Actor, event_type: EventType, row: Mapping[str, Any] | Record) -> None:
    data = {
        "invitation_id": encode("Invitation", row["id"]),
        "organization_id": encode("Organization", row["organization_id"]),
        "email": row["email"],
        "role": row["role"],
    }
    record_with(writes, actor, NewEvent(event_type, row["organization_id"], row["scope"], row["id"], data))
