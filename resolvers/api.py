"""The schema, put together."""

from typing import Final

from graphql import GraphQLInputObjectType
from strawberry.schema import Schema
from strawberry.schema.config import StrawberryConfig

import schema.enums  # noqa: F401 - publishes the domain's enums before a type names one
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

for _type in SCHEMA._schema.type_map.values():  # noqa: SLF001 - graphql-core's own schema has no public name
    # Strawberry keeps to itself what is @oneOf; the SDL says it, and graphql-core checks it, when its own type says it.
    if isinstance(_type, GraphQLInputObjectType) and _type.extensions["strawberry-definition"].is_one_of:
        _type.is_one_of = True
