"""What the data of an event is made of, as JSON Schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.shared.ids import PREFIXES

JsonSchema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EventSpec:
    """`aggregate` is the kind whose history the event belongs to; `data` the JSON Schema of each field of its data."""

    aggregate: str
    description: str
    data: Mapping[str, JsonSchema]


def id_of(kind: str) -> JsonSchema:
    """A TypeID of this kind."""
    return {"type": "string", "pattern": f"^{PREFIXES[kind]}_[0-9a-z]{{26}}$", "description": f"id of the {kind}"}


def text(description: str) -> JsonSchema:
    """Any text."""
    return {"type": "string", "description": description}


def optional(schema: JsonSchema) -> JsonSchema:
    """This or null."""
    return {"anyOf": [schema, {"type": "null"}]}


MONEY: Final[JsonSchema] = {
    "type": "object",
    "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
    "required": ["amount", "currency"],
    "additionalProperties": False,
}
FAILURE: Final[JsonSchema] = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "reason": {"type": "string"}},
    "required": ["code", "reason"],
    "additionalProperties": False,
}
