"""Writing prices on a list that is locked: however many, in two statements."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from domain.pricing.rules import PriceDraft
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.money import Money

_INSERT: Final = """
INSERT INTO prices (id, price_list_id, plan_id, sales_model, unit_minor, valid_from, valid_until)
SELECT n.id, $1, n.plan_id, n.sales_model, n.unit_minor, n.valid_from, n.valid_until
FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::date[], $7::date[])
     AS n(id, plan_id, sales_model, unit_minor, valid_from, valid_until)
ON CONFLICT (price_list_id, plan_id, sales_model, valid_from)
DO UPDATE SET unit_minor = excluded.unit_minor, valid_until = excluded.valid_until
"""
# A price ends where the next one of its plan and sales model begins: no two hold on one day.
_END: Final = """
UPDATE prices p SET valid_until = n.next_from
FROM (SELECT id, lead(valid_from) OVER (PARTITION BY plan_id, sales_model ORDER BY valid_from) AS next_from
      FROM prices WHERE price_list_id = $1 AND plan_id = ANY($2)) AS n
WHERE n.id = p.id AND n.next_from IS NOT NULL AND (p.valid_until IS NULL OR p.valid_until > n.next_from)
"""


async def write_prices(actor: Actor, price_list_id: UUID, currency: str, prices: Sequence[PriceDraft]) -> None:
    """Set these prices: one of the same plan, sales model and first day is replaced, the one before ends there."""
    plan_ids = [price.plan_id for price in prices]
    await database.execute(
        _INSERT,
        price_list_id,
        [actor.new_id() for _ in prices],
        plan_ids,
        [price.sales_model.value for price in prices],
        [Money.of(price.amount, currency).minor for price in prices],
        [price.valid_from for price in prices],
        [price.valid_until for price in prices],
    )
    await database.execute(_END, price_list_id, list(set(plan_ids)))
