"""Keyset pages over one table: tenancy, filters, sort and cursors compiled into one indexed statement."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from asyncpg import Record

from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind, Permission
from domain.shared.cursors import ColumnType, decode_cursor, encode_cursor, page_size
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.filters import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Clause,
    Condition,
    Direction,
    Operator,
    PageRequest,
    Sort,
    conditions_of,
)


class Visibility(StrEnum):
    """Whose rows an actor sees; `SELLERS_TOO` adds what its sellers up the chain publish (the catalog).

    `OWN` are those of its own organization alone: what it agrees with its buyers is not for its sellers. `PARTIES` are
    those between it and its buyers, and between it and its seller: the latter are its cost, unless it is a customer.
    """

    SUBTREE = "SUBTREE"
    SELLERS_TOO = "SELLERS_TOO"
    OWN = "OWN"
    PARTIES = "PARTIES"


_COMPARE: Final[Mapping[Operator, str]] = {
    Operator.EQ: "{column} = {value}",
    Operator.IN: "{column} = ANY({value})",
    Operator.GTE: "{column} >= {value}",
    Operator.LTE: "{column} <= {value}",
    Operator.CONTAINS: "strpos(lower({column}), lower({value})) > 0",
}


class Statement:
    """The values of a statement under construction; `bind` answers the placeholder."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def bind(self, value: Any) -> str:
        """Add a value; its placeholder (`$1`, `$2`, …)."""
        self.values.append(value)
        return f"${len(self.values)}"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its records in list order, how to make the cursor of each, and whether more lie on either side."""

    records: Sequence[Record]
    cursor_of: Callable[[Record], str]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class Through:
    """A field of other rows that belong to the one listed: `column` of the rows of `table` whose `owner` is its id."""

    table: str
    owner: str
    column: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What can be listed from `table`: public field name -> column. All names are constants of ours, never input.

    `sorts` columns must be NOT NULL; `id` is always the last key, so every order is total. `defaults` are what a list
    holds of a field as long as its filter does not name that field; single rows are found regardless. `offered` is what
    holds for a seller's row before its buyers see it.
    """

    table: str
    filters: Mapping[str, str | Through] = field(default_factory=dict)
    sorts: Mapping[str, tuple[str, ColumnType]] = field(default_factory=dict)
    visibility: Visibility = Visibility.SUBTREE
    defaults: Mapping[str, Any] = field(default_factory=dict)
    offered: str = "TRUE"

    async def page(
        self,
        actor: Actor,
        request: PageRequest,
        *,
        where: Clause = EVERYTHING,
        sort: Sequence[Sort] = (),
        columns: Collection[str] = ("*",),
    ) -> Page:
        """Read these columns of one page. A bad size, cursor or field is refused as Invalid."""
        size, backwards = page_size(request)
        keys = self._keys(sort)
        statement = Statement()
        conditions = [self.visible(actor, statement), self._listed(where, statement)]
        for text, after in ((request.after, True), (request.before, False)):
            if text is not None:
                path = "after" if after else "before"
                values = decode_cursor(text, [(name, kind, d) for name, _, kind, d in keys], path)
                conditions.append(_beyond(keys, values, statement, after))
        ordering = ", ".join(
            f"{column} {_flip(direction) if backwards else direction}" for _, column, _, direction in keys
        )
        sql = (
            f"SELECT {_list(frozenset(columns).union(column for _, column, _, _ in keys))} FROM {self.table} "  # noqa: S608 - constants and placeholders
            f"WHERE {' AND '.join(conditions)} "
            f"ORDER BY {ordering} LIMIT {size + 1}"
        )
        found = await database.fetch(sql, *statement.values)
        return _page(found, size, keys, request, backwards)

    async def count(self, actor: Actor, *, where: Clause = EVERYTHING) -> int:
        """How many rows the whole list has."""
        statement = Statement()
        conditions = f"{self.visible(actor, statement)} AND {self._listed(where, statement)}"
        sql = f"SELECT count(*) FROM {self.table} WHERE {conditions}"  # noqa: S608 - constants and placeholders
        return int(await database.fetch_value(sql, *statement.values))

    async def by_ids(self, actor: Actor, ids: Sequence[Any], columns: Collection[str] = ("*",)) -> list[Record]:
        """These columns of the visible rows among `ids`, unordered; the others do not exist for the actor."""
        statement = Statement()
        conditions = f"id = ANY({statement.bind(list(ids))}) AND {self.visible(actor, statement)}"
        sql = f"SELECT {_list(frozenset(columns) | _ID)} FROM {self.table} WHERE {conditions}"  # noqa: S608 - constants and placeholders
        return await database.fetch(sql, *statement.values)

    def visible(self, actor: Actor, statement: Statement) -> str:
        """The tenancy predicate: the actor's subtree as one range of the `scope` index."""
        if self.visibility is Visibility.OWN:
            return f"(scope = {statement.bind(actor.scope.path)})"
        if self.visibility is Visibility.PARTIES:
            own = statement.bind(actor.scope.path)
            return f"({' OR '.join(f'{party} = {own}' for party in _parties(actor))})"
        low, high = statement.bind(actor.scope.lower), statement.bind(actor.scope.upper)
        subtree = f"(scope >= {low} AND scope < {high})"
        if self.visibility is Visibility.SELLERS_TOO:
            return f"({subtree} OR scope = ANY({statement.bind(actor.scope.chain)}) AND {self.offered})"
        return subtree

    def _keys(self, sort: Sequence[Sort]) -> list[tuple[str, str, ColumnType, Direction]]:
        if len({s.field for s in sort}) < len(sort):
            raise Invalid([FieldError("sort", FieldCode.NOT_ALLOWED, "names a field twice")])
        keys = [(s.field, *self.sorts[s.field], s.direction) for s in sort]
        last = keys[-1][3] if keys else Direction.DESC
        return [*keys, ("ID", "id", ColumnType.UUID, last)]

    def _listed(self, where: Clause, statement: Statement) -> str:
        named = {condition.field for condition in conditions_of(where)}
        usual = [Condition(name, Operator.EQ, value) for name, value in self.defaults.items() if name not in named]
        return self._compile(AllOf((where, *usual)) if usual else where, statement)

    def _compile(self, clause: Clause, statement: Statement) -> str:
        match clause:
            case Condition(name, operator, value):
                if name not in self.filters:
                    raise Invalid([FieldError(f"where.{name}", FieldCode.NOT_ALLOWED, "cannot be filtered by")])
                return _comparison(self.filters[name], operator, statement.bind(value))
            case AllOf(parts):
                return "(" + " AND ".join(self._compile(p, statement) for p in parts) + ")" if parts else "TRUE"
            case AnyOf(parts):
                return "(" + " OR ".join(self._compile(p, statement) for p in parts) + ")" if parts else "FALSE"


def _comparison(compared: str | Through, operator: Operator, place: str) -> str:
    if isinstance(compared, str):
        return _COMPARE[operator].format(column=compared, value=place)
    inner = _COMPARE[operator].format(column=compared.column, value=place)
    return f"id IN (SELECT {compared.owner} FROM {compared.table} WHERE {inner})"  # noqa: S608 - constants and placeholders


def _parties(actor: Actor) -> Sequence[str]:
    """As which party of an edge an actor sees what is between the two: as seller, and as buyer if it may see costs."""
    if actor.organization_kind is OrganizationKind.CUSTOMER:
        return ("scope",)
    return ("seller_scope", "scope") if Permission.COSTS_READ in actor.permissions else ("seller_scope",)


_ID: Final = frozenset({"id"})


@lru_cache(maxsize=1024)
def _list(columns: frozenset[str]) -> str:
    """The columns of a SELECT; sorted, so that one selection is one statement to the driver's cache."""
    return "*" if "*" in columns else ", ".join(sorted(columns))


def _flip(direction: Direction) -> Direction:
    return Direction.ASC if direction is Direction.DESC else Direction.DESC


def _beyond(
    keys: Sequence[tuple[str, str, ColumnType, Direction]],
    values: Sequence[Any],
    statement: Statement,
    after: bool,  # noqa: FBT001 - which side of the cursor, not another behaviour
) -> str:
    """The rows past a cursor: a row comparison where all keys go one way (it can use an index), else spelled out."""
    places = [statement.bind(value) for value in values]
    signs = [">" if (direction is Direction.ASC) is after else "<" for *_, direction in keys]
    columns = [column for _, column, _, _ in keys]
    if len(set(signs)) == 1:
        return f"({', '.join(columns)}) {signs[0]} ({', '.join(places)})"
    branches = []
    for depth, sign in enumerate(signs):
        equal = [f"{columns[i]} = {places[i]}" for i in range(depth)]
        branches.append("(" + " AND ".join([*equal, f"{columns[depth]} {sign} {places[depth]}"]) + ")")
    return "(" + " OR ".join(branches) + ")"


def _page(
    found: list[Record],
    size: int,
    keys: Sequence[tuple[str, str, ColumnType, Direction]],
    request: PageRequest,
    backwards: bool,  # noqa: FBT001 - the direction of reading
) -> Page:
    more, records = len(found) > size, found[:size]
    if backwards:
        records.reverse()
    spec = [(name, kind, direction) for name, _, kind, direction in keys]

    def cursor_of(record: Record) -> str:
        return encode_cursor(spec, [record[column] for _, column, _, _ in keys])

    has_next = request.before is not None if backwards else more
    has_previous = more if backwards else request.after is not None
    return Page(records, cursor_of, has_next, has_previous)
