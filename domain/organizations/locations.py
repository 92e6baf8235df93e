"""Emergency locations: the address of each site that emergency services are sent to (E911)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from asyncpg import UniqueViolationError
from tortoise.exceptions import IntegrityError

from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.organizations.models import EmergencyLocation
from domain.organizations.profiles import check_phone, read_phone
from domain.organizations.queries import get_organization
from domain.organizations.rules import check_country, name_key, require_active
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import ErrorCode, FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.texts import check_optional_text, check_text

# Connectors of voice: what they provide can call emergency services, which must find the caller (ORION, CB).
VOICE: Final = frozenset({"voice"})


@dataclass(frozen=True, slots=True)
class LocationDraft:
    """A site; `phone` is its main telephone number, `details` a floor or a building, `region` a state or province."""

    name: str
    phone: str
    street: str
    postal_code: str
    city: str
    country: str
    details: str | None = None
    region: str | None = None


def check_location(draft: LocationDraft) -> list[FieldError]:
    """Everything wrong with a location."""
    problems = check_text("name", draft.name, max_length=100)
    problems += check_phone("phone", draft.phone)
    problems += check_text("street", draft.street, max_length=200)
    problems += check_optional_text("details", draft.details, max_length=200)
    problems += check_text("postalCode", draft.postal_code, max_length=20)
    problems += check_text("city", draft.city, max_length=100)
    problems += check_optional_text("region", draft.region, max_length=100)
    return problems + check_country("country", draft.country)


async def count_locations(organization_id: UUID) -> int:
    """How many emergency locations an organization has."""
    sql = "SELECT count(*) FROM emergency_locations WHERE organization_id = $1"
    count: int = await database.fetch_value(sql, organization_id)
    return count


async def located(organization_ids: Collection[UUID]) -> set[UUID]:
    """Those of these organizations that have an emergency location."""
    sql = "SELECT DISTINCT organization_id FROM emergency_locations WHERE organization_id = ANY($1)"
    return {row["organization_id"] for row in await database.fetch(sql, list(organization_ids))}


def lacks_location(provisioners: Collection[str], locations: int) -> list[FieldError]:
    """Where voice is sold (by its connectors' keys), the customer has an emergency location at least."""
    if locations or VOICE.isdisjoint(provisioners):
        return []
    message = "voice is sold with an emergency location only: create one for each site of the customer"
    return [FieldError("emergencyLocation", FieldCode.REQUIRED, message)]


async def create_location(actor: Actor, *, organization_id: UUID, draft: LocationDraft) -> UUID:
    """Add a site to an organization of the subtree; its name is unique there."""
    if problems := check_location(draft):
        raise Invalid(problems)
    async with database.transaction():
        organization = await get_organization(actor, organization_id)
        require_active([organization])
        row = EmergencyLocation(
            id=actor.new_id(),
            organization_id=organization_id,
            scope=organization["scope"],
            created_at=actor.at,
            **_columns(draft),
        )
        await _save(row, force_create=True)
        await record(actor, _event(EventType.EMERGENCY_LOCATION_CREATED, row))
        return row.id


async def update_location(actor: Actor, *, location_id: UUID, draft: LocationDraft) -> UUID:
    """Replace what is said of a site."""
    if problems := check_location(draft):
        raise Invalid(problems)
    async with database.transaction():
        row = await _locked(actor, location_id)
        row.update_from_dict(_columns(draft))
        await _save(row)
        await record(actor, _event(EventType.EMERGENCY_LOCATION_UPDATED, row))
        return row.id


async def remove_location(actor: Actor, location_id: UUID) -> UUID:
    """Remove a site; NotFound once it is."""
    async with database.transaction():
        row = await _locked(actor, location_id)
        await row.delete()
        await record(actor, _event(EventType.EMERGENCY_LOCATION_REMOVED, row))
        return row.id


async def _locked(actor: Actor, location_id: UUID) -> EmergencyLocation:
    rows = EmergencyLocation.filter(id=location_id, scope__gte=actor.scope.lower, scope__lt=actor.scope.upper)
    row = await rows.select_for_update().get_or_none()
    if row is None:
        raise NotFound("emergency location", encode("EmergencyLocation", location_id))
    return row


def _columns(draft: LocationDraft) -> dict[str, Any]:
    return {
        "name": draft.name.strip(),
        "name_key": name_key(draft.name)[:100],
        "phone": read_phone(draft.phone),
        "street": draft.street.strip(),
        "details": (draft.details or "").strip() or None,
        "postal_code": draft.postal_code.strip(),
        "city": draft.city.strip(),
        "region": (draft.region or "").strip() or None,
        "country": draft.country,
    }


async def _save(row: EmergencyLocation, **options: Any) -> None:
    try:
        await row.save(**options)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolationError):
            raise
        message = "the organization has a location of this name already"
        raise Invalid([FieldError("name", FieldCode.ALREADY_EXISTS, message)], ErrorCode.ALREADY_EXISTS) from error


def _event(event_type: EventType, row: EmergencyLocation) -> NewEvent:
    data = {
        "location_id": encode("EmergencyLocation", row.id),
        "organization_id": encode("Organization", row.organization_id),
        "name": row.name,
    }
    return NewEvent(event_type, row.organization_id, row.scope, row.id, data)
