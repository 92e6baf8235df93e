"""Requests as they come over the wire: read with every bound checked, refused with the reason."""

from collections.abc import Mapping
from json import JSONDecoder
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
import orjson
from starlette.types import Receive

from domain.shared.errors import ErrorCode
from integrations.deadlines import Deadlines
from resolvers.execution import Request, takes_bulk
from resolvers.limits import BULK_BYTES, BULK_MUTATIONS, LIMITS

_JSON: Final = "application/json"
_BODY: Final = Deadlines(10.0)
_MAX_MEMBERS: Final = 60_000  # of all objects together; colons in texts count too
_PARAMETERS: Final = frozenset({"query", "operationName", "variables", "extensions", "documentId"})


class BadRequest(Exception):
    """The request is not GraphQL over HTTP; `status` says in which way."""

    def __init__(self, status: int, message: str, code: ErrorCode = ErrorCode.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


async def read_body(receive: Receive, declared: str, limit: int, *, deadlines: Deadlines = _BODY) -> bytes:
    """The body, of the `declared` length if any was; BadRequest 413 past `limit` bytes, 408 when it comes too late.

    One past the limit is refused before it is read whole.
    """
    message = f"the body is larger than {limit} bytes"
    if declared.isdigit() and len(declared) <= 20 and int(declared) > limit:  # noqa: PLR2004 - what a length can have
        raise BadRequest(413, message)
    body, more = bytearray(), True
    try:
        with deadlines.next():
            while more:
                part = await receive()
                if part["type"] == "http.disconnect":
                    raise BadRequest(400, "the client hung up")
                body += part.get("body", b"")
                more = part.get("more_body", False)
                if len(body) > limit:
                    raise BadRequest(413, message)
    except TimeoutError as error:
        raise BadRequest(408, f"the body did not come within {deadlines.seconds:g} s") from error
    return bytes(body)


def check_content(content_type: str, content_encoding: str) -> None:
    """Raise BadRequest 415 unless the body is plain UTF-8 JSON: no form, no upload, nothing packed.

    Browsers send forms and plain text to foreign sites without asking, but never JSON.
    """
    media_type, _, parameters = content_type.partition(";")
    if media_type.strip().lower() != _JSON:
        raise BadRequest(415, f"send the request as {_JSON}")
    for parameter in parameters.lower().split(";"):
        name, _, charset = parameter.strip().partition("=")
        if name == "charset" and charset.strip('"') not in {"utf-8", "utf8"}:
            raise BadRequest(415, "send the request in UTF-8")
    if content_encoding.strip().lower() not in {"", "identity"}:
        raise BadRequest(415, "send the request without a content-encoding")


def read_json(body: bytes | str) -> Any:
    """The JSON value of a text; BadRequest 400 if it is none, or an object in it has a key twice.

    Of two equal keys, programs on the way may read the one, we the other.
    """
    text = body.encode() if isinstance(body, str) else body
    if text.count(b":") > _MAX_MEMBERS:
        raise BadRequest(413, f"the body's objects have more than {_MAX_MEMBERS} members")
    try:
        content = orjson.loads(text)
        _DUPLICATES.raw_decode(text.decode().lstrip())
    except orjson.JSONDecodeError as error:
        raise BadRequest(400, "the body is not JSON") from error
    except RecursionError as error:
        raise BadRequest(400, "the body is nested too deeply") from error
    return content


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) > 1:
        names = {name for name, _ in pairs}
        if len(names) < len(pairs):
            raise BadRequest(400, "an object of the body has a key twice")


def _skip(_digits: str) -> None:
    """Read no number: only keys are looked at, and integers of a million digits are slow."""


_DUPLICATES: Final = JSONDecoder(object_pairs_hook=_refuse_duplicates, parse_int=_skip, parse_float=_skip)


class _Envelope(msgspec.Struct):
    """The part of a large request that says whether the rest is read."""

    query: str | None = None


def read_request(body: bytes) -> Request:
    """The GraphQL request in a JSON body; BadRequest says what is wrong with it."""
    if len(body) <= BULK_BYTES:
        return checked(read_json(body))
    query = _query_of(body)
    if query is not None and len(query) > LIMITS["characters"]:
        return Request(query, None, None)  # as a document it will be refused, with its limit named
    if query is None or not takes_bulk(query):
        takes = ", ".join(sorted(BULK_MUTATIONS))
        raise BadRequest(413, f"the body is larger than {BULK_BYTES} bytes; only {takes} may bring more, by their text")
    return checked(read_json(body))


def _query_of(body: bytes) -> str | None:
    """The document in a large body, whose other parts are passed over."""
    try:
        return msgspec.json.decode(body, type=_Envelope).query
    except msgspec.ValidationError as error:
        message = "query must be a text" if "$.query" in str(error) else "the request is not a JSON object"
        raise BadRequest(400, message) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadRequest(400, "the body is not JSON, or nested too deeply") from error


def read_address(query: bytes) -> Request:
    """The GraphQL request in an address's query; BadRequest says what is wrong with it."""
    try:
        pairs = parse_qsl(query.decode(), keep_blank_values=True, max_num_fields=20, errors="strict")
    except (UnicodeDecodeError, ValueError) as error:
        raise BadRequest(400, "the address's query is malformed") from error
    parameters: dict[str, Any] = {}
    for name, value in pairs:
        if name in parameters:
            raise BadRequest(400, "the address has a parameter twice")
        if name in _PARAMETERS:
            parameters[name] = read_json(value) if name in {"variables", "extensions"} and value else value or None
    return checked(parameters)


def checked(content: object) -> Request:
    """The GraphQL request in a JSON object; BadRequest says what is wrong with it."""
    if not isinstance(content, Mapping):
        is_batch = isinstance(content, list)
        raise BadRequest(400, "batches are not served" if is_batch else "the request is not a JSON object")
    texts = {name: content.get(name) for name in ("query", "operationName", "documentId")}
    objects = {name: content.get(name) for name in ("variables", "extensions")}
    for name, text in texts.items():
        if text is not None and not isinstance(text, str):
            raise BadRequest(400, f"{name} must be a text")
    for name, value in objects.items():
        if value is not None and not isinstance(value, dict):
            raise BadRequest(400, f"{name} must be an object")
    names_document = texts["documentId"] or "persistedQuery" in (objects["extensions"] or {})
    if not texts["query"] and (texts["query"] == "" or not names_document):
        raise BadRequest(400, "query must be a text")
    return Request(
        texts["query"], objects["variables"], texts["operationName"], objects["extensions"], texts["documentId"]
    )
