"""Holding data against JSON Schemas (Draft 2020-12), each fault told at its path."""

from collections.abc import Mapping
from functools import lru_cache, reduce
from typing import Any, Final

import orjson
from jsonschema_rs import Draft202012Validator, FancyRegexOptions, ReferencingError, ValidationError, meta

from domain.shared.errors import FieldCode, FieldError

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_MAX_MESSAGE: Final = 500
# Patterns are matched by an engine that gives up after so many steps back, whatever they and the texts are.
_PATTERNS: Final = FancyRegexOptions(backtrack_limit=10_000)


def fault_of_schema(schema: Mapping[str, Any]) -> str | None:
    """What keeps this from being a schema that data can be held against, with its place; None where nothing does."""
    try:
        meta.validate({**schema, "$schema": _DRAFT})
        _validator(orjson.dumps(schema).decode())
    except ValidationError as error:
        place = "/".join(str(part) for part in error.instance_path)
        return f"is not valid at /{place}: {error.message}"[:_MAX_MESSAGE]
    except (ReferencingError, ValueError) as error:
        return f"is not valid: {error}"[:_MAX_MESSAGE]
    return None


def faults(schema: str, data: Mapping[str, Any], path: str) -> list[FieldError]:
    """Everything in which `data`, found at `path` of an input, does not keep a valid schema (JSON)."""
    validator = _validator(schema)
    if validator.is_valid(data):
        return []
    return list(dict.fromkeys(_field_error(error, schema, path) for error in validator.iter_errors(data)))


# Offline: a reference to elsewhere never makes us fetch an address of the author's choice.
@lru_cache(maxsize=1024)
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(schema, pattern_options=_PATTERNS, offline=True)


def _field_error(error: ValidationError, schema: str, path: str) -> FieldError:
    where = ".".join([path, *(str(part) for part in error.instance_path)])
    kind: Any = error.kind
    if kind.name == "required":
        return FieldError(f"{where}.{kind.property}", FieldCode.REQUIRED, "is required")
    # In the words of the schema's author, where it titles what it describes: patterns alone tell little.
    around: Any = reduce(lambda part, name: part[name], error.schema_path[:-1], orjson.loads(schema))
    title = around.get("title") if isinstance(around, dict) else None
    told = f"{title}: {error.message}" if isinstance(title, str) else error.message
    return FieldError(where, FieldCode.INVALID, told[:_MAX_MESSAGE])
