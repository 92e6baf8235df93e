"""Trials are had once by a customer of a product: claiming them for an order, and giving them back."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from domain.shared import database
from domain.shared.actor import Actor

# An order that is retried finds what it has claimed before. Claimed in the order of their ids: nobody waits for ever.
_CLAIM: Final = """
INSERT INTO trial_uses AS t (id, organization_id, scope, product_id, order_id, created_at)
SELECT n.id, $1, $2, n.product_id, $3, $4 FROM unnest($5::uuid[], $6::uuid[]) AS n(id, product_id) ORDER BY n.product_id
ON CONFLICT (organization_id, product_id) DO UPDATE SET order_id = t.order_id WHERE t.order_id = excluded.order_id
RETURNING product_id
"""
_USED: Final = "SELECT product_id FROM trial_uses WHERE organization_id = $1 AND product_id = ANY($2)"
# What is running, or may yet, is not given back.
_GIVE_BACK: Final = """
DELETE FROM trial_uses t WHERE t.order_id = $1 AND NOT EXISTS (
  SELECT FROM subscriptions s WHERE s.order_id = t.order_id AND s.product_id = t.product_id
  AND (s.state NOT IN ('FAILED', 'TERMINATED') OR s.term_start IS NOT NULL))
"""


async def claim_trials(
    actor: Actor, order_id: UUID, *, customer_id: UUID, scope: str, product_ids: Sequence[UUID]
) -> set[UUID]:
    """Let an order have the customer's trial of these products; answers those that the customer had already.

    The caller's transaction holds the order. Of many at once one claims; the others wait for it, and are told.
    """
    wanted = sorted(set(product_ids))
    ids = [actor.new_id() for _ in wanted]
    rows = await database.fetch(_CLAIM, customer_id, scope, order_id, actor.at, ids, wanted)
    return set(wanted) - {row["product_id"] for row in rows}


async def trials_used(customer_id: UUID, product_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these products that a customer has had on trial."""
    rows = await database.fetch(_USED, customer_id, list(product_ids))
    return {row["product_id"] for row in rows}


async def give_trials_back(order_id: UUID) -> None:
    """A trial of which nothing came may be had again: the order has ended, and the product's instance was not made."""
    await database.execute(_GIVE_BACK, order_id)
