"""What is told of organizations."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, id_of, optional, text
from domain.events.types import EventType

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.ORGANIZATION_CREATED: EventSpec(
        "Organization",
        "A partner or customer was created.",
        {
            "organization_id": id_of("Organization"),
            "kind": text("DISTRIBUTOR, PARTNER or CUSTOMER"),
            "name": text("its name"),
            "reference": optional(text("its seller's own reference")),
        },
    ),
}
