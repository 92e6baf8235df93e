"""GraphQL documents written at random for any schema: fragments, aliases, conditions, merged fields, two operations."""

from collections.abc import Sequence
from random import Random
from typing import Final

from graphql import (
    DocumentNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    get_named_type,
    is_leaf_type,
    parse,
    specified_rules,
    validate,
)

CONDITIONS: Final = ("c0", "c1", "c2")
OPERATIONS: Final = ("A", "B")
_VARIABLES: Final = "($c0: Boolean!, $c1: Boolean = true, $c2: Boolean! = false, $n: Int)"
# Every operation declares every variable, and a fragment may be left over from an operation that lost it.
_RULES: Final = [rule for rule in specified_rules if rule not in {NoUnusedVariablesRule, NoUnusedFragmentsRule}]
# Alias -> the argument that goes with it: fields of one response name are always the same call.
_CALLS: Final = {"": "", "a": "(n: 1)", "b": "(n: $n)"}

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


class Writer:
    """Writes one document; every decision is `choices`', so that hypothesis can make it smaller."""

    def __init__(self, schema: GraphQLSchema, choices: Random) -> None:
        self._schema = schema
        self._choices = choices
        self._fragments: list[tuple[Composite, str]] = []
        self._texts: list[str] = []

    def document(self, depth: int) -> DocumentNode | None:
        """A document with the operations A and B, selections nested up to `depth`; None when it came out invalid."""
        root = self._schema.query_type
        assert root is not None
        operations = [f"query {name}{_VARIABLES} {self._selection(root, depth)}" for name in OPERATIONS]
        document = parse("\n".join([*operations, *self._texts]))
        return None if validate(self._schema, document, _RULES) else document

    def variables(self) -> dict[str, object]:
        """Values for the variables; now and then a null where there is a default."""
        chosen: dict[str, object] = {"c0": self._chance(0.5), "n": self._choices.randint(0, 5)}
        if self._chance(0.5):
            chosen["c1"] = self._choices.choice([True, False, False, None])
        if self._chance(0.5):
            chosen["c2"] = self._chance(0.5)
        return chosen

    def _chance(self, share: float) -> bool:
        return self._choices.random() < share

    def _selection(self, parent: Composite, depth: int) -> str:
        parts = [self._part(parent, depth) for _ in range(self._choices.randint(1, 5))]
        return "{ " + " ".join(parts) + " }"

    def _part(self, parent: Composite, depth: int) -> str:
        kind = self._choices.random()
        if kind < 0.12 and depth > 0:
            return self._inline(parent, depth)
        if kind < 0.24 and depth > 0:
            return self._spread(parent, depth)
        if kind < 0.30 or isinstance(parent, GraphQLUnionType):
            return f"{self._choices.choice(['', 'kind: '])}__typename{self._condition()}"
        return self._field(parent, depth)

    def _field(self, parent: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        fields = [
            (name, definition)
            for name, definition in parent.fields.items()
            if depth > 0 or is_leaf_type(get_named_type(definition.type))
        ]
        if not fields:
            return "__typename"
        name, definition = self._choices.choice(fields)
        letter = self._choices.choice(["", "", "a", "b"])
        alias = f"{letter}_{name}: " if letter else ""
        call = _CALLS[letter] if definition.args else ""
        below = get_named_type(definition.type)
        nested = self._selection(below, depth - 1) if isinstance(below, Composite) else ""
        return f"{alias}{name}{call}{self._condition()} {nested}"

    def _inline(self, parent: Composite, depth: int) -> str:
        if self._chance(0.3):
            return f"...{self._condition()} {self._selection(parent, depth - 1)}"
        within = self._choices.choice(self._overlapping(parent))
        return f"... on {within.name}{self._condition()} {self._selection(within, depth - 1)}"

    def _spread(self, parent: Composite, depth: int) -> str:
        around = self._overlapping(parent)
        known = [name for kind, name in self._fragments if kind in around]
        if known and self._chance(0.6):
            return f"...{self._choices.choice(known)}{self._condition()}"
        within = self._choices.choice(around)
        body = self._selection(within, depth - 1)
        name = f"F{len(self._texts)}"
        self._texts.append(f"fragment {name} on {within.name} {body}")
        self._fragments.append((within, name))
        return f"...{name}{self._condition()}"

    def _condition(self) -> str:
        if not self._chance(0.15):
            return ""
        value = self._choices.choice(["true", "false", *(f"${name}" for name in CONDITIONS)])
        return f" @{self._choices.choice(['skip', 'include'])}(if: {value})"

    def _overlapping(self, parent: Composite) -> Sequence[Composite]:
        possible = self._possible(parent)
        return [
            other
            for other in self._schema.type_map.values()
            if isinstance(other, Composite) and not other.name.startswith("__") and possible & self._possible(other)
        ]

    def _possible(self, composite: GraphQLNamedType) -> set[str]:
        if isinstance(composite, GraphQLInterfaceType | GraphQLUnionType):
            return {possible.name for possible in self._schema.get_possible_types(composite)}
        return {composite.name}
