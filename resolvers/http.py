"""GraphQL over HTTP: requests read with every bound checked, answers with the right status."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from graphql import GraphQLError
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from domain.shared.errors import ErrorCode
from resolvers.authentication import authenticate
from resolvers.errors import Unauthenticated, present
from resolvers.execution import BadDocument, Request, prepare, run
from schema.context import Context, House

GRAPHQL_JSON: Final = "application/graphql-response+json"
JSON: Final = "application/json"


class BadRequest(Exception):
    """The request is not GraphQL over HTTP; `status` says in which way."""

    def __init__(self, status: int, message: str, code: ErrorCode = ErrorCode.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


class GraphQLEndpoint:
    """POST /graphql."""

    def __init__(self, house: House, *, max_body_bytes: int) -> None:
        self._house = house
        self._max_body_bytes = max_body_bytes

    async def __call__(self, http: HttpRequest) -> Response:
        """Answer one request; whatever is sent, never with a 500 of the server's own."""
        media_type = JSON
        try:
            media_type = negotiate(http.headers.get("accept"))
            body = await read_body(http, self._max_body_bytes)
            request = read_request(http.headers.get("content-type", ""), body)
            actor = await authenticate(http.headers.get("authorization"), self._house.clock)
        except BadRequest as error:
            return _answer(error.status, media_type, _refusal(error.message, error.code))
        except Unauthenticated as error:
            return _answer(401, media_type, _refusal(error.message, error.code), {"www-authenticate": "Bearer"})
        except Exception as error:  # noqa: BLE001 - with the database away nobody can be authenticated: masked, not a bare 500
            fault = GraphQLError(str(error), original_error=error)
            return _answer(503, media_type, {"errors": [present(fault, http.state.request_id)]})
        context = Context(self._house, actor, http.state.request_id)
        try:
            prepared = prepare(request)
        except BadDocument as error:
            errors = [present(fault, context.request_id) for fault in error.errors]
            return _answer(400 if media_type == GRAPHQL_JSON else 200, media_type, {"errors": errors})
        result = await run(prepared, request, context)
        payload: dict[str, Any] = {"data": result.data}
        if result.errors:
            payload["errors"] = [present(error, context.request_id) for error in result.errors]
        return _answer(200, media_type, payload)


def negotiate(accept: str | None) -> str:
    """The media type to answer with; BadRequest 406 where the client takes neither."""
    if not accept:
        return JSON
    wanted = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    for media_type in wanted:
        if media_type in {GRAPHQL_JSON, JSON}:
            return media_type
        if media_type in {"*/*", "application/*"}:
            return JSON
    raise BadRequest(406, f"answers are {GRAPHQL_JSON} or {JSON}")


async def read_body(http: HttpRequest, limit: int) -> bytes:
    """The body, up to `limit` bytes; BadRequest 413 past it, before it is read whole."""
    message = f"the body is larger than {limit} bytes"
    declared = http.headers.get("content-length", "")
    if declared.isdigit() and len(declared) <= 20 and int(declared) > limit:  # noqa: PLR2004 - what a length can have
        raise BadRequest(413, message)
    body = bytearray()
    try:
        async for chunk in http.stream():
            body += chunk
            if len(body) > limit:
                raise BadRequest(413, message)
    except ClientDisconnect as error:
        raise BadRequest(400, "the client hung up") from error
    return bytes(body)


def read_request(content_type: str, body: bytes) -> Request:
    """The GraphQL request in a JSON body; BadRequest says what is wrong with it."""
    media_type, _, parameters = content_type.partition(";")
    if media_type.strip().lower() != JSON:
        raise BadRequest(415, f"send the request as {JSON}")
    for parameter in parameters.lower().split(";"):
        name, _, charset = parameter.strip().partition("=")
        if name == "charset" and charset.strip('"') not in {"utf-8", "utf8"}:
            raise BadRequest(415, "send the request in UTF-8")
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(400, "the body is not JSON") from error
    if not isinstance(content, dict):
        kind = "batches are not served" if isinstance(content, list) else "the body is not a JSON object"
        raise BadRequest(400, kind)
    return _checked(content)


def _checked(content: Mapping[str, Any]) -> Request:
    query, variables = content.get("query"), content.get("variables")
    operation_name, extensions = content.get("operationName"), content.get("extensions")
    if not isinstance(query, str) or not query:
        raise BadRequest(400, "query must be a text")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest(400, "variables must be an object")
    if operation_name is not None and not isinstance(operation_name, str):
        raise BadRequest(400, "operationName must be a text")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest(400, "extensions must be an object")
    return Request(query, variables, operation_name)


def _refusal(message: str, code: ErrorCode) -> dict[str, Any]:
    return {"errors": [GraphQLError(message, extensions={"code": code.value}).formatted]}


def _answer(
    status: int, media_type: str, payload: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        orjson.dumps(payload, default=str),
        status_code=status,
        media_type=f"{media_type}; charset=utf-8",
        headers=dict(headers) if headers else None,
    )
