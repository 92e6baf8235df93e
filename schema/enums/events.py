"""Events."""

from typing import Final

from domain.events.catalogue import CATALOGUE
from domain.events.types import EventType
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    EventType: (
        "EventType",
        "What can happen; webhooks and the event log name it in lower case with a dot (`order.completed`).",
        {event_type.name: CATALOGUE[event_type].description for event_type in EventType},
    ),
}
