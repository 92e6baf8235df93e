"""Random valid documents over the product's schema, each with an answer as large as it may be or smaller, counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

from resolvers.cost import LIST_SIZES, MUTATION_COST, is_a_list, is_row
from tests.api.walk import CORE

COUNT_COST: Final = 10
_DEPTH: Final = 7


@dataclass(slots=True)
class Chosen:
    """A selected field: `below` are its selections by concrete type, `most` how many items its answer can have."""

    key: str
    definition: GraphQLField
    name: str
    arguments: str
    most: int
    is_left_out: bool
    directive: str
    below: dict[GraphQLObjectType, list["Chosen"]] = field(default_factory=dict)


@dataclass(slots=True)
class Writer:
    """Writes one operation; `variables` are its values, `declared` their declarations."""

    random: Random
    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    aliases: int = 0

    def select(self, kind: GraphQLObjectType, depth: int, page: int = 0) -> list[Chosen]:
        """Some fields of a type."""
        names = [
            name for name, spec in kind.fields.items() if depth < _DEPTH or is_leaf_type(get_named_type(spec.type))
        ]
        picked = self.random.choices(names, k=self.random.randint(1, 3)) if names else []
        return [self._field(kind, name, depth, page) for name in picked]

    def _field(self, kind: GraphQLObjectType, name: str, depth: int, page: int) -> Chosen:
        definition = kind.fields[name]
        self.aliases += 1
        directive, is_left_out = self._condition() if depth else ("", False)
        arguments, size = self._arguments(definition)
        most = LIST_SIZES.get((kind.name, name)) or size or page or 3
        made = Chosen(f"k{self.aliases}", definition, name, arguments, most, is_left_out, directive)
        for member in members(definition):
            made.below[member] = self.select(member, depth + 1, size) or [self._typename()]
        return made

    def _typename(self) -> Chosen:
        self.aliases += 1
        return Chosen(f"k{self.aliases}", _TYPENAME, "__typename", "", 1, is_left_out=False, directive="")

    def _condition(self) -> tuple[str, bool]:
        """A directive, and whether it leaves the field out."""
        word, value = self.random.choice(["skip", "include"]), self.random.random() < 0.5
        match self.random.randint(0, 9):
            case 0:
                return f"@{word}(if: {str(value).lower()})", value is (word == "skip")
            case 1:
                return f"@{word}(if: {self._variable('Boolean!', value)})", value is (word == "skip")
        return "", False

    def _arguments(self, definition: GraphQLField) -> tuple[str, int]:
        """A field's arguments, and the size that they give it."""
        if "ids" in definition.args:
            ids = ["x"] * self.random.randint(1, 5)
            literal = "[" + ", ".join('"x"' for _ in ids) + "]"
            text = self._variable("[ID!]!", ids) if self.random.random() < 0.5 else literal
            return f"(ids: {text})", len(ids)
        required = [name for name, spec in definition.args.items() if isinstance(spec.type, GraphQLNonNull)]
        parts = [f"{name}: {self._variable(str(definition.args[name].type), {'id': 'x'})}" for name in required]
        size = 20 if "first" in definition.args else 0
        if size and self.random.random() < 0.8:
            ways = [name for name in ("first", "last") if name in definition.args]
            size, name = self.random.randint(1, 5), self.random.choice(ways)
            parts.append(f"{name}: {self._variable('Int', size) if self.random.random() < 0.5 else size}")
        return (f"({', '.join(parts)})" if parts else ""), size

    def _variable(self, kind: str, value: Any) -> str:
        name = f"v{len(self.declared)}"
        if self.random.random() < 0.3 and kind in {"Int", "Boolean!"}:
            self.declared.append(f"${name}: {kind} = {str(value).lower()}")
        else:
            self.declared.append(f"${name}: {kind}")
            self.variables[name] = value
        return f"${name}"

    def text(self, chosen: Sequence[Chosen]) -> str:
        """The selections as GraphQL; some of them twice, which is once."""
        return " ".join(" ".join([self._text(each)] * self.random.choice([1, 1, 1, 2])) for each in chosen)

    def _text(self, each: Chosen) -> str:
        head = f"{each.key}: {each.name}{each.arguments} {each.directive}"
        if not each.below:
            return head
        if len(each.below) == 1 and self.random.random() < 0.5:
            ((_, inner),) = each.below.items()
            return f"{head} {{ {self.text(inner)} }}"
        return f"{head} {{ {' '.join(self._spread(kind, inner) for kind, inner in each.below.items())} }}"

    def _spread(self, kind: GraphQLObjectType, inner: Sequence[Chosen]) -> str:
        """The selections by way of a fragment, named or inline, perhaps more than once."""
        if self.random.random() < 0.5:
            return f"... on {kind.name} {{ {self.text(inner)} }}"
        body = self.text(inner)
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {kind.name} {{ {body} }}")
        return f"...{name} " * self.random.randint(1, 2)

    def answer(self, chosen: Sequence[Chosen], kind: GraphQLObjectType) -> tuple[dict[str, Any], int]:
        """An object of this type that answers the selections, and what it costs."""
        data: dict[str, Any] = {}
        points = 1 if is_row(kind) else 0
        for each in chosen:
            if not each.is_left_out:
                data[each.key], cost = self._value(each)
                points += cost + (COUNT_COST if each.name == "totalCount" else 0)
                points += MUTATION_COST if kind is CORE.mutation_type else 0
        return data, points

    def _value(self, each: Chosen) -> tuple[Any, int]:
        kind = each.definition.type
        if not isinstance(kind, GraphQLNonNull) and self.random.random() < 0.2:
            return None, 0
        if not each.below:
            return ([] if is_a_list(kind) else "x"), 0
        if not is_a_list(kind):
            return self._object(each)
        most = each.most if each.most < 10 or self.random.random() < 0.3 else 3
        items = [self._object(each) for _ in range(self.random.choice([most, self.random.randint(0, most)]))]
        return [item for item, _ in items], sum(points for _, points in items)

    def _object(self, each: Chosen) -> tuple[dict[str, Any], int]:
        member = self.random.choice(list(each.below))
        return self.answer(each.below[member], member)


_TYPENAME: Final = GraphQLField(GraphQLNonNull(GraphQLString))


def members(definition: GraphQLField) -> Sequence[GraphQLObjectType]:
    """The concrete types of a field's objects, none for a leaf."""
    named = get_named_type(definition.type)
    if isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
        return list(CORE.get_possible_types(named))
    return [named] if isinstance(named, GraphQLObjectType) else []


def is_list_of_rows(definition: GraphQLField) -> bool:
    """Whether a field is a list whose items cost something."""
    inner = definition.type.of_type if isinstance(definition.type, GraphQLNonNull) else definition.type
    return isinstance(inner, GraphQLList) and any(is_row(kind) for kind in members(definition))
