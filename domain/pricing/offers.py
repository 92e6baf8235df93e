"""What a page of plans is offered for, resolved down the chain by one statement, as `resolve_tiers` does one by one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from domain.catalog.models import SalesModel
from domain.organizations.queries import chain_to
from domain.pricing.queries import FIRST_EDGE
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.calendar import local_date

MAX_OFFERS: Final = len(SalesModel)  # of one plan, in one currency

# What a plan's owner asks is the first amount; the edges above cost nothing. Each round of `tiers` adds an edge, on the
# amounts of the edge above. `* 0.01` is exact where a division is rounded, and round() of a numeric goes half up, away
# from zero, as `round_minor` does.
_RESOLVE: Final = f"""
WITH RECURSIVE lists AS (
  SELECT edge.place::int AS place, l.id, l.currency, l.buyer_id IS NOT NULL AS for_one_buyer, l.markup_percent
  FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS edge(seller_id, buyer_id, place)
  JOIN price_lists l ON l.seller_id = edge.seller_id AND (l.buyer_id IS NULL OR l.buyer_id = edge.buyer_id)
  WHERE l.currency = ANY($3)
), asked AS (
  SELECT DISTINCT ON (l.place, l.currency, p.plan_id, p.sales_model)
         l.place, l.currency, p.plan_id, p.sales_model, p.unit_minor
  FROM lists l JOIN prices p ON p.price_list_id = l.id
  WHERE p.plan_id = ANY($4) AND p.valid_from <= $5 AND (p.valid_until IS NULL OR p.valid_until > $5)
  ORDER BY l.place, l.currency, p.plan_id, p.sales_model, l.for_one_buyer DESC, p.valid_from DESC
), marked AS (
  SELECT DISTINCT ON (place, currency) place, currency, markup_percent
  FROM lists WHERE markup_percent IS NOT NULL ORDER BY place, currency, for_one_buyer DESC
), tiers(place, plan_id, sales_model, currency, unit_minor) AS (
  SELECT a.place, a.plan_id, a.sales_model, a.currency,
         array_fill(0::numeric, ARRAY[a.place - 1]) || a.unit_minor::numeric
  FROM asked a JOIN plans p ON p.id = a.plan_id AND a.place = {FIRST_EDGE}
  UNION ALL
  SELECT t.place + 1, t.plan_id, t.sales_model, t.currency, t.unit_minor
         || coalesce(a.unit_minor, round(t.unit_minor[t.place] * (100 + m.markup_percent) * 0.01))
  FROM tiers t
  LEFT JOIN asked a ON a.place = t.place + 1 AND a.currency = t.currency AND a.plan_id = t.plan_id
                   AND a.sales_model = t.sales_model
  LEFT JOIN marked m ON m.place = t.place + 1 AND m.currency = t.currency
  WHERE t.place < cardinality($1::uuid[])
    AND (a.unit_minor IS NOT NULL OR m.markup_percent IS NOT NULL OR t.place + 1 = $6)
)
SELECT t.plan_id, t.sales_model, t.currency, t.unit_minor FROM tiers t JOIN plans p ON p.id = t.plan_id
WHERE t.place = cardinality($1::uuid[]) AND p.status = 'ACTIVE' AND t.sales_model = ANY(p.sales_models)
ORDER BY plan_id, sales_model, currency
"""  # noqa: S608 - constants
_NO_EDGE: Final = 0

Edge = tuple[UUID, UUID | None]  # seller and buyer; None where the buyer may be anybody


async def resolve_page(
    edges: Sequence[Edge],
    plan_ids: Sequence[UUID],
    currencies: Sequence[str],
    *,
    on: date,
    open_edge: int = _NO_EDGE,
) -> list[dict[str, Any]]:
    """Unit prices (minor units, root edge first) of plans by sales model and currency, in one statement.

    What some seller does not sell is absent; but where edge `open_edge` (from 1) has no price, it stands there as None.
    """
    sellers, buyers = [seller for seller, _ in edges], [buyer for _, buyer in edges]
    rows = await database.fetch(_RESOLVE, sellers, buyers, list(currencies), list(plan_ids), on, open_edge)
    return [dict(row) | {"unit_minor": [_whole(unit) for unit in row["unit_minor"]]} for row in rows]


def _whole(unit: Any) -> int | None:
    return None if unit is None else int(unit)


async def offers_of(actor: Actor, plan_ids: Sequence[UUID], _columns: Collection[str]) -> list[Mapping[str, Any]]:
    """By which sales models the actor can buy these plans today, or sell them on, in its own currency.

    A seller's last edge is what it asks of all its buyers: None where it asks nothing yet, but could.
    """
    chain = await chain_to(actor, actor.organization_id)
    own = chain[-1]
    edges: list[Edge] = [(seller["id"], buyer["id"]) for seller, buyer in pairwise(chain)]
    is_seller = own["kind"] != OrganizationKind.CUSTOMER
    if is_seller:
        edges.append((own["id"], None))
    rows = await resolve_page(
        edges,
        plan_ids,
        [own["currency"]],
        on=local_date(actor.at, own["time_zone"]),
        open_edge=len(edges) if is_seller else _NO_EDGE,
    )
    order = list(SalesModel)
    rows.sort(key=lambda row: order.index(SalesModel(row["sales_model"])))
    return [row | {"tier_unit_minor": row["unit_minor"], "scope": own["scope"]} for row in rows]
