"""A small schema whose values a test hands in, and its documents executed again and again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

import strawberry
from graphql import DocumentNode, ExecutionResult, MiddlewareManager, execute_sync, parse
from strawberry.extensions import FieldExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from resolvers.fast import WORTH_COMPILING, Plans
from tests.fuzz.twins import Counting


class Capitals(FieldExtension):
    """Changes what a plain attribute shows."""

    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        """Answer in capitals."""
        return str(next_(source, info, **kwargs)).upper()


@strawberry.type
class Item:
    """What the lists below hold."""

    name: str
    title: str | None = None
    below: "list[Item]" = strawberry.field(default_factory=list)
    loud: str = strawberry.field(default="quiet", extensions=[Capitals()])


@strawberry.type
class Accident(Exception):
    """A type that is an error as well."""

    reason: str = "none"


@strawberry.type
class Watched:
    """Counts how often it is read."""

    name: str


def _read(watched: Watched) -> Any:
    watched.__dict__["reads"].append("name")
    return watched.__dict__["name"]


Watched.name = property(_read)  # type: ignore[assignment]  # Strawberry makes fields of annotations only


@strawberry.type
class Query:
    """Each answers what the context holds."""

    @strawberry.field
    def items(self, info: strawberry.Info[Any, None]) -> list[Item]:
        """The context's values."""
        values: list[Item] = info.context.values
        return values

    @strawberry.field
    def accidents(self, info: strawberry.Info[Any, None]) -> list[Accident | None]:
        """The context's values."""
        values: list[Accident | None] = info.context.values
        return values

    @strawberry.field
    def watched(self, info: strawberry.Info[Any, None]) -> list[Watched]:
        """The context's values."""
        values: list[Watched] = info.context.values
        return values


@strawberry.type
class Subscription:
    """Goes on for ever."""

    @strawberry.subscription
    async def arrivals(self, info: strawberry.Info[Any, None]) -> AsyncIterator[list[Item]]:
        """The context's values, again and again."""
        while True:
            yield info.context.values


SCHEMA: Final = strawberry.Schema(Query, subscription=Subscription)._schema  # noqa: SLF001 - graphql-core's own schema has no public name


@dataclass(slots=True)
class Asked:
    """The context of one execution."""

    values: Any
    plans: Plans | None = None
    short_cuts: int = 0


@dataclass(slots=True)
class Prepared:
    """A document and its plans, executed again and again."""

    document: DocumentNode
    plans: Plans = field(default_factory=lambda: Plans(()))

    def run(self, values: Any, *, middleware: MiddlewareManager | None = None, **variables: Any) -> Asked:
        """Execute; the answer must be graphql-core's own. Answers the context, with the count of short cuts."""
        self.plans.runs += 1
        asked = Asked(values, self.plans)
        ours = self._execute(Counting, asked, middleware, variables)
        core = self._execute(StrawberryGraphQLCoreExecutionContext, Asked(values), middleware, variables)
        assert ours == core
        return asked

    def warmed(self, values: Any, **variables: Any) -> Asked:
        """Execute until its code is generated, and once more."""
        while self.plans.runs < WORTH_COMPILING:
            self.run(values, **variables)
        return self.run(values, **variables)

    def _execute(
        self, executor: type, asked: Asked, middleware: MiddlewareManager | None, variables: dict[str, object]
    ) -> ExecutionResult:
        return execute_sync(
            SCHEMA,
            self.document,
            context_value=asked,
            variable_values=variables,
            middleware=middleware,
            executor_class=executor,
        )


def prepared(text: str, *conditions: str) -> Prepared:
    """Prepare a document whose @skip and @include read these variables."""
    return Prepared(parse(text), Plans(conditions))


def item(name: Any = "x", **more: Any) -> Item:
    """One item."""
    return Item(name=name, **more)
