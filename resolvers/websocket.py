"""GraphQL over WebSocket (graphql-transport-ws): who may open one, and what it may run."""

from typing import Any

from graphql import GraphQLError
from starlette.requests import Request
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.schema import Schema
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionContext
from strawberry.types.unset import UNSET, UnsetType
from uuid_utils.compat import uuid7

from resolvers.authentication import authenticate
from resolvers.errors import Unauthenticated, present
from schema.context import Context, House


class LiveSchema(Schema):
    """The same schema, whose errors are masked on their way out as over HTTP."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Rewrite each error in place: Strawberry's handler formats these very objects."""
        context = execution_context.context if execution_context else None
        request_id = context.request_id if isinstance(context, Context) else ""
        for error in errors:
            shown = present(error, request_id)
            error.message, error.extensions = shown["message"], shown["extensions"]


class WebSocketEndpoint(GraphQL[Context, None]):
    """Strawberry's protocol handler with our credentials: a header, or `authorization` in the connection's payload."""

    def __init__(self, schema: Schema, house: House, *, allowed_origins: list[str]) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            max_subscriptions_per_connection=20,
            allowed_origins=allowed_origins,
        )
        self._house = house

    async def get_context(self, request: Request | WebSocket, response: object) -> Context:  # noqa: ARG002 - Strawberry's signature
        """The connection's context; who asks may still come with its payload."""
        try:
            actor = await authenticate(request.headers.get("authorization"), self._house.clock)
        except Unauthenticated:
            actor = None
        return Context(self._house, actor, str(uuid7()), connection_params={})

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, Any] | None:
        """Accept a connection that says who it is; the others are closed with 4403."""
        params = context.connection_params
        given = params.get("authorization", params.get("Authorization")) if isinstance(params, dict) else None
        if isinstance(given, str):
            try:
                context.actor = await authenticate(given, self._house.clock)
            except Unauthenticated as error:
                raise ConnectionRejectionError from error
        if context.actor is None:
            raise ConnectionRejectionError
        accepted: UnsetType = UNSET
        return accepted
