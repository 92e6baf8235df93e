"""Resolvers of emergency locations."""

import strawberry

from domain.organizations import locations
from domain.organizations.locations import LocationDraft
from domain.organizations.queries import EMERGENCY_LOCATIONS
from domain.shared.ids import decode, encode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written
from resolvers.references import organization_id
from schema.context import Info
from schema.locations import (
    CreateEmergencyLocationInput,
    CreateEmergencyLocationResult,
    CreateEmergencyLocationSuccess,
    EmergencyAddressInput,
    EmergencyLocation,
    EmergencyLocationSort,
    EmergencyLocationWhere,
    RemoveEmergencyLocationInput,
    RemoveEmergencyLocationResult,
    RemoveEmergencyLocationSuccess,
    UpdateEmergencyLocationInput,
    UpdateEmergencyLocationResult,
    UpdateEmergencyLocationSuccess,
)
from schema.pages import After, Before, Connection, First, Last, page_request


async def emergency_locations(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: EmergencyLocationWhere | None = None,
    sort: list[EmergencyLocationSort] | None = None,
) -> Connection[EmergencyLocation]:
    """The emergency locations of your subtree; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "EmergencyLocation", EMERGENCY_LOCATIONS, request, where=where, sort=sort)


def _draft(given: EmergencyAddressInput) -> LocationDraft:
    return LocationDraft(
        name=given.name,
        phone=given.phone,
        street=given.street,
        postal_code=given.postal_code,
        city=given.city,
        country=given.country,
        details=given.details,
        region=given.region,
    )


async def create_emergency_location(
    info: Info,
    input: CreateEmergencyLocationInput,  # noqa: A002 - the argument's public name
) -> CreateEmergencyLocationResult:
    """Add the address of a site that emergency services are sent to."""
    owner, draft = await organization_id(info, input.organization, "organization"), _draft(input)
    made = await run_once(
        info, input, lambda: locations.create_location(actor_of(info), organization_id=owner, draft=draft)
    )
    written = await read_written(info, "EmergencyLocation", EMERGENCY_LOCATIONS, made, "emergencyLocation")
    return CreateEmergencyLocationSuccess(emergency_location=written)


async def update_emergency_location(
    info: Info,
    input: UpdateEmergencyLocationInput,  # noqa: A002 - the argument's public name
) -> UpdateEmergencyLocationResult:
    """Replace what is said of a site."""
    location_id = decode("EmergencyLocation", input.id)
    await locations.update_location(actor_of(info), location_id=location_id, draft=_draft(input))
    written = await read_written(info, "EmergencyLocation", EMERGENCY_LOCATIONS, location_id, "emergencyLocation")
    return UpdateEmergencyLocationSuccess(emergency_location=written)


async def remove_emergency_location(
    info: Info,
    input: RemoveEmergencyLocationInput,  # noqa: A002 - the argument's public name
) -> RemoveEmergencyLocationResult:
    """Remove a site."""
    removed = await locations.remove_location(actor_of(info), decode("EmergencyLocation", input.id))
    return RemoveEmergencyLocationSuccess(id=strawberry.ID(encode("EmergencyLocation", removed)))
