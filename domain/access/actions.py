"""Making and revoking machine tokens."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from domain.access.models import ApiToken
from domain.access.permissions import GRANTABLE
from domain.access.queries import token_hash
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.organizations.queries import get_organization
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind, Permission
from domain.shared.errors import FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.texts import check_text

_HINT_LENGTH = 4


async def create_api_token(
    actor: Actor,
    *,
    organization_id: UUID,
    name: str,
    permissions: Collection[Permission],
    expires_at: datetime | None,
    token: str,
) -> UUID:
    """Make a token for an organization of the actor's subtree; only its hash is kept, `token` itself is the caller's.

    Refused: permissions the actor or that kind of organization does not have, an expiry that has passed.
    """
    async with database.transaction():
        organization = await get_organization(actor, organization_id)
        grantable = GRANTABLE[OrganizationKind(organization["kind"])] & actor.permissions
        problems = check_text("name", name, max_length=100)
        if beyond := sorted(set(permissions) - grantable):
            message = f"cannot be granted here: {', '.join(beyond)}"
            problems.append(FieldError("permissions", FieldCode.NOT_ALLOWED, message))
        if not permissions:
            problems.append(FieldError("permissions", FieldCode.REQUIRED, "name at least one permission"))
        if expires_at is not None and expires_at <= actor.at:
            problems.append(FieldError("expiresAt", FieldCode.OUT_OF_RANGE, "lies in the past"))
        if problems:
            raise Invalid(problems)
        row = await ApiToken.create(
            id=actor.new_id(),
            organization_id=organization_id,
            scope=organization["scope"],
            name=name.strip(),
            token_hash=token_hash(token),
            hint=token[-_HINT_LENGTH:],
            permissions=sorted(set(permissions)),
            created_at=actor.at,
            expires_at=expires_at,
        )
        await record(actor, _event(EventType.API_TOKEN_CREATED, row, organization_id))
        return row.id


async def revoke_api_token(actor: Actor, token_id: UUID) -> UUID:
    """Make a token useless from now on; revoking it again changes nothing."""
    async with database.transaction():
        rows = ApiToken.filter(id=token_id, scope__gte=actor.scope.lower, scope__lt=actor.scope.upper)
        row = await rows.select_for_update().get_or_none()
        if row is None:
            raise NotFound("token", encode("ApiToken", token_id))
        if row.revoked_at is None:
            row.revoked_at = actor.at
            await row.save(update_fields=["revoked_at"])
            await record(actor, _event(EventType.API_TOKEN_REVOKED, row, row.organization_id))
        return row.id


def _event(event_type: EventType, row: ApiToken, organization_id: UUID) -> NewEvent:
    data = {
        "token_id": encode("ApiToken", row.id),
        "name": row.name,
        "organization_id": encode("Organization", organization_id),
    }
    return NewEvent(event_type, organization_id, row.scope, row.id, data)
