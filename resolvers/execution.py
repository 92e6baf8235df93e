"""The one pipeline of documents: parse, validate, execute; prepared documents are kept by their text."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from inspect import isawaitable
from typing import Any, Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationType,
    VariableNode,
    Visitor,
    execute,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
    visit,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from domain.shared.errors import ErrorCode
from resolvers.api import SCHEMA
from resolvers.fast import FastExecutor, Plans
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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A parsed and valid document, with the code generated for it; kept and shared between requests."""

    document: DocumentNode
    plans: Plans


def _prepare(query: str) -> Prepared | tuple[GraphQLError, ...]:
    try:
        document = parse(query, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        return (error,)
    errors = validate(SCHEMA._schema, document, _RULES, max_errors=MAX_ERRORS, hide_suggestions=True)  # noqa: SLF001 - graphql-core's own schema has no public name
    return tuple(errors) if errors else Prepared(document, Plans(_condition_names(document)))


def _condition_names(document: DocumentNode) -> tuple[str, ...]:
    """The variables that decide what is selected: those in @skip and @include."""
    names: set[str] = set()

    class Conditions(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: object) -> None:
            if node.name.value in {"skip", "include"}:
                names.update(a.value.name.value for a in node.arguments or () if isinstance(a.value, VariableNode))

    visit(document, Conditions())
    return tuple(sorted(names))


_prepare_kept = lru_cache(maxsize=_KEPT_DOCUMENTS)(_prepare)


def prepare(request: Request) -> Prepared:
    """The document to execute; BadDocument when there is none, or no such operation in it."""
    keep = len(request.query) <= _KEPT_LENGTH
    prepared = _prepare_kept(request.query) if keep else _prepare(request.query)
    if isinstance(prepared, tuple):
        raise BadDocument(list(prepared))
    operation = get_operation_ast(prepared.document, request.operation_name)
    if operation is None:
        raise BadDocument([GraphQLError("operationName must name one of the document's operations")])
    if operation.operation is OperationType.SUBSCRIPTION:
        raise BadDocument([GraphQLError("subscriptions are served over WebSocket, at this same address")])
    return prepared


async def run(prepared: Prepared, request: Request, context: Context) -> ExecutionResult:
    """Execute a prepared document, for at most 10 s."""
    prepared.plans.runs += 1
    context.plans = prepared.plans
    outcome = execute(
        SCHEMA._schema,  # noqa: SLF001 - graphql-core's own schema has no public name
        prepared.document,
        context_value=context,
        variable_values=dict(request.variables or {}),
        operation_name=request.operation_name,
        executor_class=FastExecutor,
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
