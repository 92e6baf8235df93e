"""Documents that are not run, with every reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError

from domain.shared.errors import ErrorCode


class BadDocument(Exception):
    """The document is not executed: every reason, and what the answer's `extensions` say beside."""

    def __init__(self, errors: Sequence[GraphQLError], extensions: Mapping[str, Any] | None = None) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)
        self.extensions = dict(extensions or {})


def refuse(message: str, code: ErrorCode = ErrorCode.BAD_REQUEST) -> BadDocument:
    """Refuse a document for one reason."""
    return BadDocument([GraphQLError(message, extensions={"code": code.value})])
