"""Cursors of keyset pages: opaque to clients, and checked: a cursor of another order or a forged one is refused."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import orjson

from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.filters import Direction, PageRequest

MAX_PAGE: Final = 100
DEFAULT_PAGE: Final = 20
_MAX_CURSOR_LENGTH: Final = 4000  # the longest text that is sorted by has 200 characters of up to 4 bytes


class ColumnType(StrEnum):
    """The types that sort keys have."""

    UUID = "UUID"
    TEXT = "TEXT"
    INTEGER = "INTEGER"
    INSTANT = "INSTANT"
    DATE = "DATE"


def _text(value: object) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("not a text")
    return value


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 1 << 63:
        raise ValueError("not an integer")
    return value


def _instant(value: object) -> datetime:
    parsed = datetime.fromisoformat(_text(value))
    if parsed.tzinfo is None:
        raise ValueError("not an instant")
    return parsed


_READ: Final[Mapping[ColumnType, Callable[[object], Any]]] = {
    ColumnType.UUID: lambda value: UUID(_text(value)),
    ColumnType.TEXT: _text,
    ColumnType.INTEGER: _integer,
    ColumnType.INSTANT: _instant,
    ColumnType.DATE: lambda value: date.fromisoformat(_text(value)),
}

KeySpec = Sequence[tuple[str, ColumnType, Direction]]


def _signature(keys: KeySpec) -> str:
    return ",".join(f"{name}{'+' if direction is Direction.ASC else '-'}" for name, _, direction in keys)


def encode_cursor(keys: KeySpec, values: Sequence[Any]) -> str:
    """The cursor of the row that has these key values, in this order of keys."""
    return urlsafe_b64encode(orjson.dumps([_signature(keys), *values], default=str)).decode().rstrip("=")


def decode_cursor(text: str, keys: KeySpec, path: str) -> list[Any]:
    """The key values inside a cursor; Invalid at `path` when it is not one of this list in this order."""
    try:
        return _read(text[:_MAX_CURSOR_LENGTH], keys)
    except (ValueError, binascii.Error, OverflowError) as error:
        message = "is not a cursor of this list in this order; start again without it"
        raise Invalid([FieldError(path, FieldCode.INVALID, message)]) from error


def _read(text: str, keys: KeySpec) -> list[Any]:
    content = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(content, list) or len(content) != len(keys) + 1 or content[0] != _signature(keys):
        raise ValueError("another list's cursor")
    return [_READ[kind](value) for (_, kind, _), value in zip(keys, content[1:], strict=True)]


def page_size(request: PageRequest) -> tuple[int, bool]:
    """(how many rows, whether read backwards); `first` is 20 when neither is given, both are 1-100."""
    problems = []
    if request.first is not None and request.last is not None:
        problems.append(FieldError("last", FieldCode.NOT_ALLOWED, "give first or last, not both"))
    for name, size in (("first", request.first), ("last", request.last)):
        if size is not None and not 1 <= size <= MAX_PAGE:
            message = f"must be between 1 and {MAX_PAGE}, got {size}"
            problems.append(FieldError(name, FieldCode.OUT_OF_RANGE, message))
    if problems:
        raise Invalid(problems)
    if request.last is not None:
        return request.last, True
    return request.first or DEFAULT_PAGE, False
