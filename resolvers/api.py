"""The schema, put together."""

from typing import Final

from graphql import GraphQLInputObjectType, lexicographic_sort_schema, print_schema
from strawberry.schema import Schema
from strawberry.schema.config import StrawberryConfig

import schema.enums  # noqa: F401 - publishes the domain's enums before a type names one
from resolvers.inputs import Inputs
from resolvers.mutation import Mutation
from resolvers.query import Query
from resolvers.subscription import LiveUpdates
from schema.scalars import SCALARS

SCHEMA: Final = Schema(
    query=Query,
    mutation=Mutation,
    subscription=LiveUpdates,
    config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
)

_INPUTS: Final = Inputs(SCHEMA.config)

for _type in SCHEMA._schema.type_map.values():  # noqa: SLF001 - graphql-core's own schema has no public name
    if isinstance(_type, GraphQLInputObjectType):
        _definition = _type.extensions["strawberry-definition"]
        _definition.from_input = _INPUTS.from_input
        # Strawberry keeps to itself what is @oneOf; the SDL says it, and graphql-core checks it, when its type says it.
        _type.is_one_of = _definition.is_one_of


def sdl() -> str:
    """The schema in SDL, sorted."""
    return print_schema(lexicographic_sort_schema(SCHEMA._schema)) + "\n"  # noqa: SLF001 - as above
