"""The short way through a query of one field: its resolver, and generated code for what it answers.

graphql-core's executor prepares for whatever a document may hold. A query of one root field, for whose whole answer
there is generated code already, needs none of that. Where anything is otherwise, and on any exception, this way ends
and graphql-core executes the query from its start: a query has no effect that could happen twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.values import VariableValues, get_argument_values, get_variable_values
from graphql.pyutils import Path, gather_with_cancel, is_awaitable
from graphql.type.definition import GraphQLResolveInfoHelpers
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info
from strawberry.utils.str_converters import to_camel_case

from resolvers.fast import WORTH_COMPILING, Plans
from schema.context import Context

NOT_ANSWERED: Final = object()
# What resolvers could do side by side, and none of ours does.
_HELPERS: Final = GraphQLResolveInfoHelpers(lambda values: gather_with_cancel(*values), lambda _values: None)


@dataclass(frozen=True, slots=True)
class Direct:
    """The one root field of a query, and what its resolver is told."""

    schema: GraphQLSchema
    root: GraphQLObjectType
    operation: OperationDefinitionNode
    node: FieldNode
    definition: GraphQLField
    field: StrawberryField
    names: Mapping[str, str]  # of arguments, by their public names: as the resolver calls them
    plain: frozenset[str]  # public names of those that need no conversion; null never does
    fragments: dict[str, FragmentDefinitionNode]

    async def answer(self, plans: Plans, variables: Mapping[str, Any], context: Context) -> Any:
        """The data of the answer, or NOT_ANSWERED."""
        if plans.runs <= WORTH_COMPILING:
            return NOT_ANSWERED
        try:
            return await self._answer(plans, variables, context)
        except Exception:  # noqa: BLE001 - whatever it was, graphql-core meets it again and reports it
            return NOT_ANSWERED

    async def _answer(self, plans: Plans, variables: Mapping[str, Any], context: Context) -> Any:
        values = get_variable_values(self.schema, self.operation.variable_definitions or (), dict(variables))
        if not isinstance(values, VariableValues):
            return NOT_ANSWERED
        answered = self.definition.type
        nullable = answered.of_type if isinstance(answered, GraphQLNonNull) else answered
        complete = plans.by_key.get(plans.key(nullable, (self.node,), values.coerced))
        resolve = self.definition.resolve
        if complete is None or resolve is None:
            return NOT_ANSWERED
        arguments = get_argument_values(self.definition, self.node, values)
        info = self._info(values, context)
        is_plain = all(value is None or name in self.plain for name, value in arguments.items())
        if self.field.base_resolver is None or not is_plain:
            value = await resolve(None, info, **arguments)
        else:
            given = {self.names[name]: value for name, value in arguments.items()}
            resolver: Any = self.field.base_resolver.wrapped_func
            value = await resolver(Info(_raw_info=info, _field=self.field), **given)
        if value is None and nullable is not answered:
            return NOT_ANSWERED
        return {self._name: None if value is None else complete(value)}

    @property
    def _name(self) -> str:
        return (self.node.alias or self.node.name).value

    def _info(self, values: VariableValues, context: Context) -> GraphQLResolveInfo[Context]:
        return GraphQLResolveInfo(
            self.node.name.value,
            [self.node],
            self.definition.type,
            self.root,
            Path(None, self._name, self.root.name),
            self.schema,
            self.fragments,
            None,
            self.operation,
            values,
            context,
            is_awaitable,
            None,
            _HELPERS,
        )


def direct(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Direct | None:
    """The short way through an operation, if there may be one."""
    selections = operation.selection_set.selections
    root = schema.query_type
    is_plain = operation.operation is OperationType.QUERY and not operation.directives and len(selections) == 1
    node = selections[0]
    if not is_plain or not isinstance(node, FieldNode) or node.directives or root is None:
        return None
    definition = root.fields.get(node.name.value)
    if definition is None:  # introspection
        return None
    fragments = {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}
    field: StrawberryField = definition.extensions["strawberry-definition"]
    names = {to_camel_case(argument.python_name): argument.python_name for argument in field.arguments}
    plain = frozenset(name for name in names if is_leaf_type(get_nullable_type(definition.args[name].type)))
    return Direct(schema, root, operation, node, definition, field, names, plain, fragments)
