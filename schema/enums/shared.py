"""Errors and lists."""

from typing import Final

from domain.shared.errors import ErrorCode, FieldCode
from domain.shared.filters import Direction
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    ErrorCode: (
        "ErrorCode",
        "Why something was refused. Codes are only ever added.",
        {
            "BAD_INPUT": "A value of the input was refused; the fields say which.",
            "NOT_FOUND": "It does not exist, or not for you.",
            "FORBIDDEN": "You may see it but not do this.",
            "CONFLICT": "Its state does not allow this now.",
            "ALREADY_EXISTS": "Another one has this name, domain or reference already.",
            "ILLEGAL_TRANSITION": "It cannot go from its state to the one asked for.",
            "ORDER_INCOMPLETE": "The order lacks something; the fields say what.",
            "IDEMPOTENCY_MISMATCH": "This idempotency key was used with another input.",
            "IDEMPOTENCY_IN_PROGRESS": "The first request with this idempotency key still runs; repeat it in a moment.",
            "UNAUTHENTICATED": "No valid credential came with the request.",
            "THROTTLED": "Too much was asked for in too short a time.",
            "BAD_REQUEST": "The request is not GraphQL over HTTP.",
            "INTERNAL": "Our fault; the log has the details under the request id.",
            "BAD_CREDENTIALS": "The password or token is not the right one.",
            "PROTECTED": "It belongs to an account of the customer and stays as it is.",
            "INSUFFICIENT_CREDIT": "The account has less at its disposal than the order costs.",
            "NUMBERS_TAKEN": "Somebody else has some of the numbers, or nobody sells them here.",
            "OWN_SUBMISSION": "Who submitted an order does not decide on it.",
            "OPERATION_IN_PROGRESS": "The instance is being changed by another operation; wait for its end.",
        },
    ),
    FieldCode: (
        "FieldCode",
        "Why one field was refused.",
        {
            "REQUIRED": "It is missing or empty.",
            "INVALID": "It is not of the form it should have.",
            "TOO_LONG": "It is too long.",
            "TOO_SHORT": "It is too short.",
            "OUT_OF_RANGE": "It is too small or too large.",
            "NOT_FOUND": "What it names does not exist for you.",
            "ALREADY_EXISTS": "Another one has this value already.",
            "NOT_ALLOWED": "The value is well-formed but not allowed here.",
            "EXPIRED": "It was good once, or will be, but not on this day.",
            "EXHAUSTED": "It has been used as often as it may be.",
            "NOT_APPLICABLE": "It is good, but for nothing here.",
        },
    ),
    Direction: ("Direction", "Which way a list is sorted.", {"ASC": "Smallest first.", "DESC": "Largest first."}),
}
