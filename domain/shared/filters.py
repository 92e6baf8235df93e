"""Filters and sort orders of lists, as values: a fixed set of fields, a fixed set of comparisons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Operator(StrEnum):
    """How a field is compared."""

    EQ = "eq"
    IN = "in"
    GTE = "gte"
    LTE = "lte"
    CONTAINS = "contains"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of one field; `value` has the field's own type (a list of it for IN)."""

    field: str
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; no parts means always."""

    parts: Sequence["Clause"]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; no parts means never."""

    parts: Sequence["Clause"]


Clause = Condition | AllOf | AnyOf
EVERYTHING = AllOf(())


def conditions_of(clause: Clause) -> Iterator[Condition]:
    """Every comparison in a clause, however deep."""
    if isinstance(clause, Condition):
        yield clause
    else:
        for part in clause.parts:
            yield from conditions_of(part)


class Direction(StrEnum):
    """Which way a list is sorted."""

    ASC = "ASC"
    DESC = "DESC"


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort key by its public name."""

    field: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A Relay page: `first`/`after` forwards, `last`/`before` backwards; sizes are checked when the page is read."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
