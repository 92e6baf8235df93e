"""The schema, put together."""

from typing import Final

from strawberry.schema.config import StrawberryConfig

import schema.enums  # noqa: F401 - publishes the domain's enums before a type names one
from resolvers.mutation import Mutation
from resolvers.query import Query
from resolvers.subscription import LiveUpdates
from resolvers.websocket import LiveSchema
from schema.scalars import SCALARS

SCHEMA: Final = LiveSchema(
    query=Query,
    mutation=Mutation,
    subscription=LiveUpdates,
    config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
)
