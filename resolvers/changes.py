"""Partial updates: what an input gives, told from what it leaves out."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from strawberry.types.maybe import Some


def changes_of(content: Any, converters: Mapping[type, Callable[[Any], Any]]) -> dict[str, Any]:
    """The given `strawberry.Maybe` fields of an input by name; a value of a type of `converters` is converted."""
    given = {field.name: getattr(content, field.name) for field in fields(content)}
    return {
        name: converters.get(type(some.value), _as_it_is)(some.value)
        for name, some in given.items()
        if isinstance(some, Some)
    }


def _as_it_is(value: Any) -> Any:
    return value
