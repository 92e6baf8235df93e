"""The one pipeline of documents: parse, validate, execute; prepared documents are kept by their text."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from inspect import isawaitable
from typing import Any, Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from domain.shared.errors import ErrorCode
from resolvers.api import SCHEMA
from schema.context import Context

MAX_TOKENS: Final = 5_000
MAX_ERRORS: Final = 5
EXECUTION_SECONDS: Final = 10.0
_KEPT_DOCUMENTS: Final = 512
_KEPT_LENGTH: Final = 20_000
_RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)


class BadDocument(Exception):
    """The document cannot be executed: every reason, as GraphQL errors."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Request:
    """A well-formed GraphQL request."""

    query: str
    variables: Mapping[str, Any] | None
    operation_name: str | None


def _prepare(query: str) -> DocumentNode | tuple[GraphQLError, ...]:
    try:
        document = parse(query, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        return (error,)
    errors = validate(SCHEMA._schema, document, _RULES, max_errors=MAX_ERRORS, hide_suggestions=True)  # noqa: SLF001 - graphql-core's own schema has no public name
    return tuple(errors) if errors else document


_prepare_kept = lru_cache(maxsize=_KEPT_DOCUMENTS)(_prepare)


def prepare(request: Request) -> tuple[DocumentNode, OperationDefinitionNode]:
    """The document and the operation that is meant; BadDocument when there is none to execute."""
    keep = len(request.query) <= _KEPT_LENGTH
    prepared = _prepare_kept(request.query) if keep else _prepare(request.query)
    if isinstance(prepared, tuple):
        raise BadDocument(list(prepared))
    operation = get_operation_ast(prepared, request.operation_name)
    if operation is None:
        raise BadDocument([GraphQLError("operationName must name one of the document's operations")])
    if operation.operation is OperationType.SUBSCRIPTION:
        raise BadDocument([GraphQLError("subscriptions are served over WebSocket, at this same address")])
    return prepared, operation


async def run(document: DocumentNode, request: Request, context: Context) -> ExecutionResult:
    """Execute a prepared document, for at most 10 s."""
    outcome = execute(
        SCHEMA._schema,  # noqa: SLF001 - graphql-core's own schema has no public name
        document,
        context_value=context,
        variable_values=dict(request.variables or {}),
        operation_name=request.operation_name,
        executor_class=StrawberryGraphQLCoreExecutionContext,
        hide_suggestions=True,
    )
    if not isawaitable(outcome):
        return outcome
    try:
        async with asyncio.timeout(EXECUTION_SECONDS):
            return await outcome
    except TimeoutError:
        message = f"the operation took longer than {EXECUTION_SECONDS:g} s"
        return ExecutionResult(None, [GraphQLError(message, extensions={"code": ErrorCode.THROTTLED.value})])
