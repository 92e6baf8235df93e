"""What is told of webhook endpoints."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, JsonSchema, id_of, text
from domain.events.types import EventType

_ENDPOINT: Final[Mapping[str, JsonSchema]] = {"endpoint_id": id_of("WebhookEndpoint"), "url": text("where it delivers")}
_TIME: Final[JsonSchema] = {"type": "string", "format": "date-time"}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.WEBHOOK_ENDPOINT_CREATED: EventSpec("WebhookEndpoint", "A webhook endpoint was created.", _ENDPOINT),
    EventType.WEBHOOK_ENDPOINT_DELETED: EventSpec("WebhookEndpoint", "A webhook endpoint was deleted.", _ENDPOINT),
    EventType.WEBHOOK_ENDPOINT_UPDATED: EventSpec(
        "WebhookEndpoint",
        "A webhook endpoint was changed.",
        {
            **_ENDPOINT,
            "changed": {"type": "array", "items": {"type": "string"}, "description": "the fields that were given"},
        },
    ),
    EventType.WEBHOOK_ENDPOINT_SECRET_ROTATED: EventSpec(
        "WebhookEndpoint",
        "A webhook endpoint has a new secret.",
        {**_ENDPOINT, "previous_until": {**_TIME, "description": "until when the old one signs too"}},
    ),
    EventType.WEBHOOK_ENDPOINT_PINGED: EventSpec("WebhookEndpoint", "A test: nothing has happened.", _ENDPOINT),
    EventType.WEBHOOK_ENDPOINT_REDELIVERED: EventSpec(
        "WebhookEndpoint",
        "An event is delivered to a webhook endpoint once more.",
        {**_ENDPOINT, "event_id": id_of("Event")},
    ),
    EventType.WEBHOOK_ENDPOINT_FAILING: EventSpec(
        "WebhookEndpoint",
        "A webhook endpoint has taken nothing for long, and will be disabled.",
        {
            **_ENDPOINT,
            "percent": {"type": "integer", "description": "25, 50 or 75: how much of its time is over"},
            "failing_since": {**_TIME, "description": "the first attempt that failed since one succeeded"},
            "disabled_at": {**_TIME, "description": "when it is disabled if it goes on failing"},
        },
    ),
    EventType.WEBHOOK_ENDPOINT_DISABLED: EventSpec(
        "WebhookEndpoint",
        "A webhook endpoint is disabled; what it missed can be replayed.",
        {**_ENDPOINT, "reason": text("OWNER, GONE (it answered 410) or FAILING (it took nothing for five days)")},
    ),
}
