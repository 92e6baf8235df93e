"""The prices of a page, resolved by one statement, are those that the pure rule finds one by one."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from domain.catalog.models import SalesModel
from domain.pricing.offers import resolve_page
from domain.pricing.queries import tier_prices
from domain.pricing.rules import Offer, resolve_tiers
from domain.shared import database
from domain.shared.ids import decode
from tests.house import Api, plant_tree

CURRENCIES: Final = ("USD", "JPY")
TODAY: Final = date(2026, 6, 1)
PLANS: Final = 3
MARKUPS: Final = st.one_of(st.none(), st.decimals(0, 400, places=4), st.sampled_from([Decimal(0), Decimal("12.5")]))
# Sizes at which a rate of four decimals comes to a half, and sizes beyond what a double holds exactly.
UNITS: Final = st.one_of(st.integers(0, 2000), st.integers(0, 10**15), st.sampled_from([0, 1, 5, 50, 850, 10**15]))


@dataclass(frozen=True, slots=True)
class DrawnPrice:
    """A price of a drawn list; days are counted from today."""

    plan: int
    sales_model: SalesModel
    unit_minor: int
    since: int
    days: int | None

    @property
    def holds(self) -> bool:
        """Whether it holds today."""
        return self.since <= 0 and (self.days is None or self.since + self.days > 0)


@dataclass(frozen=True, slots=True)
class DrawnList:
    """A list of one seller of the chain, for its buyer in the chain, another one, or all."""

    seller: int
    buyer: str
    currency: str
    markup: Decimal | None
    prices: tuple[DrawnPrice, ...]


PRICES: Final = st.builds(
    DrawnPrice,
    plan=st.integers(0, PLANS - 1),
    sales_model=st.sampled_from(SalesModel),
    unit_minor=UNITS,
    since=st.integers(-3, 2),
    days=st.one_of(st.none(), st.integers(1, 5)),
)
LISTS: Final = st.builds(
    DrawnList,
    seller=st.integers(0, 2),
    buyer=st.sampled_from(["all", "chain", "other"]),
    currency=st.sampled_from(CURRENCIES),
    markup=MARKUPS,
    prices=st.lists(PRICES, max_size=12, unique_by=lambda p: (p.plan, p.sales_model, p.since)).map(tuple),
)
# Most chains hold: the root sells something, and most sellers below have a list.
ROOTS: Final = st.builds(
    DrawnList,
    seller=st.just(0),
    buyer=st.sampled_from(["all", "chain"]),
    currency=st.sampled_from(CURRENCIES),
    markup=MARKUPS,
    prices=st.lists(PRICES, min_size=4, max_size=12, unique_by=lambda p: (p.plan, p.sales_model, p.since)).map(tuple),
)


def distinct(lists: list[DrawnList]) -> list[DrawnList]:
    """The last list of each seller, buyer and currency: there is one of each."""
    return list({(one.seller, one.buyer, one.currency): one for one in lists}.values())


WORLDS: Final = st.builds(
    lambda roots, rest: distinct([*rest, *roots]),
    st.lists(ROOTS, min_size=1, max_size=2),
    st.lists(LISTS, min_size=2, max_size=12),
)


@dataclass(frozen=True, slots=True)
class Ground:
    """Organizations and plans that stand; each example hangs its own lists on them and is rolled back."""

    chain: list[UUID]
    other: UUID
    plans: list[UUID]


class Undone(Exception):
    """Takes back what an example has written."""


@pytest.fixture(scope="module")
async def standing_ground(api: Api) -> Ground:
    """Five organizations of any kind and three plans: prices look at nothing else of them."""
    tree = await plant_tree(uuid7().hex)
    root = decode("Organization", tree.distributor_id)
    rows = await database.fetch(
        "INSERT INTO organizations "
        "(id, kind, parent_id, scope, name, name_key, company, time_zone, currency, created_at) "
        "SELECT gen_random_uuid(), 'PARTNER', id, scope || (900000 + n) || '.', 'N' || n, 'n' || n, '', time_zone, "
        "currency, now() FROM organizations, generate_series(1, 4) AS n WHERE id = $1 RETURNING id",
        root,
    )
    made = [row["id"] for row in rows]
    plans = sorted(decode("Plan", plan) for plan in tree.plans.values())[:PLANS]
    await database.execute("DELETE FROM prices WHERE plan_id = ANY($1)", plans)
    await database.execute("DELETE FROM price_lists WHERE seller_id = $1", root)
    return Ground([root, *made[:3]], made[3], plans)


async def hang(here: Ground, lists: list[DrawnList]) -> None:
    """Write the lists of an example."""
    for place, drawn in enumerate(lists):
        list_id = uuid7()
        buyer = {"all": None, "chain": here.chain[drawn.seller + 1], "other": here.other}[drawn.buyer]
        await database.execute(
            "INSERT INTO price_lists (id, seller_id, buyer_id, scope, name, currency, markup_percent, created_at) "
            "VALUES ($1, $2, $3, '', $4, $5, $6, now())",
            list_id, here.chain[drawn.seller], buyer, f"L{place}", drawn.currency, drawn.markup,
        )  # fmt: skip
        await database.execute_many(
            "INSERT INTO prices (id, price_list_id, plan_id, sales_model, unit_minor, valid_from, valid_until) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7)",
            [
                (
                    uuid7(), list_id, here.plans[one.plan], one.sales_model.value, one.unit_minor,
                    TODAY + timedelta(days=one.since),
                    None if one.days is None else TODAY + timedelta(days=one.since + one.days),
                )
                for one in drawn.prices
            ],
        )  # fmt: skip


def expected(here: Ground, edges: int, lists: list[DrawnList]) -> dict[tuple[UUID, str, str], list[int]]:
    """What the pure rule says, one plan, sales model and currency after the other."""
    found = {}
    for currency in CURRENCIES:
        for plan in range(PLANS):
            for model in SalesModel:
                offers: dict[UUID, list[Offer]] = {}
                for drawn in lists:
                    if drawn.currency == currency and drawn.buyer != "other":
                        held = [p for p in drawn.prices if p.holds and (p.plan, p.sales_model) == (plan, model)]
                        newest = max(held, key=lambda p: p.since, default=None)
                        unit = newest.unit_minor if newest else None
                        offer = Offer(here.chain[drawn.seller], drawn.buyer == "chain", unit, drawn.markup)
                        offers.setdefault(offer.seller_id, []).append(offer)
                tiers = resolve_tiers(here.chain[:edges], offers)
                if tiers is not None:
                    found[here.plans[plan], model.value, currency] = tiers
    return found


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists=WORLDS, edges=st.integers(1, 3))
async def test_a_page_resolves_as_one_by_one(standing_ground: Ground, lists: list[DrawnList], edges: int) -> None:
    """Two to four tiers; lists for all and for one, markups, gaps, windows, currencies: the same to the unit."""
    here = standing_ground
    chain = here.chain[: edges + 1]
    rows: list[dict[str, Any]] = []
    single: dict[tuple[UUID, str, str], list[int]] = {}
    try:
        async with database.transaction():
            await hang(here, lists)
            rows = await resolve_page(list(pairwise(chain)), here.plans, CURRENCIES, on=TODAY)
            for currency in CURRENCIES:
                for plan in here.plans:
                    found = await tier_prices(chain, [plan], list(SalesModel), currency=currency, on=TODAY)
                    single |= {(plan, model.value, currency): tiers for (_, model), tiers in found.items()}
            raise Undone  # noqa: TRY301 - the example is taken back
    except Undone:
        pass
    page = {(row["plan_id"], row["sales_model"], row["currency"]): row["unit_minor"] for row in rows}
    event(f"{edges} edges, {'prices' if page else 'nothing'}")
    assert page == single == expected(here, edges, lists)


async def test_the_last_edge_may_be_open(standing_ground: Ground) -> None:
    """Where the viewer's own edge has no price it stands there as none; a gap above it sells nothing."""
    here = standing_ground
    root = DrawnList(0, "all", "USD", None, (DrawnPrice(0, SalesModel.YEARLY, 850, 0, None),))
    try:
        async with database.transaction():
            await hang(here, [root])
            edges = [(here.chain[0], here.chain[1]), (here.chain[1], None)]
            rows = await resolve_page(edges, here.plans, ["USD"], on=TODAY, open_edge=2)
            assert [row["unit_minor"] for row in rows] == [[850, None]]
            assert await resolve_page(edges, here.plans, ["USD"], on=TODAY) == []
            deeper = [*edges[:1], (here.chain[1], here.chain[2]), (here.chain[2], None)]
            assert await resolve_page(deeper, here.plans, ["USD"], on=TODAY, open_edge=3) == []
            raise Undone  # noqa: TRY301 - the example is taken back
    except Undone:
        pass
