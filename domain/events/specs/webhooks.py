"""What is told of webhook endpoints."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, JsonSchema, id_of, text
from domain.events.types import EventType

_ENDPOINT: Final[Mapping[str, JsonSchema]] = {"endpoint_id": id_of("WebhookEndpoint"), "url": text("where it delivers")}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.WEBHOOK_ENDPOINT_CREATED: EventSpec("WebhookEndpoint", "A webhook endpoint was created.", _ENDPOINT),
    EventType.WEBHOOK_ENDPOINT_DELETED: EventSpec("WebhookEndpoint", "A webhook endpoint was deleted.", _ENDPOINT),
}
