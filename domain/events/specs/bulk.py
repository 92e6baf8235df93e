"""What is told of bulk operations."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import FAILURE, EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_COUNT: Final[JsonSchema] = {"type": "integer", "minimum": 0}
_OPERATION: Final[Mapping[str, JsonSchema]] = {
    "operation_id": id_of("BulkOperation"),
    "kind": text("what it does"),
    "total": optional({**_COUNT, "description": "how many things it is about, once that is known"}),
    "done": {**_COUNT, "description": "how many came to a good end"},
    "failed": {**_COUNT, "description": "how many failed"},
    "failure": optional(FAILURE),
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.BULK_OPERATION_CREATED: EventSpec("BulkOperation", "A bulk operation was queued.", _OPERATION),
    EventType.BULK_OPERATION_COMPLETED: EventSpec("BulkOperation", "A bulk operation has done its work.", _OPERATION),
    EventType.BULK_OPERATION_FAILED: EventSpec(
        "BulkOperation", "A bulk operation could not go on; `failure` says why.", _OPERATION
    ),
    EventType.BULK_OPERATION_CANCELLED: EventSpec("BulkOperation", "A bulk operation was cancelled.", _OPERATION),
}
