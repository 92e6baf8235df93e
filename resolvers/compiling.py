"""Python generated for one GraphQL selection: a function that completes a value made of plain attributes.

A selection can be compiled when every field in it is a default attribute without arguments. Whatever a function meets
that it was not made for (null where none may be, another class, a value that is no leaf of its type) makes it give up
without a trace: nothing that it reads has an effect, for it reads neither properties nor what one awaits or iterates.

The one thing it does not see is an object marked by `strawberry.cast`: nothing here casts.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from inspect import getattr_static
from types import MemberDescriptorType
from typing import Any, Final
from uuid import UUID

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    Undefined,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import is_awaitable
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

Complete = Callable[[Any], Any]
_BACKREF: Final = "strawberry-definition"


class GiveUp(Exception):
    """The generated code met what it was not made for, or cannot be made at all."""


class Compiler:
    """Writes one function for a type and a selection, of `fields_left` fields at most; `names` is what it can see.

    The private generators yield the statements that turn the value in the variable `v` into its completed form.
    """

    def __init__(self, executor: Executor[Any], fields_left: int) -> None:
        self.fields_left = fields_left
        self._executor = executor
        self._names: dict[str, Any] = {"GiveUp": GiveUp, "Undefined": Undefined, "INERT": _INERT}
        self._variables = 0

    def compile(self, value_type: GraphQLOutputType, details: FieldDetailsList) -> Complete:
        """The function that completes a non-null value of this type; any exception means that there is none."""
        nullable = value_type.of_type if isinstance(value_type, GraphQLNonNull) else value_type
        return self._function(self._value(nullable, details, "v"))

    def _function(self, statements: Iterator[str]) -> Complete:
        source = "\n".join(["def complete(v):", *_indented(statements), " return v"])
        exec(source, self._names)  # noqa: S102 - our own text: our classes' attributes, quoted names of GraphQL
        complete: Complete = self._names.pop("complete")
        return complete

    def _constant(self, value: object) -> str:
        name = f"c{len(self._names)}"
        self._names[name] = value
        return name

    def _variable(self) -> str:
        self._variables += 1
        return f"v{self._variables}"

    def _any(self, value_type: GraphQLOutputType, details: FieldDetailsList, v: str) -> Iterator[str]:
        if isinstance(value_type, GraphQLNonNull):
            yield from self._value(value_type.of_type, details, v)  # on None it gives up
        else:
            yield f"if {v} is not None:"
            yield from _indented(self._value(value_type, details, v))

    def _value(self, value_type: GraphQLOutputType, details: FieldDetailsList, v: str) -> Iterator[str]:
        if isinstance(value_type, GraphQLList):
            return self._list(value_type, details, v)
        if isinstance(value_type, GraphQLObjectType):
            return self._object(value_type, details, v)
        if is_leaf_type(value_type):
            return self._leaf(value_type, v)
        return self._abstract(value_type, details, v)

    def _list(self, value_type: GraphQLList[Any], details: FieldDetailsList, v: str) -> Iterator[str]:
        item, completed = self._variable(), self._variable()
        yield f"if {v}.__class__ is not list: raise GiveUp"
        yield f"{completed} = []"
        yield f"for {item} in {v}:"
        yield from _indented(self._any(value_type.of_type, details, item))
        yield f" {completed}.append({item})"
        yield f"{v} = {completed}"

    def _abstract(self, value_type: GraphQLOutputType, details: FieldDetailsList, v: str) -> Iterator[str]:
        if not is_abstract_type(value_type) or getattr(value_type.extensions[_BACKREF], "resolve_type", None):
            raise GiveUp
        by_class = {
            _definition(possible).origin: self._function(self._object(possible, details, "v"))
            for possible in self._executor.schema.get_possible_types(value_type)
        }
        yield f"{v} = {self._constant(by_class)}[{v}.__class__]({v})"

    def _leaf(self, leaf: GraphQLLeafType, v: str) -> Iterator[str]:
        checked = self._constant(_checked(leaf))
        if isinstance(leaf, GraphQLEnumType):
            enum = leaf.extensions[_BACKREF].wrapped_cls
            names = {member.name: leaf.coerce_output_value(member) for member in enum}
            yield f"if {v}.__class__ is {self._constant(enum)}: {v} = {self._constant(names)}[{v}._name_]"
            yield f"else: {v} = {checked}({v})"
        elif leaf in _PLAIN or leaf.coerce_output_value is str:
            yield f"if {_PLAIN.get(leaf, _NO_STR).format(v)}: {v} = {checked}({v})"
        else:
            coerce = self._constant(leaf.coerce_output_value)
            yield f"{v} = {coerce}({v}) if {v}.__class__ in INERT else {checked}({v})"
            yield f"if {v} is None or {v} is Undefined: raise GiveUp"

    def _object(self, object_type: GraphQLObjectType, details: FieldDetailsList, v: str) -> Iterator[str]:
        classes = _classes(object_type)
        collected = self._executor.collect_subfields(object_type, details)
        self.fields_left -= 1 + len(collected.grouped_field_set)
        if self.fields_left < 0 or collected.new_defer_usages:
            raise GiveUp
        is_foreign = " and ".join(f"{v}.__class__ is not {self._constant(made)}" for made in classes)
        yield f"if {is_foreign}: raise GiveUp"
        entries = []
        for response_name, below in collected.grouped_field_set.items():
            name = below[0].node.name.value
            entry = repr(object_type.name)
            if name != "__typename":
                definition, entry = object_type.fields[name], self._variable()
                yield f"{entry} = {v}.{_attribute(definition, below, classes)}"
                yield from self._any(definition.type, below, entry)
            entries.append(f"{response_name!r}: {entry}")
        yield f"{v} = {{{', '.join(entries)}}}"


# Values of these classes are neither exceptions nor awaitable: a scalar may coerce them at once.
_INERT: Final = frozenset({str, int, float, bool, bytes, dict, list, date, datetime, time, Decimal, UUID})
_NO_STR: Final = "{0}.__class__ is not str"
# When a value of a built-in scalar is not what goes out already.
_PLAIN: Final[Mapping[Any, str]] = {
    GraphQLID: _NO_STR,
    GraphQLString: _NO_STR,
    GraphQLBoolean: "{0}.__class__ is not bool",
    GraphQLInt: f"{{0}}.__class__ is not int or not {GRAPHQL_MIN_INT} <= {{0}} <= {GRAPHQL_MAX_INT}",
}


def _indented(statements: Iterator[str]) -> Iterator[str]:
    return (f" {statement}" for statement in statements)


def _definition(object_type: GraphQLObjectType) -> StrawberryObjectDefinition:
    definition = object_type.extensions.get(_BACKREF)
    if not isinstance(definition, StrawberryObjectDefinition) or definition.is_type_of is not None:
        raise GiveUp
    return definition


def _classes(object_type: GraphQLObjectType) -> list[type]:
    """The classes whose instances are of this type wherever they stand; a generic type's are made by its own class."""
    definition = _definition(object_type)
    classes = [definition.origin, *([definition.concrete_of.origin] if definition.concrete_of else [])]
    for made in classes:
        read: Any = made.__getattribute__
        reads_plainly = read is object.__getattribute__ and not hasattr(made, "__getattr__")
        if not reads_plainly or issubclass(made, Exception) or hasattr(made, "__await__"):
            raise GiveUp
    return classes


def _attribute(definition: GraphQLField, details: FieldDetailsList, classes: list[type]) -> str:
    """The name of the attribute that this field is, when it is nothing more than that."""
    origin = definition.extensions[_BACKREF]
    is_default = getattr(definition.resolve, "_is_default", False) and type(origin).get_result is _GET_RESULT
    is_attribute = is_default and origin.is_basic_field and origin.default_resolver is _GETATTR
    directives = {directive.name.value for detail in details for directive in detail.node.directives or ()}
    if not is_attribute or definition.args or details[0].node.arguments or directives - {"skip", "include"}:
        raise GiveUp
    name: str = origin.python_name
    if any(_is_computed(made, name) for made in classes):
        raise GiveUp
    return name


@cache
def _is_computed(made: type, name: str) -> bool:
    """Whether reading this attribute calls something: a property, or another descriptor that is no slot."""
    at_class = getattr_static(made, name, None)
    return hasattr(type(at_class), "__get__") and not isinstance(at_class, MemberDescriptorType)


_GET_RESULT: Final = StrawberryField.get_result
_GETATTR: Final[object] = getattr


@cache
def _checked(leaf: GraphQLLeafType) -> Complete:
    """How any value becomes JSON by the leaf's own rule."""
    coerce = leaf.coerce_output_value

    def checked(value: Any) -> Any:
        if value is None or value is Undefined or isinstance(value, Exception) or is_awaitable(value):
            raise GiveUp
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise GiveUp
        return coerced

    return checked
