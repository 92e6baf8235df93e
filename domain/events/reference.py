"""The event reference as a Markdown page, made from the catalogue."""

from collections.abc import Mapping
from typing import Any, Final

from domain.events.catalogue import API_VERSION, CATALOGUE, json_schema
from domain.events.schemas import EventSpec, JsonSchema
from domain.events.types import EventType

_ENVELOPE: Final[Mapping[str, str]] = {
    "type": "the event type",
    "id": "id of the event; also the header `webhook-id`",
    "timestamp": "when it happened, UTC",
    "api_version": "the version of these bodies",
    "organization": "id of the organization it happened to",
    "sequence": "counts the events of one thing (one order, one subscription), from 1, without gaps",
    "data": "what happened; its fields are below",
}

_INTRODUCTION: Final = f"""\
<!-- Made from domain/events/catalogue.py by `provender export-events`; edits here are lost. -->
# Events

Every change records an event in the transaction of the change. Events are read in GraphQL (`events`), watched live
(`organizationEvents`) and delivered to webhook endpoints (`createWebhookEndpoint`), whose `eventTypes` may be globs
such as `order.*`. An event is seen by the organization it happened to and by every seller above it.

A delivery is a signed POST ([Standard Webhooks](https://www.standardwebhooks.com/)). It may come more than once and in
any order: `webhook-id` is the same on every attempt, and `sequence` tells the order of the events of one thing.
`GET /events/schemas/<type>.json` serves the JSON Schema of the body. The API version is `{API_VERSION}`.
"""
_PRICES: Final = """\
Amounts are decimal texts with their currency, and each receiver sees its own: `price` is what the receiver's buyer pays
it, or what it pays itself if it is the buyer; `cost` is what it pays its own seller. Either is null where it does not
apply to the receiver, and while an order's amounts are not fixed.
"""


def events_page(catalogue: Mapping[EventType, EventSpec] = CATALOGUE) -> str:
    """The page: the envelope, then each kind of thing with its event types and the fields of their data."""
    body = json_schema(next(iter(EventType)))["properties"]
    envelope = {
        name: {"type": schema.get("type", "string"), "description": _ENVELOPE[name]} for name, schema in body.items()
    }
    parts = [_INTRODUCTION, "## Every body\n", _fields(envelope), "## Amounts\n", _PRICES]
    for aggregate, group in _groups(catalogue).items():
        rows = "\n".join(f"| `{event_type}` | {spec.description} |" for event_type, spec in group.items())
        parts += [f"## {aggregate}\n", f"| type | when |\n|---|---|\n{rows}\n"]
        parts += ["The fields of `data`:\n", _fields(next(iter(group.values())).data)]
    return "\n".join(parts)


def _groups(catalogue: Mapping[EventType, EventSpec]) -> dict[str, dict[EventType, EventSpec]]:
    """The types by kind of thing; one whose data differs from the others of its kind stands apart."""
    groups: dict[str, dict[EventType, EventSpec]] = {}
    for event_type, spec in catalogue.items():
        first = next(iter(groups.get(spec.aggregate, {}).values()), spec)
        name = spec.aggregate if first.data == spec.data else f"{spec.aggregate}, `{event_type}`"
        groups.setdefault(name, {})[event_type] = spec
    return groups


def _fields(fields: Mapping[str, JsonSchema]) -> str:
    rows = "\n".join(f"| `{name}` | {_type(schema)} | {_description(schema)} |" for name, schema in fields.items())
    return f"| field | type | what it is |\n|---|---|---|\n{rows}\n"


def _type(schema: JsonSchema) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(part) for part in schema["anyOf"])
    if "properties" in schema:
        return "object: " + ", ".join(f"`{name}`" for name in schema["properties"])
    kind: str = schema["type"]
    return kind


def _description(schema: JsonSchema) -> str:
    parts: list[Mapping[str, Any]] = [schema, *schema.get("anyOf", ())]
    return next((part["description"] for part in parts if "description" in part), "")
