"""The one pipeline of documents: find, parse, measure, validate, price, pay, execute; kept by their text."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from math import ceil
from typing import Any, Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_operation_ast,
)

from domain.shared.errors import ErrorCode
from integrations.deadlines import Deadlines
from resolvers.api import SCHEMA
from resolvers.cost import VALUES_PER_POINT, Price
from resolvers.direct import NOT_ANSWERED, Direct, direct
from resolvers.documents import digest_of, text_of
from resolvers.fast import FastExecutor, Plans
from resolvers.limits import BULK_MUTATIONS, BULK_VARIABLES, LIMITS, count_values, examine, exceeded
from resolvers.pricing import Pricing, price_key, read_variables
from resolvers.refusal import BadDocument, refuse
from resolvers.texts import overfull, parsed
from resolvers.validation import validate
from schema.context import Budget, Context, Introspection

_DEADLINES: Final = Deadlines(10.0)
_KEPT_WEIGHT: Final = 2_000_000  # some 50 MB of the largest documents there can be
_TOKEN_WEIGHT: Final = 20
_ENTRY_WEIGHT: Final = 40  # of whatever is kept, however short its text
_KEPT_PRICES: Final = 64
_MESSAGE: Final = 500  # characters: messages quote names and values, however long
_OUT_OF_TIME: Final = GraphQLError(
    f"the operation took longer than {_DEADLINES.seconds:g} s", extensions={"code": ErrorCode.THROTTLED.value}
)
_CORE: Final = SCHEMA._schema  # noqa: SLF001 - graphql-core's own schema has no public name


@dataclass(frozen=True, slots=True)
class Request:
    """A well-formed GraphQL request: `query` is the document, or else `document_id` or `extensions` name it."""

    query: str | None
    variables: Mapping[str, Any] | None
    operation_name: str | None
    extensions: Mapping[str, Any] | None = None
    document_id: str | None = None


@dataclass(slots=True)
class Document:
    """A parsed and valid document, with what was worked out about it; kept and shared between requests."""

    node: DocumentNode
    introspects: bool
    plans: Plans
    pricing: Pricing
    price_names: tuple[str, ...]
    selected: dict[Any, Any] = field(default_factory=dict)
    short_ways: dict[int, Direct | None] = field(default_factory=dict)
    _prices: dict[Any, Price] = field(default_factory=dict)

    def short_way(self, operation: OperationDefinitionNode) -> Direct | None:
        """The short way through one of its operations, if there may be one."""
        key = id(operation)
        if key not in self.short_ways:
            self.short_ways[key] = direct(_CORE, self.node, operation)
        return self.short_ways[key]

    def price(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Price:
        """What an operation may cost with these variables."""
        values = {name: price_key(variables[name]) for name in self.price_names if name in variables}
        key = (operation.name.value if operation.name else None, *values.items())
        price = self._prices.get(key)
        if price is None:
            if len(self._prices) >= _KEPT_PRICES:
                self._prices.clear()
            price = self._prices[key] = self.pricing.price(operation, values)
        return price


@dataclass(frozen=True, slots=True)
class Prepared:
    """One request's operation: allowed, priced, and its points reserved for `principal`."""

    source: Document
    operation: OperationDefinitionNode
    price: Price
    principal: str

    @property
    def document(self) -> DocumentNode:
        """The document."""
        return self.source.node

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.operation.operation


def _read(text: str) -> Document | list[GraphQLError]:
    node = parsed(text)
    if isinstance(node, GraphQLError):
        return [node]
    findings = examine(node)
    if findings.errors:
        return list(findings.errors)
    errors = validate(_CORE, node)
    if errors:
        return errors
    conditions, prices = read_variables(node)
    return Document(node, findings.introspects, Plans(conditions), Pricing(_CORE, node), prices)


class _Kept:
    """Documents, and refusals of those that are none, by text; those used longest ago go when they weigh too much."""

    def __init__(self, weight: int) -> None:
        self._weight = weight
        self._by_text: OrderedDict[str, Document | list[GraphQLError]] = OrderedDict()

    def read(self, text: str) -> Document | list[GraphQLError]:
        """The document, or what is wrong with it."""
        known = self._by_text.get(text)
        if known is not None:
            self._by_text.move_to_end(text)
            return known
        found = _read(text)
        if isinstance(found, list):  # without the document's nodes, which they would keep alive
            found = [
                GraphQLError(e.message[:_MESSAGE], None, e.source, e.positions, extensions=e.extensions) for e in found
            ]
        if len(text) <= LIMITS["characters"]:
            self._by_text[text] = found
            self._weight -= _weight(text, found)
            while self._weight < 0:
                self._weight += _weight(*self._by_text.popitem(last=False))
        return found


def _weight(text: str, found: Document | list[GraphQLError]) -> int:
    return _ENTRY_WEIGHT + len(text) + (_TOKEN_WEIGHT * found.node.token_count if isinstance(found, Document) else 0)


_KEPT: Final = _Kept(_KEPT_WEIGHT)


def takes_bulk(text: str) -> bool:
    """Whether this is a valid document of nothing but mutations that take much at once."""
    if len(text) > LIMITS["tokens"] and overfull(text):
        return False
    document = _KEPT.read(text)
    if not isinstance(document, Document):
        return False
    operations = [part for part in document.node.definitions if isinstance(part, OperationDefinitionNode)]
    fields = [node for operation in operations for node in operation.selection_set.selections]
    return all(isinstance(node, FieldNode) and node.name.value in BULK_MUTATIONS for node in fields)


async def prepare(request: Request, context: Context) -> Prepared:
    """The operation of a request, its points reserved. BadDocument: there is none, or it may not run, or not now."""
    gate = context.house.gate
    digest = digest_of(request.extensions)
    text = await text_of(request.query, request.document_id, digest, gate.documents)
    document = _KEPT.read(text)
    if isinstance(document, list):
        raise BadDocument(document)
    operation = get_operation_ast(document.node, request.operation_name)
    if operation is None:
        raise refuse("operationName must name one of the document's operations")
    if document.introspects:
        _check_introspection(gate.introspection, context)
    _check_variables(operation.operation, request.variables or {}, context)
    price = document.price(operation, request.variables or {})
    principal = context.actor.principal if context.actor else f"anonymous:{context.address}"
    found = {"cost": (price.points, gate.query_cap), "values": (price.values, VALUES_PER_POINT * gate.query_cap)}
    errors = [exceeded(name, figure, allowed) for name, (figure, allowed) in found.items() if figure > allowed]
    if errors:
        raise BadDocument(errors, _told(gate.budget, principal, price, None))
    if digest is not None and request.query is not None and context.actor:
        await gate.documents.register(digest, text)
    await _reserve(gate.budget, principal, price)
    return Prepared(document, operation, price, principal)


def _check_introspection(allowed: Introspection, context: Context) -> None:
    if allowed is Introspection.NOBODY:
        raise refuse("introspection is off; the schema is published as a file", ErrorCode.FORBIDDEN)
    if allowed is Introspection.AUTHENTICATED and context.actor is None:
        raise refuse("introspection is for those who send a valid token", ErrorCode.UNAUTHENTICATED)


def _check_variables(kind: OperationType, variables: Mapping[str, Any], context: Context) -> None:
    """Coercing takes microseconds a value: how many there are is bounded before."""
    allowed = BULK_VARIABLES if kind is OperationType.MUTATION and context.actor else LIMITS["variables"]
    found = count_values(variables, allowed)
    if found > allowed:
        raise BadDocument([exceeded("variables", found, allowed)])


async def _reserve(budget: Budget, principal: str, price: Price) -> None:
    wait_seconds = await budget.reserve(principal, price.points)
    if not wait_seconds:
        return
    available, wait_seconds = budget.available(principal), ceil(wait_seconds * 100) / 100
    message = f"this may cost {price.points} points and {available} are left: come back in {wait_seconds:g} s"
    extensions = {
        "code": ErrorCode.THROTTLED.value,
        "limit": "budget",
        "found": price.points,
        "allowed": available,
        "retryAfterSeconds": wait_seconds,
    }
    raise BadDocument([GraphQLError(message, extensions=extensions)], _told(budget, principal, price, None))


def _told(budget: Budget, principal: str, price: Price, actual: int | None) -> dict[str, Any]:
    """What an answer says of its cost; the words are those of Shopify's API, which clients know how to read."""
    return {
        "cost": {
            "requestedQueryCost": price.points,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": budget.maximum,
                "currentlyAvailable": budget.available(principal),
                "restoreRate": budget.restore_per_second,
            },
        }
    }


async def run(prepared: Prepared, request: Request, context: Context) -> ExecutionResult:
    """Execute a query or mutation, for at most 10 s; what it did not use of its points is given back."""
    budget, price = context.house.gate.budget, prepared.price
    prepared.source.plans.runs += 1
    context.plans, context.selected = prepared.source.plans, prepared.source.selected
    result = await _execute(prepared, request, context)
    used = _used(prepared, result)
    budget.settle(prepared.principal, reserved=price.points, used=used)
    context.house.gate.count_cost(prepared.kind.value, used)
    result.extensions = {**(result.extensions or {}), **_told(budget, prepared.principal, price, used)}
    return result


def _used(prepared: Prepared, result: ExecutionResult) -> int:
    """The points of an answer; where one field's failure, or the time, took all others with it, their work was done."""
    price, errors, fields = prepared.price, result.errors or (), prepared.operation.selection_set.selections
    is_one_field = len(fields) == 1 and isinstance(fields[0], FieldNode)
    is_lost = _OUT_OF_TIME in errors or (not is_one_field and any(error.path for error in errors))
    return price.points if result.data is None and is_lost else price.actual(result.data)


async def _execute(prepared: Prepared, request: Request, context: Context) -> ExecutionResult:
    try:
        with _DEADLINES.next():
            short_way = prepared.source.short_way(prepared.operation)
            if short_way is not None:
                data = await short_way.answer(prepared.source.plans, request.variables or {}, context)
                if data is not NOT_ANSWERED:
                    return ExecutionResult(data, None)
            outcome = execute(
                _CORE,
                prepared.document,
                context_value=context,
                variable_values=dict(request.variables or {}),
                operation_name=request.operation_name,
                executor_class=FastExecutor,
                hide_suggestions=True,
            )
            return await outcome if isawaitable(outcome) else outcome
    except TimeoutError:
        return ExecutionResult(None, [_OUT_OF_TIME])
