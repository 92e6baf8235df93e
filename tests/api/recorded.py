"""Events as they were recorded, held against their published schemas."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from asyncpg import Record
from jsonschema import Draft202012Validator

from domain.events.catalogue import json_schema
from domain.events.queries import body_for
from domain.events.types import EventType
from domain.shared import database
from domain.shared.tenancy import Scope

_LAST: Final = """
SELECT e.* FROM unnest($1::text[]) AS seen(type)
CROSS JOIN LATERAL (SELECT * FROM events WHERE type = seen.type ORDER BY id DESC LIMIT 5) AS e
"""


async def check_recorded_events() -> None:
    """Fail unless the last five of each type keep their schema, as every organization on their path gets them."""
    for record in await database.fetch(_LAST, [event_type.value for event_type in EventType]):
        check(record, [Scope(path) for path in Scope(record["scope"]).chain])


def check(record: Record | Mapping[str, Any], viewers: Sequence[Scope]) -> EventType:
    """Fail unless an event is valid for these viewers; its type."""
    event_type = EventType(record["type"])
    for viewer in viewers:
        Draft202012Validator(json_schema(event_type)).validate(body_for(record, viewer))
    return event_type
