"""Reading prices: lists, and what plans cost on every edge of a chain."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.catalog.models import SalesModel
from domain.pricing.rules import Offer, resolve_tiers
from domain.shared import database
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing, Visibility

# Amounts of an edge are for its parties: a seller's lists are shown to nobody else, its own sellers included.
PRICE_LISTS: Final = Listing(
    "price_lists",
    filters={"name": "name", "currency": "currency", "buyer_id": "buyer_id"},
    sorts={"NAME": ("name", ColumnType.TEXT), "CREATED_AT": ("created_at", ColumnType.INSTANT)},
    visibility=Visibility.OWN,
)
PRICES: Final = Listing(
    "(SELECT p.*, l.scope, l.currency FROM prices p JOIN price_lists l ON l.id = p.price_list_id) AS prices",
    filters={"price_list_id": "price_list_id", "plan_id": "plan_id", "sales_model": "sales_model"},
    visibility=Visibility.OWN,
)

# A limit of more than there ever are makes the planner expect short lists. Without it, it plans this anew for each
# order, which takes longer than to run it.
_MANY: Final = 100_000


# SQL: the place, from 1, of the edge at which a plan `p` is first sold: that of its owner in the chain.
FIRST_EDGE: Final = "length(p.scope) - length(replace(p.scope, '.', ''))"


def offers_sql(*, edges: str, currency: str, plan_ids: str, sales_models: str, on: str) -> str:
    """SQL: what the price lists of `edges` (a relation of seller_id and buyer_id) say about plans, one row a list.

    The others are expressions: a currency, uuid[], text[], a date. Read the rows with `resolve`.
    """
    return f"""
SELECT l.seller_id, l.buyer_id IS NOT NULL AS for_one_buyer, n.plan_id, n.sales_model, l.markup_percent,
       (SELECT p.unit_minor FROM prices p
         WHERE p.price_list_id = l.id AND p.plan_id = n.plan_id AND p.sales_model = n.sales_model
           AND p.valid_from <= {on} AND (p.valid_until IS NULL OR p.valid_until > {on})
         ORDER BY p.valid_from DESC LIMIT 1) AS unit_minor,
       (SELECT {FIRST_EDGE} FROM plans p WHERE p.id = n.plan_id) AS first
FROM (SELECT * FROM {edges} LIMIT {_MANY}) AS edge(seller_id, buyer_id)
JOIN price_lists l ON l.seller_id = edge.seller_id AND l.currency = {currency}
                  AND (l.buyer_id IS NULL OR l.buyer_id = edge.buyer_id)
CROSS JOIN (SELECT plan_id, sales_model FROM (SELECT unnest({plan_ids}) AS plan_id LIMIT {_MANY}) AS plans,
                                  (SELECT unnest({sales_models}) AS sales_model LIMIT {_MANY}) AS models) AS n
"""  # noqa: S608 - constants and placeholders


_OFFERS: Final = offers_sql(
    edges="unnest($1::uuid[], $2::uuid[])", currency="$3", plan_ids="$4::uuid[]", sales_models="$5::text[]", on="$6"
)

TierPrices = dict[tuple[UUID, SalesModel], list[int]]
Agreed = Mapping[tuple[UUID, SalesModel], int]  # unit prices of a contract, in minor units
NOTHING_AGREED: Final[Agreed] = {}


async def tier_prices(
    chain: Sequence[UUID],
    plan_ids: Sequence[UUID],
    sales_models: Sequence[SalesModel],
    *,
    currency: str,
    on: date,
    agreed: Agreed = NOTHING_AGREED,
) -> TierPrices:
    """Unit prices (minor units, root edge first) of plans on every edge of a chain of organizations, in one statement.

    A (plan, sales model) that some seller of the chain does not sell on that date is absent. What is `agreed` beats
    the price lists of the last seller.
    """
    sellers, buyers = list(chain[:-1]), list(chain[1:])
    models = [model.value for model in sales_models]
    rows = await database.fetch(_OFFERS, sellers, buyers, currency, list(plan_ids), models, on)
    return resolve(sellers, [tuple(row) for row in rows], agreed)


def resolve(sellers: Sequence[UUID], rows: Iterable[tuple[Any, ...]], agreed: Agreed = NOTHING_AGREED) -> TierPrices:
    """The rows of `offers_sql` as unit prices on every edge; `sellers` are those of the chain, root first."""
    offers: dict[tuple[UUID, SalesModel], dict[UUID, list[Offer]]] = {}
    first: dict[UUID, int] = {}
    for seller_id, for_one_buyer, plan_id, sales_model, markup_percent, unit_minor, first_edge in rows:
        offer = Offer(seller_id, for_one_buyer, unit_minor, markup_percent)
        first[plan_id] = first_edge
        offers.setdefault((plan_id, SalesModel(sales_model)), {}).setdefault(seller_id, []).append(offer)
    resolved = {
        key: resolve_tiers(sellers, by_seller, agreed=agreed.get(key), first=first[key[0]])
        for key, by_seller in offers.items()
    }
    return {key: tiers for key, tiers in resolved.items() if tiers is not None}
