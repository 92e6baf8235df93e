"""One operation, whatever it came over: an answer for queries and mutations, a stream of them for live updates."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Final, cast

from graphql import ExecutionResult, GraphQLError, OperationType, subscribe

from domain.shared.errors import ErrorCode
from resolvers.api import SCHEMA
from resolvers.errors import present
from resolvers.execution import Prepared, Request, prepare, run
from resolvers.fast import FastExecutor
from resolvers.refusal import BadDocument
from schema.context import Context

Payload = dict[str, Any]

# What a refused operation's code means in HTTP. The rest is 400.
_STATUSES: Final = {
    ErrorCode.UNAUTHENTICATED.value: 401,
    ErrorCode.FORBIDDEN.value: 403,
    ErrorCode.THROTTLED.value: 429,
    ErrorCode.INTERNAL.value: 500,
}


class Refused(Exception):
    """The operation did not begin, or its stream broke: every reason, as the client may see it."""

    def __init__(self, payload: Payload) -> None:
        self.errors: list[Payload] = payload["errors"]
        super().__init__("; ".join(error["message"] for error in self.errors))
        self.payload = payload
        # The HTTP status of `application/graphql-response+json`.
        self.status = _STATUSES.get(self.errors[0]["extensions"]["code"], 400)


def refusal(message: str, code: ErrorCode) -> Refused:
    """Refuse an operation for one reason of our own."""
    return Refused({"errors": [{"message": message, "extensions": {"code": code.value}}]})


@dataclass(frozen=True, slots=True)
class Operation:
    """A valid operation, ready to run once."""

    prepared: Prepared
    request: Request
    context: Context

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.prepared.kind

    @property
    def name(self) -> str:
        """As the client calls it; empty where it does not."""
        named = self.prepared.operation.name
        return named.value if named else ""

    @property
    def is_query(self) -> bool:
        """Whether it changes nothing."""
        return self.prepared.kind is OperationType.QUERY

    @property
    def is_live(self) -> bool:
        """Whether it has more than one answer."""
        return self.prepared.kind is OperationType.SUBSCRIPTION

    async def answer(self) -> Payload:
        """Run a query or mutation; Refused when it could not begin."""
        return _payload(await run(self.prepared, self.request, self.context), self.context)

    async def payloads(self) -> AsyncGenerator[Payload, None]:
        """Run it: one payload, or one for each event. Refused when it could not begin, or its source broke."""
        if not self.is_live:
            yield await self.answer()
            return
        outcome = subscribe(
            SCHEMA._schema,  # noqa: SLF001 - graphql-core's own schema has no public name
            self.prepared.document,
            context_value=self.context,
            variable_values=dict(self.request.variables or {}),
            operation_name=self.request.operation_name,
            executor_class=FastExecutor,
            hide_suggestions=True,
        )
        source = await outcome if isawaitable(outcome) else outcome
        if isinstance(source, ExecutionResult):
            raise Refused({"errors": _presented(source.errors or (), self.context)})
        # What graphql-core calls an iterator is a generator: closed with us, it closes its source.
        async with aclosing(cast("AsyncGenerator[ExecutionResult, None]", source)) as results:
            async for result in results:
                yield _payload(result, self.context)


async def begin(request: Request, context: Context) -> Operation:
    """The operation of a request, paid for; Refused when there is none, or not for this client now."""
    try:
        return Operation(await prepare(request, context), request, context)
    except BadDocument as error:
        payload: Payload = {"errors": _presented(error.errors, context)}
        if error.extensions:
            payload["extensions"] = error.extensions
        raise Refused(payload) from error


def broken(error: Exception, request_id: str) -> Refused:
    """What the client may see of an exception: its code when it was expected, else a request id."""
    fault = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
    return Refused({"errors": [present(fault, request_id)]})


def _presented(errors: Sequence[GraphQLError], context: Context) -> list[Payload]:
    return [present(error, context.request_id) for error in errors]


def _payload(result: ExecutionResult, context: Context) -> Payload:
    """The response; Refused when execution did not begin: then no error says at which field it was."""
    payload: Payload = {} if result.data is None else {"data": result.data}
    if result.errors:
        payload["errors"] = _presented(result.errors, context)
        if result.data is None and any(error.path for error in result.errors):
            payload = {"data": None, **payload}
    if result.extensions:
        payload["extensions"] = result.extensions
    if "data" not in payload:
        raise Refused(payload)
    return payload
