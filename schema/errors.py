"""Expected failures as types: members of every mutation's result union."""

import strawberry

from domain.shared.errors import ErrorCode, FieldCode
from schema.money import Money


@strawberry.interface(description="Something the mutation could not do, and why.")
class Error:
    """What every error says."""

    code: ErrorCode = strawberry.field(description="The reason, for programs.")
    message: str = strawberry.field(description="The reason, for people.")


@strawberry.type(description="One refused field of an input.")
class FieldProblem:
    """Mirrors domain.shared.errors.FieldError."""

    path: str = strawberry.field(
        description="Dotted path from the input, list positions as numbers: `lines.0.quantity`."
    )
    code: FieldCode = strawberry.field(description="The reason, for programs.")
    message: str = strawberry.field(description="The reason, for people.")


@strawberry.type(description="The input was refused; every problem is listed at once.")
class InvalidInput(Error):
    """Mirrors domain.shared.errors.Invalid."""

    fields: list[FieldProblem] = strawberry.field(description="What is wrong with which field.")


@strawberry.type(description="It does not exist, or not for you: the two look the same.")
class NotFound(Error):
    """Mirrors domain.shared.errors.NotFound."""


@strawberry.type(description="The account has less at its disposal than the order costs.")
class InsufficientCredit(Error):
    """Mirrors domain.billing.errors.InsufficientCredit."""

    short: Money | None = strawberry.field(
        description="How much it lacks; null for others than the account's owner and the seller of that."
    )


@strawberry.type(description="Some of the numbers wanted are not to be had; none was reserved.")
class NumbersTaken(Error):
    """Mirrors domain.numbers.errors.NumbersTaken."""

    numbers: list[str] = strawberry.field(description="Which, as they were asked for.")


@strawberry.type(description="The thing is not in a state that allows this.")
class Conflict(Error):
    """Mirrors domain.shared.errors.Conflict."""

    current: str | None = strawberry.field(description="The state it is in, where it has one.")
    allowed: list[str] = strawberry.field(description="The states it could go to from there.")
