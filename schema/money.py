"""Money on the wire."""

from decimal import Decimal
from functools import lru_cache

import strawberry

from domain.shared.money import format_minor
from schema.scalars import CurrencyCode


@strawberry.type(description="An exact amount of money.")
class Money:
    """Built from minor units with `money`."""

    amount: Decimal = strawberry.field(description="The amount in major units, with exactly the currency's digits.")
    currency: CurrencyCode = strawberry.field(description="The currency.")


@lru_cache(maxsize=10_000)
def money(minor: int | None, currency: str) -> Money | None:
    """Money from integer minor units; None stays None.

    Pages hold hundreds, of the same few prices: one object serves each, for nothing changes it, and its amount is text
    from the start.
    """
    if minor is None:
        return None
    made = object.__new__(Money)
    made.__dict__ = {"amount": format_minor(minor, currency), "currency": currency}
    return made
