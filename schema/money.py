"""Money on the wire."""

from decimal import Decimal

import strawberry

from domain.shared.money import Money as Amount
from schema.scalars import CurrencyCode


@strawberry.type(description="An exact amount of money.")
class Money:
    """Built from minor units with `money`."""

    amount: Decimal = strawberry.field(description="The amount in major units, with exactly the currency's digits.")
    currency: CurrencyCode = strawberry.field(description="The currency.")


def money(minor: int | None, currency: str) -> Money | None:
    """Money from integer minor units; None stays None."""
    if minor is None:
        return None
    return Money(amount=Amount(minor, currency).amount, currency=CurrencyCode(currency))
