"""What a plan is offered for: the type."""

from typing import Final

import strawberry

from domain.catalog.models import SalesModel
from schema.money import Money
from schema.reading import Reader, column, cost, margin, member, price
from schema.scalars import CurrencyCode


@strawberry.type(description="A sales model by which you can buy a plan today, or sell it on, in your own currency.")
class Offer:
    """Read from what `domain.pricing.offers.offers_of` resolves."""

    sales_model: SalesModel = strawberry.field(description="How often the price falls due.")
    currency: CurrencyCode = strawberry.field(description="The currency of its amounts.")
    price: Money | None = strawberry.field(
        description="What all your buyers pay you for a unit (a customer: what it pays); null while you ask nothing."
    )
    cost: Money | None = strawberry.field(description="What you pay your seller for a unit; null if you have no cost.")
    margin: Money | None = strawberry.field(description="Price less cost; null if you have no cost or no price.")


OFFER: Final = Reader(
    Offer,
    {
        "sales_model": member(SalesModel, "sales_model"),
        "currency": column("currency"),
        "price": price("tier_unit_minor"),
        "cost": cost("tier_unit_minor"),
        "margin": margin("tier_unit_minor"),
    },
)
