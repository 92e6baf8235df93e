"""The price of an operation before it runs: the most it can cost, by its document and its variables."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_non_null_type,
    value_from_ast_untyped,
    visit,
)

from domain.shared.cursors import DEFAULT_PAGE, MAX_PAGE
from resolvers.cost import FIELD_COSTS, LEAF_VALUES, LIST_SIZES, MUTATION_COST, Part, Price, is_a_list, is_row
from resolvers.nodes import MAX_NODES

_VALUE_LIST: Final = 100  # problems of an input, countries …: costs nothing, but fills the answer
_SIZES: Final = ("first", "last")


@dataclass(frozen=True, slots=True)
class _Body:
    """One object of a selection: its points and values at most, and how its points are counted."""

    points: int
    values: int
    weight: int
    parts: tuple[Part, ...]


_NOTHING: Final = _Body(0, 0, 0, ())


class Pricing:
    """The prices of one document, which has been found valid for the schema."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        nodes = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        self._fragments = {node.name.value: node for node in nodes}

    def price(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Price:
        """The price of an operation with these variables, as they came; wrong ones, refused later, are priced high."""
        root = self._schema.get_root_type(operation.operation)
        assert root is not None, "a valid operation has a root type"  # noqa: S101 - validation saw to it
        values = {
            node.variable.name.value: value_from_ast_untyped(node.default_value)
            for node in operation.variable_definitions or ()
            if node.default_value is not None
        }
        walk = _Walk(self._schema, self._fragments, values | dict(variables))
        body = walk.body(root, [operation.selection_set], None)
        fixed = sum(part.fixed for part in body.parts)
        return Price(max(1, body.points), body.values, fixed, body.parts)


@dataclass(frozen=True, slots=True)
class _Walk:
    """One operation with its variables."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    def body(self, kind: GraphQLObjectType, selections: Sequence[SelectionSetNode], page: int | None) -> _Body:
        """One object of this type; `page` is the size of the connection that it is."""
        own = 1 if is_row(kind) else 0
        points, values, parts = own, 0, []
        for key, nodes in self._collected(kind, selections).items():
            part, most_points, most_values = self._field(kind, key, nodes, page)
            points += most_points
            values += most_values
            if part is not None:
                parts.append(part)
        return _Body(points, values, own, tuple(parts))

    def _field(
        self, kind: GraphQLObjectType, key: str, nodes: Sequence[FieldNode], page: int | None
    ) -> tuple[Part | None, int, int]:
        """How a field counts, and its points and values at most."""
        name = nodes[0].name.value
        fixed = FIELD_COSTS.get(name, 0) + (MUTATION_COST if kind is self.schema.mutation_type else 0)
        field = kind.fields.get(name)
        if field is None:  # introspection
            return (Part(key, fixed, 0) if fixed else None), fixed, 1
        named = get_named_type(field.type)
        selections = [node.selection_set for node in nodes if node.selection_set]
        below = self._below(named, selections, self._page(field, nodes[0]))
        is_list = is_a_list(field.type)
        size = self._size(kind, name, nodes[0], page) if is_list else 1
        part = Part(key, fixed, below.weight, is_list, is_non_null_type(field.type), below.parts)
        counts = fixed or below.weight or below.parts
        return (part if counts else None), fixed + size * below.points, size * below.values

    def _below(self, named: GraphQLNamedType, selections: Sequence[SelectionSetNode], page: int | None) -> _Body:
        if is_leaf_type(named):
            return _Body(0, LEAF_VALUES.get(named.name, 1), 0, ())
        if is_abstract_type(named):
            return _either([self.body(kind, selections, page) for kind in self.schema.get_possible_types(named)])
        return _folded(self.body(named, selections, page)) if isinstance(named, GraphQLObjectType) else _NOTHING

    def _collected(self, kind: GraphQLObjectType, selections: Sequence[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The fields of an object by their names in the answer, as execution collects them."""
        found: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        waiting = list(reversed(selections))
        while waiting:
            for node in waiting.pop().selections:
                if self._is_left_out(node.directives):
                    continue
                if isinstance(node, FieldNode):
                    found.setdefault((node.alias or node.name).value, []).append(node)
                elif isinstance(node, InlineFragmentNode):
                    if node.type_condition is None or self._applies(node.type_condition.name.value, kind):
                        waiting.append(node.selection_set)
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                    spread.add(node.name.value)
                    fragment = self.fragments[node.name.value]
                    if self._applies(fragment.type_condition.name.value, kind):
                        waiting.append(fragment.selection_set)
        return found

    def _applies(self, condition: str, kind: GraphQLObjectType) -> bool:
        named = self.schema.get_type(condition)
        return named is kind or (is_abstract_type(named) and self.schema.is_sub_type(named, kind))

    def _is_left_out(self, directives: Sequence[DirectiveNode] | None) -> bool:
        for directive in directives or ():
            name = directive.name.value
            if name in {"skip", "include"}:
                values = [self._value(argument.value) for argument in directive.arguments or ()]
                if values[0] is (name == "skip"):
                    return True
        return False

    def _value(self, node: ValueNode) -> Any:
        return self.variables.get(node.name.value) if isinstance(node, VariableNode) else value_from_ast_untyped(node)

    def _page(self, field: GraphQLField, node: FieldNode) -> int | None:
        """The size of a page, None where the field has none: a size that is refused later counts as the largest."""
        if not set(_SIZES) <= field.args.keys():
            return None
        given = [self._value(each.value) for each in node.arguments or () if each.name.value in _SIZES]
        sizes = [size for size in given if size is not None]
        is_plain = all(isinstance(size, int | float) and 0 <= size <= MAX_PAGE for size in sizes)
        return int(max(sizes, default=DEFAULT_PAGE)) if is_plain else MAX_PAGE

    def _size(self, kind: GraphQLObjectType, name: str, node: FieldNode, page: int | None) -> int:
        """How many items a list can have."""
        for argument in node.arguments or ():
            if argument.name.value == "ids":
                literal = argument.value
                ids = literal.values if isinstance(literal, ListValueNode) else self._value(literal)
                return min(len(ids), MAX_NODES) if isinstance(ids, Sequence) and not isinstance(ids, str) else 1
        return LIST_SIZES.get((kind.name, name)) or page or _VALUE_LIST


def _folded(body: _Body) -> _Body:
    """The same, looking for less: what is there wherever the object is counts with it."""
    certain = [p for p in body.parts if p.is_certain and not (p.parts or p.is_list or p.fixed)]
    parts = tuple(part for part in body.parts if part not in certain)
    return _Body(body.points, body.values, body.weight + sum(part.weight for part in certain), parts)


def _either(bodies: Sequence[_Body]) -> _Body:
    """An object that is one of several: the dearest, and every part that may be there."""
    return _Body(
        max((body.points for body in bodies), default=0),
        max((body.values for body in bodies), default=0),
        max((body.weight for body in bodies), default=0),
        _merged(part for body in bodies for part in body.parts),
    )


def _merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """One part for each key: of two that differ, what counts more."""
    by_key: dict[str, Part] = {}
    for part in parts:
        other = by_key.get(part.key, part)
        by_key[part.key] = (
            part
            if part == other
            else replace(
                part,
                fixed=max(part.fixed, other.fixed),
                weight=max(part.weight, other.weight),
                parts=_merged((*part.parts, *other.parts)),
            )
        )
    return tuple(by_key.values())


def read_variables(document: DocumentNode) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The variables that a document's @skip and @include read, and those that its prices read: these and the sizes."""
    conditions: set[str] = set()
    sizes: set[str] = set()

    class Readers(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: object) -> None:
            if node.name.value in {"skip", "include"}:
                conditions.update(_variables_of(node))

        def enter_field(self, node: FieldNode, *_: object) -> None:
            sizes.update(_variables_of(node, {*_SIZES, "ids"}))

    visit(document, Readers())
    return tuple(sorted(conditions)), tuple(sorted(conditions | sizes))


def _variables_of(node: DirectiveNode | FieldNode, names: Container[str] | None = None) -> Iterator[str]:
    for argument in node.arguments or ():
        if isinstance(argument.value, VariableNode) and (names is None or argument.name.value in names):
            yield argument.value.name.value


def price_key(value: Any) -> Any:
    """What a price depends on of a variable's value: a number, a condition, how many ids."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return ("…",) * min(len(value), MAX_NODES) if isinstance(value, list) else "…"
