"""Prices of many chains at once: what renewals of a batch of subscriptions cost on every edge."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final
from uuid import UUID

from domain.catalog.models import SalesModel
from domain.pricing.rules import Offer, resolve_tiers
from domain.shared import database
from domain.shared.tenancy import Scope


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a customer (its path) is to be sold, from which local date on, and by which contract."""

    scope: str
    plan_id: UUID
    sales_model: SalesModel
    currency: str
    on: date
    contract_id: UUID | None = None


_CHAINS: Final = "SELECT scope, id FROM organizations WHERE scope = ANY($1)"
# As many rows as lists that may apply: most edges have one, and an edge of many customers is asked for once.
_OFFERS: Final = """
SELECT n.place::int - 1 AS place, l.buyer_id IS NOT NULL AS for_one_buyer, l.markup_percent,
       (SELECT p.unit_minor FROM prices p
         WHERE p.price_list_id = l.id AND p.plan_id = n.plan_id AND p.sales_model = n.sales_model
           AND p.valid_from <= n.day AND (p.valid_until IS NULL OR p.valid_until > n.day)
         ORDER BY p.valid_from DESC LIMIT 1) AS unit_minor
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::date[])
     WITH ORDINALITY AS n(seller_id, buyer_id, plan_id, sales_model, currency, day, place)
JOIN price_lists l ON l.seller_id = n.seller_id AND l.currency = n.currency
                  AND (l.buyer_id IS NULL OR l.buyer_id = n.buyer_id)
"""
_Edge = tuple[UUID, UUID, UUID, str, str, date]


async def prices_of(wanted: Collection[Wanted], agreed: Mapping[Wanted, int] | None = None) -> dict[Wanted, list[int]]:
    """Unit prices (minor units, root edge first) on every edge of each customer's chain, in two statements.

    What some seller of a chain does not sell on its date is absent; `agreed` are unit prices of contracts.
    """
    paths = {path for one in wanted for path in Scope(one.scope).chain}
    ids = {row["scope"]: row["id"] for row in await database.fetch(_CHAINS, list(paths))}
    edges = {one: list(_edges(one, ids)) for one in wanted}
    asked = list(dict.fromkeys(edge for several in edges.values() for edge in several))
    offers: dict[_Edge, list[Offer]] = {edge: [] for edge in asked}
    columns = [list(column) for column in zip(*asked, strict=True)] if asked else [[]] * 6
    for row in await database.fetch(_OFFERS, *columns):
        edge = asked[row["place"]]
        offers[edge].append(Offer(edge[0], row["for_one_buyer"], row["unit_minor"], row["markup_percent"]))
    resolved = {}
    for one, several in edges.items():
        by_seller = {edge[0]: offers[edge] for edge in several}
        tiers = resolve_tiers([edge[0] for edge in several], by_seller, agreed=(agreed or {}).get(one))
        if tiers is not None:
            resolved[one] = tiers
    return resolved


def _edges(one: Wanted, ids: Mapping[str, UUID]) -> Iterator[_Edge]:
    chain = [ids[path] for path in Scope(one.scope).chain]
    for seller, buyer in pairwise(chain):
        yield seller, buyer, one.plan_id, one.sales_model.value, one.currency, one.on
