"""The same operation by graphql-core's executor and by ours, compared to the letter."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    execute,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from resolvers.fast import GIVEN_UP, FastExecutor, Plans
from tests.fuzz.worlds import World


@dataclass(slots=True)
class Asked:
    """The context of one execution; `short_cuts` counts what generated code completed."""

    world: World
    plans: Plans | None
    short_cuts: int = 0


class Counting(FastExecutor):
    """Our executor, counting in its context."""

    def complete_fast(self, value_type: Any, details: Any, value: Any) -> Any:
        """Complete as usual, and count it."""
        completed = super().complete_fast(value_type, details, value)
        self.context_value.short_cuts += completed is not GIVEN_UP
        return completed


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one can tell of an execution: data with classes and order of keys, errors, effects of reading."""

    data: str
    errors: list[str]
    log: list[str]


@dataclass(slots=True)
class Twins:
    """Runs one document again and again by both executors; `plans` are kept between its runs as the product does."""

    schema: GraphQLSchema
    document: DocumentNode
    plans: Plans
    loop: asyncio.AbstractEventLoop
    short_cuts: list[int] = field(default_factory=list)

    def compare(self, new_world: Callable[[], World], operation: str, variables: dict[str, object]) -> None:
        """Fail unless both executors answer the same of two worlds that are the same."""
        self.plans.runs += 1
        core = self._outcome(
            StrawberryGraphQLCoreExecutionContext, Asked(new_world(), None), operation, dict(variables)
        )
        asked = Asked(new_world(), self.plans)
        ours = self._outcome(Counting, asked, operation, dict(variables))
        assert ours == core
        self.short_cuts.append(asked.short_cuts)

    def _outcome(self, executor: type, asked: Asked, operation: str, variables: dict[str, object]) -> Outcome:
        try:
            result = self.loop.run_until_complete(self._run(executor, asked, operation, variables))
        finally:
            asked.world.close()
        errors = [f"{error.formatted} {type(error.original_error).__name__}" for error in result.errors or ()]
        return Outcome(_told(result.data), [_without_addresses(error) for error in errors], asked.world.log)

    async def _run(self, executor: type, asked: Asked, operation: str, variables: dict[str, object]) -> ExecutionResult:
        outcome: Any = execute(
            self.schema,
            self.document,
            context_value=asked,
            variable_values=variables,
            operation_name=operation,
            executor_class=executor,
            hide_suggestions=True,
        )
        result: ExecutionResult = await outcome if isawaitable(outcome) else outcome
        # What lost its parent to an error goes on in the background.
        while rest := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(rest)
        return result


def _without_addresses(text: str) -> str:
    return re.sub(r"(?i)0x[0-9a-f]+", "0x", text)


def _told(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_told(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_told, value)) + "]"
    return f"{type(value).__name__} {_without_addresses(repr(value))}"


def rooted(schema: GraphQLSchema) -> GraphQLSchema:
    """The schema with a world's values behind its root fields, every second one asynchronous."""
    assert schema.query_type is not None
    kept = schema.to_kwargs()
    fields = {
        name: GraphQLField(definition.type, resolve=_root_later if place % 2 else _root)
        for place, (name, definition) in enumerate(schema.query_type.fields.items())
    }
    kept["types"] = tuple(kind for kind in kept["types"] or () if kind is not schema.query_type)
    kept["query"] = GraphQLObjectType(schema.query_type.name, fields)
    return GraphQLSchema(**kept)


def _root(_source: object, info: Any) -> Any:
    return info.context.world.root(info.field_name, info.return_type)


async def _root_later(_source: object, info: Any) -> Any:
    return _root(_source, info)
