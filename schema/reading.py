"""How a type reads its records: field by field, so that only what a query selects is fetched and computed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from strawberry.utils.str_converters import to_camel_case

from domain.shared.actor import Actor, Permission
from domain.shared.ids import encode
from domain.shared.tiers import cost_seen_by, price_seen_by
from schema.failures import Failure
from schema.money import money
from schema.scalars import Record


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the columns it needs, and its value from a record as one viewer sees it."""

    columns: tuple[str, ...]
    value: Callable[[Record, Actor], Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """The fields of one type that come from its own records, by attribute name; relations are set by hydration."""

    made: type
    fields: Mapping[str, Field]

    def chosen(self, selected: Iterable[str]) -> list[tuple[str, Field]]:
        """The fields that a selection (of public names) reads."""
        wanted = set(selected)
        return [(name, field) for name, field in self.fields.items() if to_camel_case(name) in wanted]

    def build(self, records: Sequence[Record], viewer: Actor, chosen: Sequence[tuple[str, Field]]) -> list[Any]:
        """Objects of the type with the chosen fields set; reading another one is a programmer's error.

        Built past the dataclass's own constructor, which would ask for every field: a page holds hundreds of objects.
        """
        new, made = object.__new__, self.made
        readers = [(name, field.value) for name, field in chosen]
        built = []
        for record in records:
            item: Any = new(made)
            item.__dict__.update({name: read(record, viewer) for name, read in readers})
            built.append(item)
        return built


def column(name: str) -> Field:
    """The column as it is."""
    return Field((name,), lambda record, _: record[name])


def identity(kind: str, name: str = "id") -> Field:
    """The column as a TypeID of `kind`."""
    return Field((name,), lambda record, _: encode(kind, record[name]))


def member(enum: type[Enum], name: str) -> Field:
    """The column as a member of an enum."""
    members = {entry.value: entry for entry in enum}
    return Field((name,), lambda record, _: members[record[name]])


def price(tiers: str) -> Field:
    """What the viewer's buyer pays, of a column of amounts by edge."""

    def value(record: Record, viewer: Actor) -> Any:
        return money(price_seen_by(viewer.scope, record["scope"], record[tiers]), record["currency"])

    return Field((tiers, "scope", "currency"), value)


def _cost(record: Record, viewer: Actor, tiers: str) -> int | None:
    if Permission.COSTS_READ not in viewer.permissions:
        return None
    return cost_seen_by(viewer.scope, record["scope"], record[tiers])


def cost(tiers: str) -> Field:
    """What the viewer pays its seller, of a column of amounts by edge; None without the permission to see it."""
    return Field(
        (tiers, "scope", "currency"), lambda record, viewer: money(_cost(record, viewer, tiers), record["currency"])
    )


def margin(tiers: str) -> Field:
    """Price less cost, of a column of amounts by edge; None where there is no cost to see."""

    def value(record: Record, viewer: Actor) -> Any:
        paid, asked = _cost(record, viewer, tiers), price_seen_by(viewer.scope, record["scope"], record[tiers])
        return None if paid is None or asked is None else money(asked - paid, record["currency"])

    return Field((tiers, "scope", "currency"), value)


def _failure(record: Record, _viewer: Actor) -> Failure | None:
    if record["failure_code"] is None:
        return None
    return Failure(code=record["failure_code"], reason=record["failure_reason"] or "")


FAILURE: Final = Field(("failure_code", "failure_reason"), _failure)
