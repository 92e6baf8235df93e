"""How a type reads its records: field by field, so that only what a query selects is fetched and computed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, lru_cache
from itertools import count
from typing import Any, Final

from strawberry.utils.str_converters import to_camel_case

from domain.shared.actor import Actor, Permission
from domain.shared.ids import encoder
from domain.shared.tenancy import Scope
from domain.shared.tiers import costs_for, no_costs, prices_for
from schema.failures import Failure
from schema.money import money
from schema.scalars import Record

Read = Callable[[Record], Any]
Names = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the columns it needs, and its value as a Python expression.

    In the expression `r` is the record and `c_state` its column `state`; `names_for` gives what else it calls, for one
    viewer. A name is the same thing in every field.
    """

    columns: tuple[str, ...]
    expression: str
    names_for: Callable[[Actor], Names]


@dataclass(frozen=True, eq=False)
class Chosen:
    """Some fields of a type, by attribute name, and the code that reads them from records."""

    made: type
    fields: tuple[tuple[str, Field], ...]
    _builders: dict[tuple[str, ...], Any] = field(default_factory=dict)

    @property
    def columns(self) -> set[str]:
        """The columns that they need."""
        return {name for _, chosen in self.fields for name in chosen.columns}

    def build(self, records: Sequence[Record], viewer: Actor) -> list[Any]:
        """Objects of the type with these fields set; reading another one is a programmer's error.

        Built past the dataclass's own constructor, which would ask for every field, by code that is generated for
        these fields and columns: a page holds hundreds of objects.
        """
        if not records:
            return []
        names: dict[str, Any] = {}
        for names_for in self._sources:
            names.update(names_for(viewer))
        columns = tuple(records[0].keys())
        build = self._builders.get(columns)
        if build is None:
            build = self._builders[columns] = self._builder(columns, names)
        built: list[Any] = build(object.__new__, self.made, records, **names)
        return built

    @cached_property
    def _sources(self) -> tuple[Callable[[Actor], Names], ...]:
        return tuple(dict.fromkeys(chosen.names_for for _, chosen in self.fields if chosen.names_for is not _no_names))

    def _builder(self, columns: Iterable[str], names: Iterable[str]) -> Any:
        """build(new, made, records, **names), of attribute, column and expression texts that are all our own."""
        values = ", ".join(f"{name!r}: {chosen.expression}" for name, chosen in self.fields)
        source = f"""
def build(new, made, records, {", ".join(names)}):
    built = []
    for r in records:
        {", ".join(f"c_{name}" for name in columns)}, = r.values()
        item = new(made)
        item.__dict__ = {{{values}}}
        built.append(item)
    return built
"""
        made: dict[str, Any] = {}
        exec(source, made)  # noqa: S102 - our own text, nothing of a request
        return made["build"]


@dataclass(frozen=True, eq=False)
class Reader:
    """The fields of one type that come from its own records, by attribute name; relations are set by hydration."""

    made: type
    fields: Mapping[str, Field]

    @cached_property
    def _by_public_name(self) -> Mapping[str, tuple[str, Field]]:
        return {to_camel_case(name): (name, field) for name, field in self.fields.items()}

    def chosen(self, selected: Iterable[str]) -> Chosen:
        """The fields that a selection (of public names) reads."""
        known = self._by_public_name
        return Chosen(self.made, tuple(known[name] for name in selected if name in known))


def _no_names(_viewer: Actor) -> Names:
    return {}


_numbers: Final = count()


def viewed(columns: tuple[str, ...], reading: Callable[[Actor], Read]) -> Field:
    """What each viewer reads differently from some columns."""
    name = f"read{next(_numbers)}"
    return Field(columns, f"{name}(r)", lambda viewer: {name: reading(viewer)})


def computed(columns: tuple[str, ...], read: Read) -> Field:
    """What every viewer reads alike from some columns."""
    return viewed(columns, lambda _: read)


def column(name: str) -> Field:
    """The column as it is."""
    return Field((name,), f"c_{name}", _no_names)


def identity(kind: str, name: str = "id") -> Field:
    """The column as a TypeID of `kind`."""
    names = {f"id_of_{kind}": encoder(kind)}
    return Field((name,), f"id_of_{kind}(c_{name})", lambda _: names)


def member(enum: type[Enum], name: str) -> Field:
    """The column as a member of an enum."""
    names = {f"{enum.__name__}_members": {entry.value: entry for entry in enum}}
    return Field((name,), f"{enum.__name__}_members[c_{name}]", lambda _: names)


def _amounts(viewer: Actor) -> Names:
    return _amounts_at(viewer.scope, Permission.COSTS_READ in viewer.permissions)


@lru_cache(maxsize=1024)
def _amounts_at(scope: Scope, sees_costs: bool) -> Names:  # noqa: FBT001 - a permission held or not
    price, paid = prices_for(scope), costs_for(scope) if sees_costs else no_costs

    def margin(path: str, tier_minor: Sequence[int] | None) -> int | None:
        cost_minor, price_minor = paid(path, tier_minor), price(path, tier_minor)
        return None if cost_minor is None or price_minor is None else price_minor - cost_minor

    return {"money": money, "price": price, "cost": paid, "margin": margin}


def _amount(seen: str, tiers: str) -> Field:
    return Field((tiers, "scope", "currency"), f"money({seen}(c_scope, c_{tiers}), c_currency)", _amounts)


def price(tiers: str) -> Field:
    """What the viewer's buyer pays, of a column of amounts by edge."""
    return _amount("price", tiers)


def cost(tiers: str) -> Field:
    """What the viewer pays its seller, of a column of amounts by edge; None without the permission to see it."""
    return _amount("cost", tiers)


def margin(tiers: str) -> Field:
    """Price less cost, of a column of amounts by edge; None where there is no cost to see."""
    return _amount("margin", tiers)


def _failure(record: Record) -> Failure | None:
    if record["failure_code"] is None:
        return None
    return Failure(code=record["failure_code"], reason=record["failure_reason"] or "")


FAILURE: Final = computed(("failure_code", "failure_reason"), _failure)
