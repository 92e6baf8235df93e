"""Resolving prices down a resale chain, and what price lists may hold: pure decisions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from domain.catalog.models import SalesModel
from domain.shared.actor import OrganizationKind
from domain.shared.errors import FieldCode, FieldError
from domain.shared.money import Money, round_minor
from domain.shared.texts import check_text

MAX_PRICES: Final = 10_000  # set in one call
_MAX_NAME: Final = 200
_MAX_MARKUP: Final = Decimal(10_000)
_MARKUP_PLACES: Final = 4  # of the column
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


def resolve_tiers(
    sellers: Sequence[UUID], offers: Mapping[UUID, Sequence[Offer]], *, agreed: int | None = None, first: int = 1
) -> list[int] | None:
    """The unit price of every edge, from the root seller down; None when some seller does not sell it.

    For each seller the list for this one buyer comes first, then the one for all; within that order an explicit price
    beats any markup. Edge `first` (from 1) is that of the plan's owner: it has no cost within the system, so only an
    explicit price will do there, and the edges above it cost nothing. `agreed` is what the last seller has agreed with
    its buyer in a contract: it beats the lists of that seller.
    """
    tiers: list[int] = []
    for place, seller in enumerate(sellers, start=1):
        own = sorted(offers.get(seller, ()), key=lambda offer: not offer.for_one_buyer)
        explicit = next((offer.unit_minor for offer in own if offer.unit_minor is not None), None)
        markup = next((offer.markup_percent for offer in own if offer.markup_percent is not None), None)
        if place < first:
            tiers.append(0)
        elif agreed is not None and place == len(sellers):
            tiers.append(agreed)
        elif explicit is not None:
            tiers.append(explicit)
        elif markup is not None and place > first:
            tiers.append(round_minor(tiers[-1] * (_WHOLE + markup) / _WHOLE))
        else:
            return None
    return tiers


@dataclass(frozen=True, slots=True)
class PriceListDraft:
    """A list to publish: for one buyer or (None) for all, with a markup on cost for what has no price of its own."""

    name: str
    currency: str
    markup_percent: Decimal | None
    buyer_id: UUID | None


def check_price_list(draft: PriceListDraft, seller: OrganizationKind) -> list[FieldError]:
    """Everything wrong with a price list's draft."""
    problems = check_text("name", draft.name, max_length=_MAX_NAME)
    markup = draft.markup_percent
    if markup is None:
        return problems
    if seller is OrganizationKind.DISTRIBUTOR:
        message = "a distributor has no cost here to mark up: set prices"
        problems.append(FieldError("markupPercent", FieldCode.NOT_ALLOWED, message))
    elif not 0 <= markup <= _MAX_MARKUP:
        message = f"must be between 0 and {_MAX_MARKUP}"
        problems.append(FieldError("markupPercent", FieldCode.OUT_OF_RANGE, message))
    elif markup != round(markup, _MARKUP_PLACES):
        message = f"has more than {_MARKUP_PLACES} decimal places"
        problems.append(FieldError("markupPercent", FieldCode.INVALID, message))
    return problems


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """A price to set: major units, for local dates [valid_from, valid_until)."""

    plan_id: UUID
    sales_model: SalesModel
    amount: Decimal
    valid_from: date
    valid_until: date | None = None

    @property
    def key(self) -> tuple[UUID, SalesModel, date]:
        """What there is one of on a list."""
        return self.plan_id, self.sales_model, self.valid_from


Sellable = Mapping[UUID, Collection[str]]  # plans that a seller can offer, with the sales models they are sold by


def check_prices(prices: Sequence[PriceDraft], currency: str, plans: Sellable) -> list[FieldError]:
    """Everything wrong with the prices of one call; `plans` are those that the seller can offer."""
    if not prices:
        return [FieldError("prices", FieldCode.REQUIRED, "name at least one price")]
    if len(prices) > MAX_PRICES:
        message = f"has {len(prices)} prices, at most {MAX_PRICES} are allowed"
        return [FieldError("prices", FieldCode.TOO_LONG, message)]
    problems: list[FieldError] = []
    places: dict[tuple[UUID, SalesModel, date], int] = {}
    for place, price in enumerate(prices):
        problems += _check_price(f"prices.{place}", price, currency, plans)
        before = places.setdefault(price.key, place)
        if before != place:
            message = f"prices.{before} sets the same plan and sales model from the same day"
            problems.append(FieldError(f"prices.{place}", FieldCode.ALREADY_EXISTS, message))
    return problems


def _check_price(path: str, price: PriceDraft, currency: str, plans: Sellable) -> Iterator[FieldError]:
    if price.plan_id not in plans:
        yield FieldError(f"{path}.planId", FieldCode.NOT_FOUND, "no such plan is offered to you")
    elif price.sales_model not in plans[price.plan_id]:
        yield FieldError(f"{path}.salesModel", FieldCode.NOT_ALLOWED, f"the plan is not sold {price.sales_model}")
    yield from check_amount(f"{path}.amount", price.amount, currency)
    if price.valid_until is not None and price.valid_until <= price.valid_from:
        yield FieldError(f"{path}.validUntil", FieldCode.OUT_OF_RANGE, f"must lie after {price.valid_from}")


def check_amount(path: str, amount: Decimal, currency: str) -> list[FieldError]:
    """A price in major units: not negative, with at most the currency's digits, and of 64 bits."""
    try:
        minor = Money.of(amount, currency).minor
    except ValueError as error:
        return [FieldError(path, FieldCode.INVALID, str(error))]
    return [FieldError(path, FieldCode.OUT_OF_RANGE, "must not be negative")] if minor < 0 else []
