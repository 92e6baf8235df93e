"""What is told of organizations."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_ORGANIZATION: Final[Mapping[str, JsonSchema]] = {
    "organization_id": id_of("Organization"),
    "kind": text("DISTRIBUTOR, PARTNER or CUSTOMER"),
    "name": text("its name"),
    "reference": optional(text("its seller's own reference")),
}
_CHANGED: Final[JsonSchema] = {
    "type": "array",
    "items": {"type": "string"},
    "description": "the fields that were given, whether or not they had another value before",
}
_LOCATION: Final[Mapping[str, JsonSchema]] = {
    "location_id": id_of("EmergencyLocation"),
    "organization_id": id_of("Organization"),
    "name": text("what the site is called"),
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.ORGANIZATION_CREATED: EventSpec("Organization", "A partner or customer was created.", _ORGANIZATION),
    EventType.ORGANIZATION_UPDATED: EventSpec(
        "Organization", "Its profile was changed.", {**_ORGANIZATION, "changed": _CHANGED}
    ),
    EventType.ORGANIZATION_SUSPENDED: EventSpec(
        "Organization", "It was suspended: it and all below it can read only.", _ORGANIZATION
    ),
    EventType.ORGANIZATION_RESUMED: EventSpec("Organization", "It may act again.", _ORGANIZATION),
    EventType.ORGANIZATION_CLOSED: EventSpec("Organization", "It was closed for good.", _ORGANIZATION),
    EventType.EMERGENCY_LOCATION_CREATED: EventSpec(
        "EmergencyLocation", "An emergency location was created.", _LOCATION
    ),
    EventType.EMERGENCY_LOCATION_UPDATED: EventSpec(
        "EmergencyLocation", "An emergency location was changed.", _LOCATION
    ),
    EventType.EMERGENCY_LOCATION_REMOVED: EventSpec(
        "EmergencyLocation", "An emergency location was removed.", _LOCATION
    ),
}
