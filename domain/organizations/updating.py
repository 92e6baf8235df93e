"""Changing an organization: its profile, and whether it may act."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from tortoise.exceptions import IntegrityError

from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.organizations.actions import already_exists, organization_data, profile_columns
from domain.organizations.models import Organization
from domain.organizations.profiles import FIXED, Profile, check_fixed, check_profile
from domain.organizations.rules import Address, Contact
from domain.organizations.states import ORGANIZATION, OrganizationState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, Forbidden, Invalid, NotFound
from domain.shared.ids import encode

# What only an organization's sellers say of it.
_SELLERS: Final = ("name", "reference", "notes")
_EVENTS: Final = {
    OrganizationState.SUSPENDED: EventType.ORGANIZATION_SUSPENDED,
    OrganizationState.ACTIVE: EventType.ORGANIZATION_RESUMED,
    OrganizationState.CLOSED: EventType.ORGANIZATION_CLOSED,
}


async def update_organization(actor: Actor, organization_id: UUID, changes: Mapping[str, Any]) -> UUID:
    """Change the named fields of a Profile; what is fixed is refused, as is a name, domain or reference that is taken.

    Its name, reference and notes are its sellers' to say.
    """
    async with database.transaction():
        row = await lock_organization(actor, organization_id)
        fixed = {name: value for name, value in changes.items() if name in FIXED}
        problems = check_fixed({name: getattr(row, name) for name in FIXED}, fixed)
        if actor.organization_id == organization_id and row.parent_id is not None:
            message = "is for its seller to change"
            problems += [FieldError(name, FieldCode.NOT_ALLOWED, message) for name in _SELLERS if name in changes]
        profile = replace(_profile(row), **{name: value for name, value in changes.items() if name not in FIXED})
        problems += check_profile(row.kind, profile)
        if problems:
            raise Invalid(problems)
        row.update_from_dict(profile_columns(profile))
        try:
            await row.save()
        except IntegrityError as error:
            raise already_exists(error) from error
        data = organization_data(row) | {"changed": sorted(set(changes) - set(FIXED))}
        await record(actor, NewEvent(EventType.ORGANIZATION_UPDATED, row.id, row.scope, row.id, data))
        return row.id


async def suspend_organization(actor: Actor, organization_id: UUID) -> UUID:
    """ACTIVE -> SUSPENDED: it and all below it can read, not order or change; its own organization nobody suspends."""
    return await _move(actor, organization_id, OrganizationState.SUSPENDED)


async def resume_organization(actor: Actor, organization_id: UUID) -> UUID:
    """SUSPENDED -> ACTIVE."""
    return await _move(actor, organization_id, OrganizationState.ACTIVE)


async def _move(actor: Actor, organization_id: UUID, target: OrganizationState) -> UUID:
    async with database.transaction():
        row = await lock_organization(actor, organization_id)
        await move(actor, row, target)
        return row.id


async def move(actor: Actor, row: Organization, target: OrganizationState) -> None:
    """Bring a locked organization to another state; Forbidden for one's own."""
    if actor.organization_id == row.id:
        raise Forbidden("only a seller of this organization may do this")
    ORGANIZATION.check(row.state, target)
    row.state = target
    await row.save(update_fields=["state"])
    await record(actor, NewEvent(_EVENTS[target], row.id, row.scope, row.id, organization_data(row)))


async def lock_organization(actor: Actor, organization_id: UUID) -> Organization:
    """The organization within the actor's subtree, locked until the transaction ends; NotFound otherwise."""
    rows = Organization.filter(id=organization_id, scope__gte=actor.scope.lower, scope__lt=actor.scope.upper)
    row = await rows.select_for_update().get_or_none()
    if row is None:
        raise NotFound("organization", encode("Organization", organization_id))
    return row


def _profile(row: Organization) -> Profile:
    contact, address = None, None
    if row.billing_email is not None:
        contact = Contact(row.billing_first_name or "", row.billing_last_name or "", row.billing_email)
    if row.country is not None:
        address = Address(row.street or "", row.postal_code or "", row.city or "", row.country)
    return Profile(
        name=row.name,
        company=row.company,
        time_zone=row.time_zone,
        domain=row.domain,
        reference=row.reference,
        billing_contact=contact,
        address=address,
        phone=row.phone,
        notes=row.notes,
        invoice_emails=row.invoice_emails,
        desk_email=row.desk_email,
    )
