"""What a document may be at most, measured before anything walks it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from domain.shared.errors import ErrorCode

# Name -> the most there may be. `docs/limits.md` says what each counts; a fragment counts wherever it is spread.
LIMITS: Final[Mapping[str, int]] = {
    "characters": 20_000,
    "tokens": 1_500,
    "comments": 500,
    "operations": 10,
    "fragments": 100,
    "depth": 15,
    "selections": 1_000,
    "aliases": 200,
    "rootFields": 20,
    "directives": 50,
    "repetitions": 20,
    "introspectionDepth": 3,
    "tokenMutations": 1,
    "variables": 5_000,
}
# What a mutation of somebody known may bring: bulk inputs, such as ten thousand prices.
BULK_VARIABLES: Final = 100_000
# Mutations that take much at once. Only they may bring more than so many bytes: to read a megabyte takes longer than
# any refusal may.
BULK_MUTATIONS: Final = frozenset({"createOrder", "onboardCustomer", "placeOrder", "setPrices", "updateOrder"})
BULK_BYTES: Final = 256 * 1024
# Mutations that take or make a credential: one a document, or aliases would try a thousand passwords in one request.
TOKEN_MUTATIONS: Final = frozenset(
    {"acceptInvitation", "createApiToken", "refreshSession", "requestPasswordReset", "resetPassword", "signIn"}
)
_INTROSPECTION: Final = frozenset({"__schema", "__type"})
_INTROSPECTION_LISTS: Final = frozenset(
    {"args", "directives", "enumValues", "fields", "inputFields", "interfaces", "possibleTypes", "types"}
)
_INTROSPECTIVE: Final = _INTROSPECTION | _INTROSPECTION_LISTS
_MOST_FOUND: Final = 10**9  # fragments that double one another count to more than JSON's integers hold


def exceeded(limit: str, found: int, allowed: int) -> GraphQLError:
    """The error that names a limit, the figure found and the budget."""
    extensions = {"code": ErrorCode.BAD_REQUEST.value, "limit": limit, "found": found, "allowed": allowed}
    return GraphQLError(f"{limit}: {found} found, at most {allowed} allowed", extensions=extensions)


def count_values(variables: Mapping[str, Any], most: int) -> int:
    """How many values variables hold, members of lists and objects included; `most` + 1 where there are more."""
    found, waiting = 0, [variables]
    while waiting and found <= most:
        item: Any = waiting.pop()
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        found += len(inner)
        waiting += inner
    return min(found, most + 1)


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a document, if anything; `introspects` is whether it asks for the schema."""

    errors: Sequence[GraphQLError]
    introspects: bool


@dataclass(slots=True)
class _Figures:
    """Totals below a place, fragments spread out."""

    selections: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    lists: int = 0  # lists of introspection, one inside the other
    introspection: int = 0  # the same, below __schema and __type alone

    def add(self, other: "_Figures") -> None:
        self.selections = min(self.selections + other.selections, _MOST_FOUND)
        self.aliases = min(self.aliases + other.aliases, _MOST_FOUND)
        self.directives = min(self.directives + other.directives, _MOST_FOUND)
        self.depth = max(self.depth, other.depth)
        self.lists = max(self.lists, other.lists)
        self.introspection = max(self.introspection, other.introspection)

    def add_field(self, name: str, below: "_Figures") -> None:
        """Count what is below a field; introspection is as deep as the schema, and has a limit of its own."""
        hidden = name in _INTROSPECTION
        depth, lists = below.depth, below.lists
        introspection = max(below.introspection, lists if hidden else 0)
        self.add(
            _Figures(
                below.selections,
                below.aliases,
                below.directives,
                1 if hidden else depth + 1,
                lists + (name in _INTROSPECTION_LISTS),
                introspection,
            )
        )


@dataclass(slots=True)
class _Level:
    """The fields of one selection set and of its inline fragments, and the names of what it spreads."""

    fields: list[tuple[FieldNode, "_Level | None"]] = field(default_factory=list)
    spreads: set[str] = field(default_factory=set)
    own: _Figures = field(default_factory=_Figures)  # without what it spreads
    reach: frozenset[str] = frozenset()  # the fragments that are part of it


def examine(document: DocumentNode, limits: Mapping[str, int] = LIMITS) -> Findings:
    """Measure a parsed document, in time by its length: whatever its fragments unfold to, and if they circle."""
    kinds = [definition.kind for definition in document.definitions]
    counts = {"operations": kinds.count("operation_definition"), "fragments": kinds.count("fragment_definition")}
    errors = [exceeded(name, count, limits[name]) for name, count in counts.items() if count > limits[name]]
    if errors:
        return Findings(errors, introspects=False)
    try:
        census = _Census(document)
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        return Findings([GraphQLError(f"fragments spread each other in a circle: {circle}"[:300])], introspects=False)
    found = census.figures()
    errors = [exceeded(name, figure, limits[name]) for name, figure in found.items() if figure > limits[name]]
    if not errors:  # the next figure takes a walk of every place in the answer: their number is known to be small now
        repetitions = census.repetitions()
        if repetitions > limits["repetitions"]:
            errors = [exceeded("repetitions", repetitions, limits["repetitions"])]
    return Findings(errors, census.introspects)


class _Census:
    """A document as levels, each measured once, fragments before what spreads them; CycleError if they circle."""

    def __init__(self, document: DocumentNode) -> None:
        self._roots: list[tuple[OperationDefinitionNode | FragmentDefinitionNode, _Level]] = []
        self._fragments: dict[str, _Level] = {}
        self._reached: dict[frozenset[str], tuple[frozenset[str], _Figures]] = {}
        self.introspects = False
        levels: dict[int, list[_Level]] = {}
        needs: dict[int, set[str]] = {}
        by_name: dict[str, list[int]] = {}
        for place, definition in enumerate(document.definitions):
            if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
                levels[place] = list(_levels_of(definition))
                needs[place] = set().union(*(level.spreads for level in levels[place]))
                self._roots.append((definition, levels[place][0]))
                if isinstance(definition, FragmentDefinitionNode):
                    by_name.setdefault(definition.name.value, []).append(place)
        graph = {place: {other for name in names for other in by_name.get(name, ())} for place, names in needs.items()}
        names = {place: name for name, places in by_name.items() for place in places}
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            raise CycleError(error.args[0], [names[place] for place in error.args[1]]) from error
        for place in order:
            for level in reversed(levels[place]):
                self._measure(level)
            if place in names:  # of several by one name, the one that weighs most stands for all
                known = self._fragments.get(names[place])
                if known is None or known.own.selections < levels[place][0].own.selections:
                    self._fragments[names[place]] = levels[place][0]

    def _measure(self, level: _Level) -> None:
        """Sum up a level whose fields' levels and fragments have been measured."""
        for node, below in level.fields:
            name = node.name.value
            if below is None and name not in _INTROSPECTIVE:  # most fields of most documents
                level.own.depth = level.own.depth or 1
                continue
            self.introspects = self.introspects or name in _INTROSPECTION
            level.own.add_field(name, self._total(below) if below else _Figures())
        level.reach = self._reach(level)[0]

    def _reach(self, level: _Level) -> tuple[frozenset[str], _Figures]:
        """The fragments that are part of a level, directly or by way of one another, and their sum."""
        key = frozenset(level.spreads)
        if key not in self._reached:
            known = [name for name in key if name in self._fragments]
            names = frozenset(known).union(*(self._fragments[name].reach for name in known))
            figures, rest = _Figures(), names
            if known:  # what the one that reaches furthest adds up to is known: only the rest is counted
                furthest = self._fragments[max(known, key=lambda name: len(self._fragments[name].reach))]
                figures.add(self._reach(furthest)[1])
                rest = names - furthest.reach
            for name in rest:
                figures.add(self._fragments[name].own)
            self._reached[key] = (names, figures)
        return self._reached[key]

    def _total(self, level: _Level) -> _Figures:
        total = _Figures()
        total.add(level.own)
        total.add(self._reach(level)[1])
        return total

    def _expanded(self, level: _Level) -> Iterator[_Level]:
        yield level
        for name in level.reach:
            yield self._fragments[name]

    def figures(self) -> dict[str, int]:
        """Limit -> the figure found, the largest of all definitions: each of them is walked by validation."""
        totals = _Figures()
        root_fields = token_mutations = 0
        for definition, root in self._roots:
            found = self._total(root)
            found.directives += len(definition.directives or ())
            totals = _worst(totals, found)
            if isinstance(definition, OperationDefinitionNode):
                totals.directives += sum(len(each.directives or ()) for each in definition.variable_definitions or ())
                fields = [node.name.value for level in self._expanded(root) for node, _ in level.fields]
                root_fields = max(root_fields, len(fields))
                token_mutations += sum(name in TOKEN_MUTATIONS for name in fields)
        return {
            "depth": totals.depth,
            "selections": totals.selections,
            "aliases": totals.aliases,
            "rootFields": root_fields,
            "directives": totals.directives,
            "introspectionDepth": totals.introspection,
            "tokenMutations": token_mutations,
        }

    def repetitions(self) -> int:
        """How often one name of the answer is selected at one place: validation compares each such pair."""
        spread = set().union(*(level.spreads for _, root in self._roots for level in self._expanded(root)))
        seen: set[frozenset[int]] = set()
        return max(
            (self._repeated([root], seen) for _, root in self._roots if not self._is_spread(root, spread)), default=0
        )

    def _is_spread(self, root: _Level, spread: Iterable[str]) -> bool:
        return any(self._fragments.get(name) is root for name in spread)

    def _repeated(self, levels: list[_Level], seen: set[frozenset[int]]) -> int:
        merged = {id(each): each for level in levels for each in self._expanded(level)}
        key = frozenset(merged)
        if key in seen:
            return 0
        seen.add(key)
        by_name: dict[str, list[_Level | None]] = {}
        for level in merged.values():
            for node, below in level.fields:
                if node.name.value != "__typename":  # once a type condition, by habit; nothing is below it to compare
                    by_name.setdefault((node.alias or node.name).value, []).append(below)
        worst = max(map(len, by_name.values()), default=0)
        for group in by_name.values():
            inner = [level for level in group if level is not None]
            if inner:
                worst = max(worst, self._repeated(inner, seen))
        return worst


def _worst(one: _Figures, other: _Figures) -> _Figures:
    names = _Figures.__dataclass_fields__
    return _Figures(**{name: max(getattr(one, name), getattr(other, name)) for name in names})


def _levels_of(definition: OperationDefinitionNode | FragmentDefinitionNode) -> Iterator[_Level]:
    """The levels of a definition, the outer before the inner; without recursion: documents nest deep."""
    waiting: list[tuple[_Level, SelectionSetNode]] = [(_Level(), definition.selection_set)]
    while waiting:
        level, selections = waiting.pop()
        yield level
        nodes: list[SelectionNode] = list(selections.selections)
        while nodes:
            node: Any = nodes.pop()
            level.own.selections += 1
            level.own.directives += len(node.directives or ())
            if isinstance(node, InlineFragmentNode):
                nodes.extend(node.selection_set.selections)
            elif isinstance(node, FragmentSpreadNode):
                level.spreads.add(node.name.value)
            else:
                level.own.aliases += node.alias is not None
                below = _Level() if node.selection_set else None
                level.fields.append((node, below))
                if below:
                    waiting.append((below, node.selection_set))
