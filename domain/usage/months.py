"""Opening the months that will be charged for their usage, ending them early, and handing them over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import Term
from domain.usage.rules import midnight, months_in

_OPEN: Final = """
INSERT INTO usage_months (id, subscription_id, organization_id, scope, plan_id, account_id, reference, starts_on,
                          ends_on, cycle, place, quantity, currency, tier_unit_minor, due_at, attempts, created_at)
SELECT n.id, s.id, s.organization_id, s.scope, s.plan_id, s.account_id, s.reference, n.starts_on,
       n.ends_on, s.cycle, n.place, s.quantity, s.currency, s.tier_unit_minor, n.due_at, 0, $2
FROM jsonb_to_recordset($1::jsonb)
     AS n(id uuid, subscription_id uuid, starts_on date, ends_on date, place int, due_at timestamptz)
JOIN subscriptions s ON s.id = n.subscription_id
ON CONFLICT (subscription_id, starts_on) DO NOTHING
"""
_DROP: Final = "DELETE FROM usage_months WHERE subscription_id = $1 AND charged_at IS NULL AND starts_on >= $2"
_CUT: Final = """
UPDATE usage_months SET planned_end = coalesce(planned_end, ends_on), ends_on = $2, due_at = $3
WHERE subscription_id = $1 AND charged_at IS NULL AND ends_on > $2
"""
_HAND_OVER: Final = """
UPDATE usage_months SET organization_id = $3, scope = $4, tier_unit_minor = $5, account_id = NULL, reference = NULL
WHERE subscription_id = $1 AND charged_at IS NULL AND starts_on > $2
"""


@dataclass(frozen=True, slots=True)
class Metered:
    """A term of a postpaid subscription, or days more of one; `time_zone` is its customer's."""

    subscription_id: UUID
    term: Term
    anchor_day: int
    time_zone: str


async def open_months(actor: Actor, terms: Sequence[Metered]) -> None:
    """Let the months of these terms be charged when they are over, to whom and at the prices that they begin with.

    The caller's transaction holds the subscriptions, whose rows say so by now. Opened before, nothing happens.
    """
    months: list[dict[str, Any]] = [
        {
            "id": actor.new_id(),
            "subscription_id": metered.subscription_id,
            "starts_on": month.start,
            "ends_on": month.end,
            "place": place,
            "due_at": midnight(month.start, metered.time_zone),
        }
        for metered in terms
        for place, month in enumerate(months_in(metered.term, metered.anchor_day))
    ]
    if months:
        await database.execute(_OPEN, orjson.dumps(months, default=str).decode(), actor.at)


async def end_months(actor: Actor, subscription_id: UUID, *, on: date) -> None:
    """It is not there any more from a day on: the month that has begun ends with it, those after it never come."""
    await database.execute(_DROP, subscription_id, on)
    await database.execute(_CUT, subscription_id, on, actor.at)


async def hand_over_months(
    subscription_id: UUID, *, after: date, customer_id: UUID, scope: str, tiers: Sequence[int]
) -> None:
    """Another customer has it: months that have begun by a day are its old owner's, those after it the new one's."""
    await database.execute(_HAND_OVER, subscription_id, after, customer_id, scope, list(tiers))
