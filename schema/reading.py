"""How a type reads its records: field by field, so that only what a query selects is fetched and computed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from operator import itemgetter
from typing import Any, Final

from strawberry.utils.str_converters import to_camel_case

from domain.shared.actor import Actor, Permission
from domain.shared.ids import encode
from domain.shared.tiers import See, costs_for, no_costs, prices_for
from schema.failures import Failure
from schema.money import money
from schema.scalars import Record

Read = Callable[[Record], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the columns it needs, and how one viewer reads its value from a record."""

    columns: tuple[str, ...]
    reading: Callable[[Actor], Read]


@dataclass(frozen=True)
class Reader:
    """The fields of one type that come from its own records, by attribute name; relations are set by hydration."""

    made: type
    fields: Mapping[str, Field]

    @cached_property
    def _by_public_name(self) -> Mapping[str, tuple[str, Field]]:
        return {to_camel_case(name): (name, field) for name, field in self.fields.items()}

    def chosen(self, selected: Iterable[str]) -> list[tuple[str, Field]]:
        """The fields that a selection (of public names) reads."""
        known = self._by_public_name
        return [known[name] for name in selected if name in known]

    def build(self, records: Sequence[Record], viewer: Actor, chosen: Sequence[tuple[str, Field]]) -> list[Any]:
        """Objects of the type with the chosen fields set; reading another one is a programmer's error.

        Built past the dataclass's own constructor, which would ask for every field: a page holds hundreds of objects.
        """
        new, made = object.__new__, self.made
        readings = [(name, field.reading(viewer)) for name, field in chosen]
        built = []
        for record in records:
            item: Any = new(made)
            item.__dict__ = {name: read(record) for name, read in readings}
            built.append(item)
        return built


def computed(columns: tuple[str, ...], read: Read) -> Field:
    """What every viewer reads alike from some columns."""
    return Field(columns, lambda _: read)


def column(name: str) -> Field:
    """The column as it is."""
    return computed((name,), itemgetter(name))


def identity(kind: str, name: str = "id") -> Field:
    """The column as a TypeID of `kind`."""
    return computed((name,), lambda record: encode(kind, record[name]))


def member(enum: type[Enum], name: str) -> Field:
    """The column as a member of an enum."""
    members = {entry.value: entry for entry in enum}
    return computed((name,), lambda record: members[record[name]])


def _costs(viewer: Actor) -> See:
    return costs_for(viewer.scope) if Permission.COSTS_READ in viewer.permissions else no_costs


def _amount(tiers: str, seeing: Callable[[Actor], See]) -> Field:
    def reading(viewer: Actor) -> Read:
        see = seeing(viewer)
        return lambda record: money(see(record["scope"], record[tiers]), record["currency"])

    return Field((tiers, "scope", "currency"), reading)


def price(tiers: str) -> Field:
    """What the viewer's buyer pays, of a column of amounts by edge."""
    return _amount(tiers, lambda viewer: prices_for(viewer.scope))


def cost(tiers: str) -> Field:
    """What the viewer pays its seller, of a column of amounts by edge; None without the permission to see it."""
    return _amount(tiers, _costs)


def margin(tiers: str) -> Field:
    """Price less cost, of a column of amounts by edge; None where there is no cost to see."""

    def seeing(viewer: Actor) -> See:
        see_cost, see_price = _costs(viewer), prices_for(viewer.scope)

        def see(path: str, tier_minor: Sequence[int] | None) -> int | None:
            paid, asked = see_cost(path, tier_minor), see_price(path, tier_minor)
            return None if paid is None or asked is None else asked - paid

        return see

    return _amount(tiers, seeing)


def _failure(record: Record) -> Failure | None:
    if record["failure_code"] is None:
        return None
    return Failure(code=record["failure_code"], reason=record["failure_reason"] or "")


FAILURE: Final = computed(("failure_code", "failure_reason"), _failure)
