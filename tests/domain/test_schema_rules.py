"""Parameter schemas that are taken and refused: valid, closed, bounded, and never slow to match."""

import time
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from domain.catalog.schema_rules import check_parameter_schema
from domain.catalog.seeds import SHIPPED, products_of, read_catalog


def schema(**properties: Any) -> dict[str, Any]:
    """A schema of an object with these properties."""
    return {"type": "object", "properties": properties}


def nested(depth: int) -> dict[str, Any]:
    """Objects inside objects."""
    content: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        content = schema(a=content)
    return content


def doubling(levels: int) -> dict[str, Any]:
    """Definitions that each refer twice to the next: 2^levels when unfolded."""
    definitions: dict[str, Any] = {"d0": {"type": "string"}}
    for level in range(1, levels + 1):
        below = {"$ref": f"#/$defs/d{level - 1}"}
        definitions[f"d{level}"] = {"allOf": [below, below]}
    return schema(a={"$ref": f"#/$defs/d{levels}"}) | {"$defs": definitions}


GOOD: dict[str, Any] = {
    "nothing asked": {"type": "object"},
    "of its own draft": {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"},
    "a definition": schema(a={"$ref": "#/$defs/name"}) | {"$defs": {"name": {"type": "string"}}},
    "a definition in a definition": doubling(3),
    "properties named like keywords": schema(pattern={"type": "string"}),
    "deep enough": nested(4),
    "conditions": {"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}},
}
BAD: dict[str, tuple[Any, str]] = {
    "a text": ("x", "type"),
    "true": (True, "type"),
    "a list": ([], "type"),
    "no type": ({}, "type"),
    "another type": ({"type": "array"}, "type"),
    "an unknown type": (schema(a={"type": "strin"}), "/properties/a/type"),
    "a length below zero": (schema(a={"minLength": -1}), "/properties/a/minLength"),
    "required is no list": ({"type": "object", "required": "a"}, "/required"),
    "another draft": ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}, "2020-12"),
    "a schema elsewhere": (schema(a={"$ref": "https://example.com/schema.json"}), "refers to"),
    "a file": (schema(a={"$ref": "file:///etc/passwd"}), "refers to"),
    "a definition that is not there": (schema(a={"$ref": "#/$defs/name"}), "refers to"),
    "itself": (schema(a={"$ref": "#"}), "refers to"),
    "a circle": (schema(a={"$ref": "#/$defs/a"}) | {"$defs": {"a": {"$ref": "#/$defs/a"}}}, "circle"),
    "a wider circle": (
        schema(a={"$ref": "#/$defs/a"})
        | {"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}},
        "circle",
    ),
    "a name of its own": ({"$id": "https://example.com/a", "type": "object"}, "$id"),
    "an anchor": (schema(a={"$anchor": "here"}), "$anchor"),
    "a dynamic reference": (schema(a={"$dynamicRef": "#here"}), "$dynamicRef"),
    "too large": (schema(a={"const": "x" * 17_000}), "bytes"),
    "too deep": (nested(12), "deep"),
    "far too deep": (nested(400), "deep"),
    "doubling": (doubling(14), "unfolds"),
    "definitions that are no object": ({"type": "object", "$defs": []}, "$defs"),
}


@pytest.mark.parametrize("content", GOOD.values(), ids=list(GOOD))
def test_c7_a_good_schema_is_taken(content: Any) -> None:
    """JSON Schema of an object, references to its own definitions included."""
    assert check_parameter_schema("s", content) == []


@pytest.mark.parametrize(("content", "reason"), BAD.values(), ids=list(BAD))
def test_c7_a_bad_schema_is_refused(content: Any, reason: str) -> None:
    """What is invalid, leads elsewhere, goes in a circle or is too large is refused at the path, saying why."""
    problems = check_parameter_schema("s", content)
    assert problems
    assert {problem.path for problem in problems} == {"s"}
    assert any(reason in problem.message for problem in problems), problems


SLOW = [
    "(a+)+$",
    "(a*)*$",
    "([a-z]+)*$",
    "^(\\w+\\s?)*$",
    "(a|a)*$",
    "(a|aa)+$",
    "(?:ab|a)+$",
    "((a+)b?)+$",
    "(a+){20,}$",
    "([a-z.]+\\.)+$",
    "(.+,)+$",
    "(x+x+)+y",
    "(a)\\1",
    "(?=a)a",
    "(?<!a)b",
]
QUICK = [
    "^([a-z0-9-]+\\.)+[a-z]{2,}$",
    "^[A-Za-z][A-Za-z0-9._-]{0,63}$",
    "^\\+[1-9][0-9]{6,14}$",
    "^(eu|us)-(east|west)$",
    "^[^@]+@[^@]+$",
    "^(/[a-z]+)*$",
    "^([0-9]{1,3}\\.){3}[0-9]{1,3}$",
    "a{2,5}",
]


@pytest.mark.parametrize("pattern", SLOW)
@pytest.mark.parametrize("where", ["pattern", "patternProperties"])
def test_c7_a_pattern_that_may_take_for_ever_is_refused(pattern: str, where: str) -> None:
    """Nested and ambiguous repetitions cost a request its time: none gets into a schema."""
    content = schema(a={"pattern": pattern}) if where == "pattern" else {"type": "object", where: {pattern: {}}}
    [problem] = check_parameter_schema("s", content)
    assert "could take very long" in problem.message


@pytest.mark.parametrize("pattern", QUICK)
def test_c7_a_pattern_that_is_quick_is_taken(pattern: str) -> None:
    """Host names, user names and numbers are written in patterns that are matched at once, whatever is sent."""
    content = schema(a={"pattern": pattern})
    assert check_parameter_schema("s", content) == []
    began = time.perf_counter()
    for text in ("a" * 2_000, "a." * 1_000, "a-" * 1_000 + "!", "1." * 1_000, "/a" * 1_000 + "?"):
        Draft202012Validator(content).is_valid({"a": text})
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(("pattern", "reason"), [("(", "regular expression"), ("x" * 201, "characters")])
def test_c7_a_pattern_is_one(pattern: str, reason: str) -> None:
    """What is no regular expression, or a very long one, is refused."""
    problems = check_parameter_schema("s", schema(a={"pattern": pattern}))
    assert any(reason in problem.message for problem in problems)


def test_c7_what_ships_is_taken() -> None:
    """The schemas of the catalogs that ship keep the rules."""
    for name in ("story", *SHIPPED):
        for product in products_of(read_catalog(name)):
            content = {"type": "object", **product.get("parameters", {})}
            assert check_parameter_schema("s", content) == [], product["key"]
