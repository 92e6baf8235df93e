"""Emergency locations: types and inputs."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Final

import strawberry

from domain.shared.filters import Direction
from schema.errors import Conflict, InvalidInput, NotFound
from schema.filters import KIND, IdFilter, TextFilter
from schema.nodes import Node
from schema.organizations import Organization, OrganizationRef
from schema.reading import Reader, column, identity


@strawberry.type(description="Where emergency services are sent to: the address of one site of an organization.")
class EmergencyLocation(Node):
    """Read from `emergency_locations`; the organization is loaded when asked for."""

    name: str = strawberry.field(description="What the site is called, unique at the organization.")
    phone: str = strawberry.field(description="Its main telephone number, E.164.")
    street: str = strawberry.field(description="Street and number.")
    details: str | None = strawberry.field(description="Building, floor or room.")
    postal_code: str = strawberry.field(description="Postal code.")
    city: str = strawberry.field(description="City.")
    region: str | None = strawberry.field(description="State or province.")
    country: str = strawberry.field(description="Country, ISO 3166-1 alpha-2.")
    created_at: datetime = strawberry.field(description="When it was created.")
    organization: Organization = strawberry.field(description="Whose site.")


EMERGENCY_LOCATION: Final = Reader(
    EmergencyLocation,
    {
        "id": identity("EmergencyLocation"),
        "name": column("name"),
        "phone": column("phone"),
        "street": column("street"),
        "details": column("details"),
        "postal_code": column("postal_code"),
        "city": column("city"),
        "region": column("region"),
        "country": column("country"),
        "created_at": column("created_at"),
    },
)


@strawberry.input(description="Which emergency locations.")
class EmergencyLocationWhere:
    """All given parts must hold."""

    organization_id: IdFilter | None = strawberry.field(
        description="By organization.", default=None, metadata={KIND: "Organization"}
    )
    name: TextFilter | None = strawberry.field(description="By what the site is called.", default=None)
    and_: list["EmergencyLocationWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["EmergencyLocationWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What emergency locations can be sorted by.")
class EmergencyLocationSortField(Enum):
    """Names of domain.organizations.queries.EMERGENCY_LOCATIONS.sorts."""

    NAME = strawberry.enum_value("NAME", description="What the site is called.")
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was created.")


@strawberry.input(description="One sort key.")
class EmergencyLocationSort:
    """Later keys break the ties of earlier ones."""

    field: EmergencyLocationSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")


@strawberry.input(description="The address of a site.")
class EmergencyAddressInput:
    """Mirrors domain.organizations.locations.LocationDraft."""

    name: str = strawberry.field(description="What to call the site, unique at the organization.")
    phone: str = strawberry.field(description="Its main telephone number, with the country code.")
    street: str = strawberry.field(description="Street and number.")
    postal_code: str = strawberry.field(description="Postal code.")
    city: str = strawberry.field(description="City.")
    country: str = strawberry.field(description="Country, ISO 3166-1 alpha-2.")
    details: str | None = strawberry.field(description="Building, floor or room.", default=None)
    region: str | None = strawberry.field(description="State or province.", default=None)


@strawberry.input(description="An emergency location to create.")
class CreateEmergencyLocationInput(EmergencyAddressInput):
    """What `createEmergencyLocation` takes."""

    organization: OrganizationRef = strawberry.field(description="Whose site.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.input(description="What an emergency location is to be from now on: all of it.")
class UpdateEmergencyLocationInput(EmergencyAddressInput):
    """What `updateEmergencyLocation` takes."""

    id: strawberry.ID = strawberry.field(description="The location.")


@strawberry.input(description="An emergency location to remove.")
class RemoveEmergencyLocationInput:
    """What `removeEmergencyLocation` takes."""

    id: strawberry.ID = strawberry.field(description="The location.")


@strawberry.type(description="The location was created.")
class CreateEmergencyLocationSuccess:
    """The good end of `createEmergencyLocation`."""

    emergency_location: EmergencyLocation = strawberry.field(description="The new location.")


@strawberry.type(description="The location was changed.")
class UpdateEmergencyLocationSuccess:
    """The good end of `updateEmergencyLocation`."""

    emergency_location: EmergencyLocation = strawberry.field(description="The location as it is now.")


@strawberry.type(description="The location was removed.")
class RemoveEmergencyLocationSuccess:
    """The good end of `removeEmergencyLocation`."""

    id: strawberry.ID = strawberry.field(description="The id that it had.")


CreateEmergencyLocationResult = Annotated[
    CreateEmergencyLocationSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("CreateEmergencyLocationResult", description="How `createEmergencyLocation` can end."),
]

UpdateEmergencyLocationResult = Annotated[
    UpdateEmergencyLocationSuccess | InvalidInput | NotFound,
    strawberry.union("UpdateEmergencyLocationResult", description="How `updateEmergencyLocation` can end."),
]

RemoveEmergencyLocationResult = Annotated[
    RemoveEmergencyLocationSuccess | InvalidInput | NotFound,
    strawberry.union("RemoveEmergencyLocationResult", description="How `removeEmergencyLocation` can end."),
]
