"""A faster executor: sub-trees made of plain attributes run as generated Python, all else stays graphql-core's.

A sub-tree is compiled the second time its document runs, and kept with the document. Where the generated code gives up,
graphql-core executes the same value from the start: errors, nulls and paths are always its own (graphql.md, Reading
fast).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import FieldNode, GraphQLList, GraphQLObjectType, GraphQLOutputType
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path
from graphql.pyutils.awaitable_or_value import AwaitableOrValue
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from resolvers.compiling import Compiler, Complete

WORTH_COMPILING: Final = 2  # a document that runs once is not
# What one document may have made for it, at some 25 us and 350 bytes a field, whatever its operations and conditions.
MAX_PLANS: Final = 64
MAX_FIELDS: Final = 400
# What a plan's key may hold: variables in @skip and @include, places that are merged into one field.
MAX_CONDITIONS: Final = 16
MAX_MERGED: Final = 16
GIVEN_UP: Final = object()


@dataclass(slots=True)
class Plans:
    """The generated code of one document; `condition_names` are the variables its @skip and @include read.

    Shared by every execution of the document: a plan depends on nothing but its key.
    """

    condition_names: tuple[str, ...]
    runs: int = 0
    fields_left: int = MAX_FIELDS
    by_key: dict[Any, Complete | None] = field(default_factory=dict)

    def key(self, value_type: GraphQLOutputType, nodes: Iterable[FieldNode], coerced: Mapping[str, Any]) -> Any:
        """What a plan depends on: type, selection, and what stands in its conditions.

        The nodes live as long as the document, and the plans with it: their ids are theirs alone.
        """
        conditions = tuple(coerced.get(name) for name in self.condition_names)
        return value_type, tuple(id(node) for node in nodes), conditions


class FastExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, with a short cut for objects and lists; the context's `plans` keep its code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = getattr(self.context_value, "plans", None)
        self._plans: Plans | None = None
        # Middleware wants to see every field.
        if isinstance(plans, Plans) and plans.runs >= WORTH_COMPILING and not self.middleware_manager:
            self._plans = plans if len(plans.condition_names) <= MAX_CONDITIONS else None
        # The details are kept with what was found for them, so that no other list can get their id.
        self._found: dict[tuple[int, GraphQLOutputType], tuple[FieldDetailsList, Complete | None]] = {}

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        """The executor of a subscription's next event, without what was found for the selections of those before."""
        executor = super().build_per_event_executor(payload)
        executor.__dict__.update(_found={}, _relevant_sub_fields={})
        return executor

    def collect_and_execute_subfields(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """Complete one object whose type has been checked."""
        completed: AwaitableOrValue[dict[str, Any]] = self.complete_fast(return_type, field_details_list, result)
        if completed is not GIVEN_UP:
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
        """Complete a list, in one go if it can be."""
        completed: AwaitableOrValue[list[Any]] = self.complete_fast(return_type, field_details_list, result)
        if completed is not GIVEN_UP:
            return completed
        return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)

    def complete_fast(self, value_type: GraphQLOutputType, details: FieldDetailsList, value: Any) -> Any:
        """The value completed by generated code; GIVEN_UP where there is none, or it was not made for this value."""
        if self._plans is None:
            return GIVEN_UP
        key = (id(details), value_type)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = (details, self._plan(self._plans, value_type, details))
        complete = found[1]
        if complete is None:
            return GIVEN_UP
        try:
            return complete(value)
        except Exception:  # noqa: BLE001 - whatever it was, graphql-core meets it again and reports it
            return GIVEN_UP

    def _plan(self, plans: Plans, value_type: GraphQLOutputType, details: FieldDetailsList) -> Complete | None:
        if len(details) > MAX_MERGED:
            return None
        key = plans.key(value_type, (detail.node for detail in details), self.variable_values.coerced)
        if key not in plans.by_key:
            if len(plans.by_key) >= MAX_PLANS:
                return None
            plans.by_key[key] = self._compiled(plans, value_type, details)
        return plans.by_key[key]

    def _compiled(self, plans: Plans, value_type: GraphQLOutputType, details: FieldDetailsList) -> Complete | None:
        compiler = Compiler(self, plans.fields_left)
        try:
            return compiler.compile(value_type, details)
        except Exception:  # noqa: BLE001 - what cannot be compiled, for whatever reason, is graphql-core's
            return None
        finally:
            plans.fields_left = compiler.fields_left
