"""Errors on their way out: expected ones become union members or coded errors, all others are masked."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from graphql import GraphQLError

from domain.billing.errors import InsufficientCredit as DomainInsufficientCredit
from domain.numbers.errors import NumbersTaken as DomainNumbersTaken
from domain.shared.errors import BadCredentials, DomainError, ErrorCode, Invalid, Throttled
from domain.shared.errors import Conflict as DomainConflict
from domain.shared.errors import IllegalTransition as DomainIllegalTransition
from domain.shared.errors import NotFound as DomainNotFound
from schema.errors import Conflict, Error, FieldProblem, InsufficientCredit, InvalidInput, NotFound, NumbersTaken
from schema.money import money
from schema.signing_in import InvalidCredentials

log = structlog.get_logger(__name__)


class Unauthenticated(DomainError):
    """Nobody asks, or with a credential that is not valid."""

    def __init__(self) -> None:
        super().__init__("send a valid token: Authorization: Bearer …", ErrorCode.UNAUTHENTICATED)


def _invalid(error: Invalid) -> Error:
    problems = [FieldProblem(path=field.path, code=field.code, message=field.message) for field in error.fields]
    return InvalidInput(code=error.code, message=error.message, fields=problems)


def _not_found(error: DomainNotFound) -> Error:
    return NotFound(code=error.code, message=error.message)


def _insufficient_credit(error: DomainInsufficientCredit) -> Error:
    short = money(error.short.minor, error.short.currency) if error.short else None
    return InsufficientCredit(code=error.code, message=error.message, short=short)


def _numbers_taken(error: DomainNumbersTaken) -> Error:
    return NumbersTaken(code=error.code, message=error.message, numbers=list(error.numbers))


def _conflict(error: DomainConflict) -> Error:
    return Conflict(code=error.code, message=error.message, current=error.current, allowed=list(error.allowed))


def _bad_credentials(error: BadCredentials) -> Error:
    return InvalidCredentials(code=error.code, message=error.message)


# Domain exception -> member of the result unions. What stands not here (Forbidden, Unauthenticated) is top-level.
_MEMBERS: Final[Mapping[type[DomainError], Callable[[Any], Error]]] = {
    Invalid: _invalid,
    DomainNotFound: _not_found,
    DomainConflict: _conflict,
    DomainIllegalTransition: _conflict,
    BadCredentials: _bad_credentials,
    DomainInsufficientCredit: _insufficient_credit,
    DomainNumbersTaken: _numbers_taken,
}


def as_result(error: DomainError) -> Error:
    """The union member that says what this exception says; one that has none is raised again, for the top level."""
    make = _MEMBERS.get(type(error))
    if make is None:
        raise error
    return make(error)


def extensions_of(error: DomainError) -> dict[str, Any]:
    """What a top-level error says beside its message."""
    extensions: dict[str, Any] = {"code": error.code.value}
    if isinstance(error, Invalid):
        extensions["fields"] = [
            {"path": field.path, "code": field.code.value, "message": field.message} for field in error.fields
        ]
    if isinstance(error, Throttled):
        extensions["retryAfterSeconds"] = error.retry_after.total_seconds()
    return extensions


def present(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """A top-level error as the client gets it: coded when expected, else masked, with a request id the log has."""
    original = error.original_error
    formatted: dict[str, Any] = dict(error.formatted)
    if original is None or isinstance(original, GraphQLError):
        extensions = {"code": ErrorCode.BAD_REQUEST.value, **(error.extensions or {})}
    elif isinstance(original, DomainError):
        extensions = extensions_of(original)
    else:
        log.error("request.failed", request_id=request_id, path=error.path, exc_info=original)
        formatted["message"] = f"Something went wrong on our side. Tell us the request id {request_id}."
        extensions = {"code": ErrorCode.INTERNAL.value, "requestId": request_id}
    formatted["extensions"] = extensions
    return formatted
