"""The discounts that an order gave and that last into later billing cycles of what came of it."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from domain.discounts.models import DiscountDuration
from domain.discounts.rules import Discount
from domain.shared import database

# What each discount of the order gave this line in its first cycle; what was given by an order elsewhere is not owed.
_GIVEN: Final = """
SELECT s.id AS subscription_id, r.edge, r.line_minor[l.position + 1] AS first_minor,
       d.id, d.percent, d.fixed_minor, d.duration, d.cycles, d.product_id, d.plan_id
FROM subscriptions s
JOIN order_lines l ON l.id = s.order_line_id
JOIN discount_redemptions r ON r.order_id = s.order_id AND r.scope = s.scope AND r.released_at IS NULL
JOIN discounts d ON d.id = r.discount_id
WHERE s.id = ANY($1)
"""
ByEdge = dict[int, list[Discount]]


async def lasting_discounts(subscription_ids: Sequence[UUID]) -> dict[UUID, ByEdge]:
    """Those of each subscription, by the edge on which they are given; a fixed amount is the share that it had."""
    given: dict[UUID, ByEdge] = {}
    for row in await database.fetch(_GIVEN, list(subscription_ids)) if subscription_ids else ():
        fixed = None if row["fixed_minor"] is None else row["first_minor"]
        discount = Discount(
            row["id"],
            row["percent"],
            fixed,
            DiscountDuration(row["duration"]),
            row["cycles"],
            row["product_id"],
            row["plan_id"],
        )
        edges = given.setdefault(row["subscription_id"], {})
        if row["first_minor"]:
            edges.setdefault(row["edge"], []).append(discount)
    return given
