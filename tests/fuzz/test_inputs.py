"""Inputs are built as Strawberry would build them itself."""

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import InputContext, convert_argument

from resolvers.api import SCHEMA
from resolvers.inputs import Inputs

# A walk: what it covers, others have covered, and to trace it takes as long as to run it.
pytestmark = pytest.mark.no_cover

_BACKREF: Final = "strawberry-definition"


@strawberry.input
class Part:
    """An input inside another."""

    name: str
    count: strawberry.Maybe[int]


@strawberry.input
class Whole:
    """Whatever an input can have."""

    part: Part
    parts: list[Part]
    maybe_parts: strawberry.Maybe[list[Part]]
    nullable: strawberry.Maybe[str | None]
    optional: Part | None = None
    rows: list[list[int]] | None = None
    text: str = "default"


@strawberry.type
class _Query:
    @strawberry.field
    def of(self, whole: Whole) -> str:
        return whole.text


_SAMPLE: Final = strawberry.Schema(_Query)
CONTEXT: Final = InputContext(info=None, config=StrawberryConfig(), scalar_registry={}, path=())
# Every type of the schema has as many; `make fuzz` draws more.
EXAMPLES: Final = 30 if "FUZZ_EXECUTIONS" in os.environ else 6
CORE: Final = [
    kind
    for made in (SCHEMA, _SAMPLE)
    for kind in made._schema.type_map.values()  # noqa: SLF001 - graphql-core's own schema has no public name
    if isinstance(kind, GraphQLInputObjectType)
]


def coerced(kind: GraphQLInputType, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of an input type as graphql-core hands them on."""
    if isinstance(kind, GraphQLNonNull):
        return coerced(kind.of_type, depth)
    if isinstance(kind, GraphQLList):
        return st.none() | st.lists(coerced(GraphQLNonNull(kind.of_type), depth + 1), max_size=2)
    if isinstance(kind, GraphQLEnumType):
        return st.sampled_from([kind.coerce_input_value(name) for name in kind.values])
    if isinstance(kind, GraphQLInputObjectType):
        return objects(kind, depth + 1)
    return st.integers() | st.text(max_size=3)


def objects(kind: GraphQLInputObjectType, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with all required fields, and some of the others; not deep."""
    required, optional = {}, {}
    for name, field in kind.fields.items():
        if isinstance(field.type, GraphQLNonNull):
            required[name] = filled(field.type, depth)
        elif depth < 4 or not isinstance(get_named_type(field.type), GraphQLInputObjectType):
            optional[name] = coerced(field.type, depth)
    return st.fixed_dictionaries(required, optional=optional)


def filled(kind: GraphQLNonNull[Any], depth: int) -> st.SearchStrategy[Any]:
    """Values of a type that is not null."""
    if isinstance(kind.of_type, GraphQLList):
        return st.lists(coerced(GraphQLNonNull(kind.of_type.of_type), depth + 1), max_size=2)
    return coerced(kind, depth).filter(lambda value: value is not None)


@dataclass(frozen=True, slots=True)
class Refused:
    """A null stands where none may."""


def outcome(build: Callable[[], Any]) -> Any:
    """What is built, or that it is refused."""
    try:
        return build()
    except StrawberryInputCoercionError:
        return Refused()


@pytest.fixture(scope="module")
def plain() -> Iterator[None]:
    """Strawberry converts as it does by itself."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in CORE:
            patch.setattr(kind.extensions[_BACKREF], "from_input", None)
        yield


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("kind", CORE, ids=str)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_an_input_is_what_strawberry_makes_of_it(kind: GraphQLInputObjectType, data: st.DataObject) -> None:
    """Whatever is given, left out or null in it."""
    value = data.draw(objects(kind, 0))
    made = kind.extensions[_BACKREF].origin
    scalars = SCHEMA.schema_converter.scalar_registry
    expected = outcome(lambda: convert_argument(value, made, scalars, StrawberryConfig()))
    built = outcome(lambda: Inputs(StrawberryConfig()).from_input(made, value, CONTEXT))
    assert type(built) is type(expected)
    assert asdict(built) == asdict(expected)


def test_null_is_refused_where_a_field_may_only_be_left_out() -> None:
    """`Maybe[int]` may be absent, not null; `Maybe[str | None]` may be both."""
    inputs = Inputs(StrawberryConfig())
    with pytest.raises(StrawberryInputCoercionError, match="not be null"):
        inputs.from_input(Part, {"name": "a", "count": None}, CONTEXT)
    whole = inputs.from_input(Whole, {"part": {"name": "a"}, "parts": [], "nullable": None}, CONTEXT)
    assert (whole.nullable.value, whole.maybe_parts, whole.part.count) == (None, None, None)
