"""Resolving prices down a resale chain: each seller's explicit price, else its markup on its own cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from domain.shared.money import round_minor

_WHOLE: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Offer:
    """What one seller's price list says about one plan for one buyer: an explicit unit price, or a markup on cost.

    `for_one_buyer` marks a list published for just this buyer: it beats the list for all.
    """

    seller_id: UUID
    for_one_buyer: bool
    unit_minor: int | None
    markup_percent: Decimal | None


def resolve_tiers(sellers: Sequence[UUID], offers: Mapping[UUID, Sequence[Offer]]) -> list[int] | None:
    """The unit price of every edge, from the root seller down; None when some seller does not sell it.

    For each seller the list for this one buyer comes first, then the one for all; within that order an explicit price
    beats any markup. The root seller has no cost within the system, so only an explicit price will do there.
    """
    tiers: list[int] = []
    for seller in sellers:
        own = sorted(offers.get(seller, ()), key=lambda offer: not offer.for_one_buyer)
        explicit = next((offer.unit_minor for offer in own if offer.unit_minor is not None), None)
        markup = next((offer.markup_percent for offer in own if offer.markup_percent is not None), None)
        if explicit is not None:
            tiers.append(explicit)
        elif markup is not None and tiers:
            tiers.append(round_minor(tiers[-1] * (_WHOLE + markup) / _WHOLE))
        else:
            return None
    return tiers
