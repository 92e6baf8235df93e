"""A faster executor: sub-trees made of plain attributes run as generated Python, all else stays graphql-core's.

A sub-tree is compiled when every field in it is a default attribute without arguments, the second time its document
runs. Whatever the generated code meets that it was not made for (null where none may be, an unknown class, a value
that is no leaf of its type) makes it give up without a trace, and graphql-core executes the same value from the start:
errors, nulls and paths are always its own (graphql.md, Reading fast).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    Undefined,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path
from graphql.pyutils.awaitable_or_value import AwaitableOrValue
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.base import StrawberryObjectDefinition

Complete = Callable[[Any], Any]
_BACKREF: Final = "strawberry-definition"
_LARGEST_INT: Final = 2**31
_MAX_PLANS: Final = 64
WORTH_COMPILING: Final = 2  # a document that runs once is not


class GiveUp(Exception):
    """The generated code met what it was not made for, or cannot be made at all."""


@dataclass(slots=True)
class Plans:
    """The generated code of one document; `condition_names` are the variables its @skip and @include read."""

    condition_names: tuple[str, ...]
    runs: int = 0
    by_key: dict[Any, Complete | None] = field(default_factory=dict)


class FastExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, with a short cut for objects and lists of objects."""

    def collect_and_execute_subfields(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """Complete one object whose type has been checked."""
        complete = self._plan(return_type, field_details_list)
        if complete is not None:
            try:
                completed: dict[str, Any] = complete(result)
            except Exception:  # noqa: BLE001, S110 - whatever it was, graphql-core meets it again and reports it
                pass
            else:
                return completed
        return super().collect_and_execute_subfields(return_type, field_details_list, path, result, position_context)

    def complete_list_value(
        self,
        return_type: GraphQLList[GraphQLOutputType],
        field_details_list: FieldDetailsList,
        info: Any,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> AwaitableOrValue[list[Any]]:
        """Complete a list; of objects, in one go."""
        if result.__class__ is list:
            complete = self._plan(return_type, field_details_list)
            if complete is not None:
                try:
                    completed: list[Any] = complete(result)
                except Exception:  # noqa: BLE001, S110 - whatever it was, graphql-core meets it again and reports it
                    pass
                else:
                    return completed
        return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)

    def _plan(self, value_type: GraphQLOutputType, details: FieldDetailsList) -> Complete | None:
        plans = self.context_value.plans
        if not isinstance(plans, Plans) or plans.runs < WORTH_COMPILING:
            return None
        coerced = self.variable_values.coerced
        conditions = tuple(coerced.get(name) for name in plans.condition_names)
        # The nodes live as long as the document, and the plans with it: their ids are theirs alone.
        key = (str(value_type), tuple(id(detail.node) for detail in details), conditions)
        try:
            return plans.by_key[key]
        except KeyError:
            if len(plans.by_key) >= _MAX_PLANS:
                return None
            try:
                made: Complete | None = _Compiler(self).compile(value_type, details)
            except (GiveUp, GraphQLError):
                made = None
            plans.by_key[key] = made
            return made


class _Compiler:
    """Writes one function an object type and selection; `names` is what the generated code can see."""

    def __init__(self, executor: FastExecutor) -> None:
        self._executor = executor
        self._names: dict[str, Any] = {"GiveUp": GiveUp}
        self._source: list[str] = []

    def compile(self, value_type: GraphQLOutputType, details: FieldDetailsList) -> Complete:
        """The function that completes a non-null value of this type."""
        expression = self._value(_nullable(value_type), details, "v")
        self._source.append(f"def complete(v):\n    return {expression}\n")
        exec("\n".join(self._source), self._names)  # noqa: S102 - our own text: GraphQL names and numbered constants
        complete: Complete = self._names["complete"]
        return complete

    def _name(self, value: object) -> str:
        name = f"c{len(self._names)}"
        self._names[name] = value
        return name

    def _value(self, value_type: GraphQLOutputType, details: FieldDetailsList, value: str) -> str:
        """An expression that completes the non-null `value` (a name) of a nullable type."""
        if isinstance(value_type, GraphQLList):
            return self._list(value_type, details, value)
        if is_leaf_type(value_type):
            return self._leaf(value_type, value)
        if isinstance(value_type, GraphQLObjectType):
            return f"{self._object(value_type, details)}({value})"
        if is_abstract_type(value_type):
            by_class = {
                _python_class(possible): self._names[self._object(possible, details)]
                for possible in self._executor.schema.get_possible_types(value_type)
            }
            return f"{self._name(by_class)}[{value}.__class__]({value})"
        raise GiveUp

    def _list(self, value_type: GraphQLList[Any], details: FieldDetailsList, value: str) -> str:
        item_type = value_type.of_type
        inner = self._value(_nullable(item_type), details, "i")
        if not isinstance(item_type, GraphQLNonNull):
            inner = f"None if i is None else {inner}"
        checked = f"{value} if {value}.__class__ is list else {self._name(_give_up)}()"
        return f"[{inner} for i in ({checked})]"

    def _leaf(self, leaf: GraphQLLeafType, value: str) -> str:
        coerce = self._name(_coercion(leaf))
        if isinstance(leaf, GraphQLEnumType):
            members = leaf.extensions[_BACKREF].wrapped_cls
            names = {entry.value: name for name, entry in leaf.values.items()}
            by_member = {member: names[member.value] for member in members if member.value in names}
            is_member = f"{value}.__class__ is {self._name(members)}"
            return f"({self._name(by_member)}[{value}] if {is_member} else {coerce}({value}))"
        if leaf.name in _PLAIN:
            return f"({value} if {_PLAIN[leaf.name].format(value=value)} else {coerce}({value}))"
        return f"{coerce}({value})"

    def _object(self, object_type: GraphQLObjectType, details: FieldDetailsList) -> str:
        """The name of a function that completes an object of this type."""
        collected = self._executor.collect_subfields(object_type, details)
        if collected.new_defer_usages:
            raise GiveUp
        entries = []
        for response_name, below in collected.grouped_field_set.items():
            field_name = below[0].node.name.value
            if field_name == "__typename":
                entries.append(f"{response_name!r}: {object_type.name!r}")
                continue
            definition = object_type.fields.get(field_name)
            if definition is None or below[0].node.arguments:
                raise GiveUp
            entries.append(f"{response_name!r}: {self._attribute(definition, below)}")
        name = f"f{len(self._names)}"
        check = ""
        if object_type.is_type_of is not None:  # else graphql-core takes any value that has the attributes
            check = f"    if o.__class__ is not {self._name(_python_class(object_type))}: raise GiveUp\n"
        source = f"def {name}(o):\n{check}    return {{{', '.join(entries)}}}\n"
        exec(source, self._names)  # noqa: S102 - our own text: GraphQL names and numbered constants
        return name

    def _attribute(self, definition: GraphQLField, details: FieldDetailsList) -> str:
        if not getattr(definition.resolve, "_is_default", False) or definition.args:
            raise GiveUp
        read = f"(v := o.{definition.extensions[_BACKREF].python_name})"
        inner = self._value(_nullable(definition.type), details, "v")
        if isinstance(definition.type, GraphQLNonNull):
            return f"({self._name(_give_up)}() if {read} is None else {inner})"
        return f"(None if {read} is None else {inner})"


# Leaves that pass unchanged when the value is of exactly this class; anything else is coerced by its own type.
_PLAIN: Final[Mapping[str, str]] = {
    "ID": "{value}.__class__ is str",
    "String": "{value}.__class__ is str",
    "Boolean": "{value}.__class__ is bool",
    "Int": f"{{value}}.__class__ is int and -{_LARGEST_INT} <= {{value}} < {_LARGEST_INT}",
}


def _give_up() -> Any:
    raise GiveUp


def _nullable(value_type: GraphQLOutputType) -> GraphQLOutputType:
    return value_type.of_type if isinstance(value_type, GraphQLNonNull) else value_type


def _python_class(object_type: GraphQLObjectType) -> type:
    definition = object_type.extensions.get(_BACKREF)
    if not isinstance(definition, StrawberryObjectDefinition):
        raise GiveUp
    return definition.origin


def _coercion(leaf: GraphQLLeafType) -> Complete:
    """How a value becomes JSON by the leaf's own rule."""
    coerce = leaf.coerce_output_value

    def checked(value: Any) -> Any:
        if isinstance(value, Exception) or hasattr(value, "__await__"):
            raise GiveUp
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise GiveUp
        return coerced

    return checked
