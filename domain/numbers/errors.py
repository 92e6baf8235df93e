"""Errors of numbers."""

from collections.abc import Sequence

from domain.shared.errors import DomainError, ErrorCode


class NumbersTaken(DomainError):
    """Some of the numbers wanted are not to be had: somebody has them, or nobody sells them here."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(f"not to be had (any more): {', '.join(numbers)}", ErrorCode.NUMBERS_TAKEN)
        self.numbers = tuple(numbers)
