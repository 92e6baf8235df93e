"""What is told of credentials."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, JsonSchema, id_of, text
from domain.events.types import EventType

_TOKEN: Final[Mapping[str, JsonSchema]] = {
    "token_id": id_of("ApiToken"),
    "name": text("what the token is called"),
    "organization_id": id_of("Organization"),
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.API_TOKEN_CREATED: EventSpec("ApiToken", "A machine token was created.", _TOKEN),
    EventType.API_TOKEN_REVOKED: EventSpec("ApiToken", "A machine token was revoked.", _TOKEN),
}
