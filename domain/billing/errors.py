"""What billing refuses with an error of its own."""

from domain.shared.errors import DomainError, ErrorCode
from domain.shared.money import Money


class InsufficientCredit(DomainError):
    """The account has less at its disposal than something costs; `short` is None for who may not see its amounts."""

    def __init__(self, account: str, short: Money | None) -> None:
        lacks = "not enough" if short is None else f"{short.amount} {short.currency} too little"
        super().__init__(f"{account} has {lacks} at its disposal for this", ErrorCode.INSUFFICIENT_CREDIT)
        self.short = short
