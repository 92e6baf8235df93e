"""What changes of many subscriptions would cost: of each the next higher plan, and one more of what it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.pricing.bulk import prices_of
from domain.shared import database
from domain.subscriptions.changes import MAIN, Part, prorate
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.quoting import pays, policies_of, renewal_of, rest_of
from domain.subscriptions.renewing import agreed_for, wanted_of
from domain.subscriptions.turns import Turn

_NEXT: Final = """
SELECT DISTINCT ON (s.id) s.id AS subscription_id, old.rank AS old_rank, p.id, p.rank
FROM subscriptions s JOIN plans old ON old.id = s.plan_id
LEFT JOIN plans p ON p.product_id = old.product_id AND p.rank > old.rank AND p.status = 'ACTIVE'
                 AND (p.kind = old.kind OR p.kind = ANY($2) AND old.kind = ANY($2)) AND p.charging = old.charging
                 AND s.sales_model = ANY(p.sales_models)
WHERE s.id = ANY($1) ORDER BY s.id, p.rank
"""
A = SubscriptionAction
HINTED: Final = frozenset({A.CHANGE_PLAN, A.CHANGE_QUANTITY})


@dataclass(frozen=True, slots=True)
class Hint:
    """What an action would cost at once and, where it renews, at the next renewal, on every edge (minor units)."""

    now_minor: Sequence[int]
    renewal_minor: Sequence[int] | None


async def hints_of(turns: Sequence[Turn]) -> dict[tuple[UUID, SubscriptionAction], Hint]:
    """Of subscriptions with a term; absent where there is no higher plan, or it is not sold to this customer today."""
    ids, main = [turn.row["id"] for turn in turns], [kind.value for kind in MAIN]
    found = {row["subscription_id"]: row for row in await database.fetch(_NEXT, ids, main)}
    higher = {turn.row["id"]: Turn(turn.row | {"plan_id": found[turn.row["id"]]["id"]}, turn.today) for turn in turns}
    asked = [
        (wanted_of(one, one.billing, on=one.today), wanted_of(one, one.pending or one.billing))
        for turn in turns
        for one in (turn, higher[turn.row["id"]])
        if one.row["plan_id"] is not None
    ]
    wanted = [one for both in asked for one in both]
    prices = await prices_of(set(wanted), await agreed_for(wanted)) if wanted else {}
    hints = {}
    for turn in turns:
        row, plan, own = turn.row, found[turn.row["id"]], turn.row["tier_unit_minor"]
        before = Part(row["plan_id"], plan["old_rank"], row["quantity"], own)
        more = Part(row["plan_id"], plan["old_rank"], row["quantity"] + 1, own)
        later = prices.get(wanted_of(turn, turn.pending or turn.billing), own)
        hints[row["id"], A.CHANGE_QUANTITY] = _hint(turn, before, more, later)
        above = higher[row["id"]]
        today = prices.get(wanted_of(above, above.billing, on=above.today)) if plan["id"] is not None else None
        if today is not None:
            after = Part(plan["id"], plan["rank"], row["quantity"], today)
            later = prices.get(wanted_of(above, above.pending or above.billing), today)
            hints[row["id"], A.CHANGE_PLAN] = _hint(turn, before, after, later)
    return hints


def _hint(turn: Turn, before: Part, after: Part, later: Sequence[int]) -> Hint:
    now = [0] * len(before.tier_unit_minor)
    if pays(turn):
        now = [charge.amount_minor for charge in prorate(policies_of(turn), before, after, rest_of(turn))]
    return Hint(now, renewal_of(turn, after, later))
