"""Expected failures: one class a kind, one enum of codes; each becomes a member of the API's result unions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class ErrorCode(StrEnum):
    """Every code a client can meet. Codes are only ever added."""

    BAD_INPUT = "BAD_INPUT"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    CONFLICT = "CONFLICT"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    ILLEGAL_TRANSITION = "ILLEGAL_TRANSITION"
    ORDER_INCOMPLETE = "ORDER_INCOMPLETE"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    IDEMPOTENCY_IN_PROGRESS = "IDEMPOTENCY_IN_PROGRESS"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    THROTTLED = "THROTTLED"
    BAD_REQUEST = "BAD_REQUEST"
    INTERNAL = "INTERNAL"
    BAD_CREDENTIALS = "BAD_CREDENTIALS"
    PROTECTED = "PROTECTED"
    INSUFFICIENT_CREDIT = "INSUFFICIENT_CREDIT"
    NUMBERS_TAKEN = "NUMBERS_TAKEN"
    OWN_SUBMISSION = "OWN_SUBMISSION"
    OPERATION_IN_PROGRESS = "OPERATION_IN_PROGRESS"


class FieldCode(StrEnum):
    """Why one field of an input was refused."""

    REQUIRED = "REQUIRED"
    INVALID = "INVALID"
    TOO_LONG = "TOO_LONG"
    TOO_SHORT = "TOO_SHORT"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    NOT_FOUND = "NOT_FOUND"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    NOT_ALLOWED = "NOT_ALLOWED"
    EXPIRED = "EXPIRED"
    EXHAUSTED = "EXHAUSTED"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One refused field; `path` is dotted from the input, list positions as numbers (`lines.0.quantity`)."""

    path: str
    code: FieldCode
    message: str


class DomainError(Exception):
    """An expected failure with a code from the one enum and a message a person can act on."""

    def __init__(self, message: str, code: ErrorCode) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class NotFound(DomainError):
    """The row does not exist for this actor: missing and foreign rows answer alike."""

    def __init__(self, what: str, identifier: str = "") -> None:
        super().__init__(f"{what} {identifier} was not found".replace("  ", " "), ErrorCode.NOT_FOUND)


class Forbidden(DomainError):
    """The actor sees the row but may not do this to it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, ErrorCode.FORBIDDEN)


class Invalid(DomainError):
    """The input was refused; `fields` lists every reason at once."""

    def __init__(self, fields: Sequence[FieldError], code: ErrorCode = ErrorCode.BAD_INPUT) -> None:
        super().__init__("; ".join(f"{field.path}: {field.message}" for field in fields), code)
        self.fields = tuple(fields)


class Conflict(DomainError):
    """The thing's state does not allow this; says the state it is in and what is allowed from there."""

    def __init__(
        self,
        message: str,
        code: ErrorCode = ErrorCode.CONFLICT,
        *,
        current: str | None = None,
        allowed: Sequence[str] = (),
    ) -> None:
        super().__init__(message, code)
        self.current = current
        self.allowed = tuple(allowed)


class IllegalTransition(Conflict):
    """A state machine was asked for a move that its table does not have."""

    def __init__(self, what: str, current: str, target: str, allowed: Sequence[str]) -> None:
        message = f"{what} is {current} and cannot become {target}"
        super().__init__(message, ErrorCode.ILLEGAL_TRANSITION, current=current, allowed=allowed)


class BadCredentials(DomainError):
    """The secret is not the right one; unknown people and wrong passwords answer alike."""

    def __init__(self, message: str) -> None:
        super().__init__(message, ErrorCode.BAD_CREDENTIALS)


class Throttled(DomainError):
    """Too much was tried in too short a time; says when to come back."""

    def __init__(self, message: str, retry_after: timedelta) -> None:
        super().__init__(message, ErrorCode.THROTTLED)
        self.retry_after = retry_after
