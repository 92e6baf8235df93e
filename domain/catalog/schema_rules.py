"""Which parameter schemas a product may have: valid, closed in themselves, and cheap to hold orders against."""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final

import orjson

from domain.shared.errors import FieldCode, FieldError
from domain.shared.json_schema import fault_of_schema

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_MAX_BYTES: Final = 16 * 1024
_MAX_DEPTH: Final = 12
_MAX_UNFOLDED: Final = 2_000  # values of the schema, each definition counted wherever it is referred to
_MAX_PATTERN: Final = 200
_MANY: Final = 16  # a repetition of at least so often counts as endless
_LOCAL: Final = re.compile(r"#/\$defs/([A-Za-z0-9_-]+)")
# What names a schema, or leads out of this one.
_REFUSED: Final = ("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$vocabulary")

# The standard library's own parser of patterns has no public name.
_PARSER: Final = import_module("re._parser")


def check_parameter_schema(path: str, schema: object) -> list[FieldError]:
    """A JSON Schema (Draft 2020-12) of an object, of bounded size and depth, without references to elsewhere."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return [_refused(path, 'must be a JSON Schema with "type": "object"')]
    if _depth(schema) > _MAX_DEPTH:
        return [FieldError(path, FieldCode.OUT_OF_RANGE, f"is nested more than {_MAX_DEPTH} deep")]
    if len(orjson.dumps(schema)) > _MAX_BYTES:
        return [FieldError(path, FieldCode.TOO_LONG, f"takes more than {_MAX_BYTES} bytes")]
    problems = [*_check_names(path, schema), *_check_references(path, schema)]
    problems += [problem for pattern in _patterns(schema) for problem in _check_pattern(path, pattern)]
    fault = None if problems else fault_of_schema(schema)
    return [*problems, *([_refused(path, fault)] if fault else [])]


def _refused(path: str, message: str) -> FieldError:
    return FieldError(path, FieldCode.INVALID, message)


def _depth(value: object) -> int:
    level, depth = [value], 0
    while level:
        level = [
            below
            for item in level
            if isinstance(item, dict | list)
            for below in (item.values() if isinstance(item, dict) else item)
        ]
        depth += 1
    return depth


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    """Every object in a schema, itself included."""
    if isinstance(value, dict):
        yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(below)


def _check_names(path: str, schema: Mapping[str, Any]) -> list[FieldError]:
    problems = []
    if schema.get("$schema", _DRAFT) != _DRAFT:
        problems.append(_refused(path, f"must be of {_DRAFT}"))
    found = {name for item in _objects(schema) for name in _REFUSED if isinstance(item.get(name), str | dict)}
    problems += [_refused(path, f"must not use {name}") for name in sorted(found)]
    return problems


def _check_references(path: str, schema: Mapping[str, Any]) -> list[FieldError]:
    """References lead to `$defs` of this schema, in no circle, and unfold to a bounded size."""
    references = [item["$ref"] for item in _objects(schema) if isinstance(item.get("$ref"), str)]
    definitions = schema.get("$defs", {})
    if not isinstance(definitions, dict):
        return [_refused(path, "$defs must be an object")]
    strange = [ref for ref in references if not (known := _LOCAL.fullmatch(ref)) or known[1] not in definitions]
    if strange:
        return [_refused(path, f"refers to {strange[0][:100]!r}; only #/$defs/… of this schema may be referred to")]
    try:
        size = _unfolded({key: value for key, value in schema.items() if key != "$defs"}, definitions, {}, ())
    except RecursionError:
        return [_refused(path, "refers to itself in a circle")]
    if size > _MAX_UNFOLDED:
        return [FieldError(path, FieldCode.TOO_LONG, f"unfolds to more than {_MAX_UNFOLDED} values")]
    return []


def _unfolded(value: object, definitions: Mapping[str, Any], known: dict[str, int], above: tuple[str, ...]) -> int:
    """How many values a schema has, its references followed; RecursionError where they go in a circle."""
    if isinstance(value, list):
        return 1 + sum(_unfolded(item, definitions, known, above) for item in value)
    if not isinstance(value, dict):
        return 1
    size = 1 + sum(_unfolded(item, definitions, known, above) for item in value.values())
    reference = value.get("$ref")
    if isinstance(reference, str):
        name = reference.removeprefix("#/$defs/")
        if name in above:
            raise RecursionError(name)
        if name not in known:
            known[name] = _unfolded(definitions[name], definitions, known, (*above, name))
        size += known[name]
    return size


def _patterns(schema: Mapping[str, Any]) -> Iterator[str]:
    for item in _objects(schema):
        if isinstance(item.get("pattern"), str):
            yield item["pattern"]
        named = item.get("patternProperties")
        yield from named if isinstance(named, dict) else ()


def _check_pattern(path: str, pattern: str) -> list[FieldError]:
    shown = pattern[:60]
    if len(pattern) > _MAX_PATTERN:
        message = f"the pattern {shown!r}… has more than {_MAX_PATTERN} characters"
        return [FieldError(path, FieldCode.TOO_LONG, message)]
    try:
        parsed = _PARSER.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return [_refused(path, f"{shown!r} is not a regular expression")]
    if _is_slow(parsed, repeated=None):
        return [_refused(path, f"the pattern {shown!r} could take very long to match; repeat single characters only")]
    return []


def _is_slow(parsed: Any, *, repeated: Any) -> bool:
    """Whether matching may take exponential time: what an endless repetition repeats can be read in several ways.

    Refused are repetitions and choices inside one, unless the repeated part ends or begins with a single character
    that the inner repetition does not match, as in a domain name's `([a-z]+[.])+`; and whatever looks elsewhere in the
    text. `repeated` is what the repetition around `parsed` repeats, None outside of any.
    """
    return any(_SLOW.get(str(operation), _never)(content, parsed, repeated) for operation, content in parsed)


def _never(_content: Any, _parsed: Any, _repeated: Any) -> bool:
    return False


def _always(_content: Any, _parsed: Any, _repeated: Any) -> bool:
    return True


def _branch(content: Any, _parsed: Any, repeated: Any) -> bool:
    return repeated is not None or any(_is_slow(branch, repeated=None) for branch in content[1])


def _repetition(content: Any, _parsed: Any, repeated: Any) -> bool:
    _, most, inner = content
    if most < _MANY:
        return _is_slow(inner, repeated=repeated)
    if repeated is not None and not _is_parted(repeated, inner):
        return True
    return _is_slow(inner, repeated=inner)


def _group(content: Any, parsed: Any, repeated: Any) -> bool:
    inner = content[-1]
    is_all_that_is_repeated = parsed is repeated and len(parsed) == 1
    return _is_slow(inner, repeated=inner if is_all_that_is_repeated else repeated)


_SLOW: Final[Mapping[str, Callable[[Any, Any, Any], bool]]] = {
    "ASSERT": _always,
    "ASSERT_NOT": _always,
    "GROUPREF": _always,
    "GROUPREF_EXISTS": _always,
    "BRANCH": _branch,
    "MAX_REPEAT": _repetition,
    "MIN_REPEAT": _repetition,
    "POSSESSIVE_REPEAT": _repetition,
    "SUBPATTERN": _group,
    "ATOMIC_GROUP": _always,
}


def _is_parted(repeated: Any, inner: Any) -> bool:
    """Whether a single character, which the inner repetition does not match, marks each turn of the outer one."""
    marks = [chr(content) for operation, content in (repeated[0], repeated[-1]) if str(operation) == "LITERAL"]
    return len(inner) == 1 and any(not _matches(inner[0], mark) for mark in marks)


def _matches(item: Any, character: str) -> bool:
    """Whether a parsed item of one character may be this one; unknown items may be any."""
    operation, content = str(item[0]), item[1]
    if operation == "LITERAL":
        return bool(content == ord(character))
    if operation == "IN" and all(str(kind) in {"LITERAL", "RANGE"} for kind, _ in content):
        return any(
            value == ord(character) if str(kind) == "LITERAL" else value[0] <= ord(character) <= value[1]
            for kind, value in content
        )
    return True
