"""Vets the JSON Schema by which a provisioner asks for more data, before anyone is shown or held to it."""

from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from domain.shared.json_schema import fault_of_schema

SCHEMA_BYTES_MAX: Final = 32 * 1024
REFERENCES: Final = frozenset({"$ref", "$dynamicRef"})


def check_schema(schema: Mapping[str, object]) -> str | None:
    """Say what is wrong with it, or None: a Draft 2020-12 schema of an object that refers to nothing but itself.

    A reference to another document would make a validator fetch an address of the provisioner's choice.
    """
    if len(orjson.dumps(schema)) > SCHEMA_BYTES_MAX:
        return f"the schema is longer than {SCHEMA_BYTES_MAX} bytes"
    if schema.get("type") != "object":
        return "the schema isn't of an object"
    if any(not reference.startswith("#") for reference in _references(schema)):
        return "the schema refers to another document"
    fault = fault_of_schema(schema)
    return f"the schema {fault}" if fault else None


def _references(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name in REFERENCES:
                yield str(value)
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
