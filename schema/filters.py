"""Filters of lists: a fixed set of fields and comparisons, translated to the domain's clauses."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import strawberry

from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.filters import AllOf, AnyOf, Clause, Condition, Operator, conditions_of
from domain.shared.ids import decode, decode_any

_MAX_DEPTH: Final = 5
_MAX_CONDITIONS: Final = 50
_MAX_VALUES: Final = 100
KIND: Final = "kind"  # metadata key: the id's kind
ANY_KIND: Final = "any kind"


@strawberry.input(description="Compares a text.")
class TextFilter:
    """All given comparisons must hold."""

    eq: str | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[str] | None = strawberry.field(name="in", description="Is one of these (at most 100).", default=None)
    contains: str | None = strawberry.field(description="Contains this, in any case.", default=None)


@strawberry.input(description="Compares an id.")
class IdFilter:
    """All given comparisons must hold."""

    eq: strawberry.ID | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[strawberry.ID] | None = strawberry.field(
        name="in", description="Is one of these (at most 100).", default=None
    )


@strawberry.input(description="Compares an instant.")
class DateTimeFilter:
    """All given comparisons must hold."""

    gte: datetime | None = strawberry.field(description="At this time or later.", default=None)
    lte: datetime | None = strawberry.field(description="At this time or earlier.", default=None)


@strawberry.input(description="Compares a date.")
class DateFilter:
    """All given comparisons must hold."""

    eq: date | None = strawberry.field(description="Is exactly this day.", default=None)
    gte: date | None = strawberry.field(description="On this day or later.", default=None)
    lte: date | None = strawberry.field(description="On this day or earlier.", default=None)


@strawberry.input(description="Compares a truth.")
class BooleanFilter:
    """All given comparisons must hold."""

    eq: bool | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[bool] | None = strawberry.field(name="in", description="Is one of these.", default=None)


def to_clause(where: Any) -> Clause:
    """Translate a `where` input (None: everything). Too deep, too many, or a bad id is refused as Invalid."""
    if where is None:
        return AllOf(())
    clause = _clause(where, "where", 1)
    if sum(1 for _ in conditions_of(clause)) > _MAX_CONDITIONS:
        raise _refused("where", f"has more than {_MAX_CONDITIONS} conditions")
    return clause


def _refused(path: str, message: str, code: FieldCode = FieldCode.OUT_OF_RANGE) -> Invalid:
    return Invalid([FieldError(path, code, message)])


def _clause(where: Any, path: str, depth: int) -> AllOf:
    if depth > _MAX_DEPTH:
        raise _refused(path, f"is nested more than {_MAX_DEPTH} deep")
    parts: list[Clause] = []
    for field in fields(where):
        value = getattr(where, field.name)
        if value is None:
            continue
        if field.name in {"and_", "or_"}:
            inner = [
                _clause(part, f"{path}.{field.name[:-1].upper()}.{place}", depth + 1)
                for place, part in enumerate(value)
            ]
            parts.append(AllOf(inner) if field.name == "and_" else AnyOf(inner))
        else:
            parts += _compare(field.name, value, f"{path}.{field.name}", field.metadata.get(KIND))
    return AllOf(parts)


def _compare(name: str, comparison: Any, path: str, kind: str | None) -> Iterator[Condition]:
    for field in fields(comparison):
        value = getattr(comparison, field.name)
        if value is None:
            continue
        operator = Operator(field.name.rstrip("_"))
        where = f"{path}.{operator}"
        values: Sequence[Any] = value if operator is Operator.IN else [value]
        if len(values) > _MAX_VALUES:
            raise _refused(where, f"has more than {_MAX_VALUES} values")
        if any(isinstance(item, str) and "\x00" in item for item in values):
            raise _refused(where, "contains a NUL character", FieldCode.INVALID)
        if kind is not None:
            values = [_identity(kind, item, where) for item in values]
        yield Condition(name, operator, list(values) if operator is Operator.IN else values[0])


def _identity(kind: str, text: str, path: str) -> UUID:
    if kind != ANY_KIND:
        return decode(kind, text, path=path)
    try:
        return decode_any(text)[1]
    except ValueError as error:
        raise _refused(path, str(error), FieldCode.INVALID) from error
