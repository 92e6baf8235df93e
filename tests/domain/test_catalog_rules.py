"""Prices resolved down a resale chain."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pricing.rules import Offer, resolve_tiers
from domain.shared.money import round_minor

ROOT, MIDDLE, LAST = UUID(int=1), UUID(int=2), UUID(int=3)
SELLERS = (ROOT, MIDDLE, LAST)
PRICES = st.integers(0, 10**9)
MARKUPS = st.decimals(Decimal(0), Decimal(500), places=4)


def price(seller: UUID, minor: int, *, for_one_buyer: bool = False) -> Offer:
    """An explicit price."""
    return Offer(seller, for_one_buyer, minor, None)


def markup(seller: UUID, percent: str, *, for_one_buyer: bool = False) -> Offer:
    """A markup on the seller's own cost."""
    return Offer(seller, for_one_buyer, None, Decimal(percent))


@pytest.mark.parametrize(
    ("middle", "expected"),
    [
        ([price(MIDDLE, 999)], 999),
        ([markup(MIDDLE, "12.5")], 956),
        ([markup(MIDDLE, "0")], 850),
        ([markup(MIDDLE, "12.5"), price(MIDDLE, 999)], 999),
        ([Offer(MIDDLE, False, 999, Decimal(50))], 999),
        ([price(MIDDLE, 999), price(MIDDLE, 900, for_one_buyer=True)], 900),
        ([markup(MIDDLE, "10"), markup(MIDDLE, "20", for_one_buyer=True)], 1020),
        ([price(MIDDLE, 999), markup(MIDDLE, "20", for_one_buyer=True)], 999),
        ([price(MIDDLE, 0)], 0),
    ],
)
def test_a_seller_asks_its_explicit_price_else_its_markup(middle: list[Offer], expected: int) -> None:
    """On a cost of 8.50: an explicit price beats any markup, and the list for this one buyer the list for all."""
    offers = {ROOT: [price(ROOT, 850)], MIDDLE: middle}
    assert resolve_tiers([ROOT, MIDDLE], offers) == [850, expected]
    assert resolve_tiers([ROOT, MIDDLE], offers | {MIDDLE: middle[::-1]}) == [850, expected]


@pytest.mark.parametrize(
    "offers",
    [
        {},
        {ROOT: [markup(ROOT, "10")], MIDDLE: [price(MIDDLE, 5)], LAST: [price(LAST, 5)]},
        {ROOT: [price(ROOT, 5)], LAST: [price(LAST, 9)]},
        {ROOT: [price(ROOT, 5)], MIDDLE: [], LAST: [price(LAST, 9)]},
        {ROOT: [price(ROOT, 5)], MIDDLE: [Offer(MIDDLE, False, None, None)], LAST: [price(LAST, 9)]},
        {ROOT: [price(ROOT, 5)], MIDDLE: [price(MIDDLE, 5)]},
    ],
)
def test_what_one_seller_of_the_chain_does_not_sell_is_not_sold(offers: dict[UUID, list[Offer]]) -> None:
    """A gap anywhere in the chain, or a root with nothing but a markup, means that the thing cannot be had."""
    assert resolve_tiers(SELLERS, offers) is None


@given(PRICES, MARKUPS, MARKUPS)
def test_each_markup_is_taken_on_the_price_of_the_edge_above(root: int, first: Decimal, second: Decimal) -> None:
    """Rounded half up once an edge, the next edge builds on the rounded price; no edge is cheaper than its cost."""
    offers = {ROOT: [price(ROOT, root)], MIDDLE: [markup(MIDDLE, str(first))], LAST: [markup(LAST, str(second))]}
    tiers = resolve_tiers(SELLERS, offers)
    assert tiers is not None
    middle = round_minor(root * (100 + first) / 100)
    assert tiers == [root, middle, round_minor(middle * (100 + second) / 100)]
    assert tiers == sorted(tiers)


@given(st.lists(st.tuples(PRICES, PRICES), min_size=3, max_size=3))
def test_an_explicit_price_on_every_edge_needs_no_arithmetic(pairs: list[tuple[int, int]]) -> None:
    """Each seller's own price stands, the one for this buyer first, whatever the others ask."""
    offers = {
        seller: [price(seller, for_all), price(seller, for_one, for_one_buyer=True)]
        for seller, (for_all, for_one) in zip(SELLERS, pairs, strict=True)
    }
    assert resolve_tiers(SELLERS, offers) == [for_one for _, for_one in pairs]


@pytest.mark.parametrize("last", [[], [price(LAST, 5)], [markup(LAST, "10")], [price(LAST, 7, for_one_buyer=True)]])
def test_a_contract_beats_the_lists_of_its_seller(last: list[Offer]) -> None:
    """What is agreed stands on the last edge alone, whether its seller has a price or none."""
    offers = {ROOT: [price(ROOT, 850)], MIDDLE: [markup(MIDDLE, "10")], LAST: last}
    assert resolve_tiers(SELLERS, offers, agreed=900) == [850, 935, 900]
    assert resolve_tiers(SELLERS, offers | {MIDDLE: []}, agreed=900) is None


def test_another_sellers_list_does_not_leak_into_the_chain() -> None:
    """Offers of sellers who are not in the chain are never looked at."""
    offers = {ROOT: [price(ROOT, 850)], LAST: [price(LAST, 1)]}
    assert resolve_tiers([ROOT], offers) == [850]


def test_a_plan_of_a_seller_further_down_costs_nothing_above_it() -> None:
    """Its owner sells it first, by an explicit price whatever markups there are; sellers above have no part in it."""
    offers = {ROOT: [markup(ROOT, "10")], MIDDLE: [price(MIDDLE, 900)], LAST: [markup(LAST, "10")]}
    assert resolve_tiers(SELLERS, offers, first=2) == [0, 900, 990]
    assert resolve_tiers(SELLERS, offers | {MIDDLE: [markup(MIDDLE, "10")]}, first=2) is None
