"""Every event type there is: the GraphQL enum, the JSON Schemas and the docs are made from this table."""

from collections.abc import Mapping
from typing import Any, Final

from domain.events.schemas import EventSpec, id_of
from domain.events.specs import (
    access,
    billing,
    bulk,
    catalog,
    desk,
    invoices,
    numbers,
    orders,
    organizations,
    people,
    porting,
    pricing,
    provisioning,
    subscriptions,
    uploads,
    webhooks,
)
from domain.events.types import EventType

API_VERSION: Final = "2026-11"

CATALOGUE: Final[Mapping[EventType, EventSpec]] = {
    **organizations.SPECS,
    **billing.SPECS,
    **invoices.SPECS,
    **access.SPECS,
    **catalog.SPECS,
    **pricing.SPECS,
    **orders.SPECS,
    **numbers.SPECS,
    **subscriptions.SPECS,
    **provisioning.SPECS,
    **desk.SPECS,
    **webhooks.SPECS,
    **bulk.SPECS,
    **people.SPECS,
    **uploads.SPECS,
    **porting.SPECS,
}


def json_schema(event_type: EventType) -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of a webhook's whole body for this type."""
    spec = CATALOGUE[event_type]
    required = ["type", "id", "timestamp", "api_version", "organization", "sequence", "data"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event_type.value,
        "description": spec.description,
        "type": "object",
        "properties": {
            "type": {"const": event_type.value},
            "id": id_of("Event"),
            "timestamp": {"type": "string", "format": "date-time"},
            "api_version": {"const": API_VERSION},
            "organization": id_of("Organization"),
            "sequence": {"type": "integer", "minimum": 1},
            "data": {
                "type": "object",
                "properties": dict(spec.data),
                "required": list(spec.data),
                "additionalProperties": False,
            },
        },
        "required": required,
        "additionalProperties": False,
    }
