"""What is told of uploads."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, JsonSchema, id_of, text
from domain.events.types import EventType

_UPLOAD: Final[Mapping[str, JsonSchema]] = {
    "upload_id": id_of("Upload"),
    "organization_id": id_of("Organization"),
    "purpose": text("what it is for"),
    "file_name": text("its name"),
    "content_type": text("its media type: as announced, and once it is stored as it was found to be"),
    "size_bytes": {"type": "integer", "description": "its size"},
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.UPLOAD_CREATED: EventSpec("Upload", "A file was announced.", _UPLOAD),
    EventType.UPLOAD_STORED: EventSpec("Upload", "Its content arrived and is what it was announced as.", _UPLOAD),
    EventType.UPLOAD_EXPIRED: EventSpec("Upload", "Nobody attached it in time: it is deleted.", _UPLOAD),
}
