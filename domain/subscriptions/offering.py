"""What may be done to subscriptions as they stand, why not, and what it would cost: now, and at the next renewal."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from domain.pricing.bulk import prices_of
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.subscriptions.addons import priced
from domain.subscriptions.due import next_term
from domain.subscriptions.guards import GUARDS, Standing, SubscriptionAction, refusal_of, standing_of
from domain.subscriptions.hinting import HINTED, Hint, hints_of
from domain.subscriptions.renewing import Proposal, agreed_for, charges_of, wanted_of_all
from domain.subscriptions.rules import Billing
from domain.subscriptions.states import SubscriptionState
from domain.subscriptions.turns import Turn

_ROWS: Final = """
SELECT s.*, o.time_zone FROM subscriptions s JOIN organizations o ON o.id = s.organization_id
WHERE s.id = ANY($1) AND s.scope >= $2 AND s.scope < $3
"""
A = SubscriptionAction


async def actions_of(actor: Actor, subscription_ids: Sequence[UUID], _columns: Collection[str]) -> list[dict[str, Any]]:
    """Every action on visible subscriptions: whether it is possible, why not, and its amounts by edge (minor units)."""
    rows = await database.fetch(_ROWS, list(subscription_ids), actor.scope.lower, actor.scope.upper)
    turns = [Turn(dict(row), local_date(actor.at, row["time_zone"])) for row in rows]
    running = [turn for turn in turns if turn.row["term_end"]]
    amounts, hints = await _amounts(running), await hints_of(running)
    return [
        _action(turn, action, amounts.get(turn.row["id"]), hints.get((turn.row["id"], action)))
        for turn in turns
        for action in GUARDS
    ]


_Amounts = tuple[list[int], list[int]]  # of one more cycle as it is billed, and of the next term


async def _amounts(turns: Sequence[Turn]) -> dict[UUID, _Amounts]:
    billings = {turn.row["id"]: (turn.billing, turn.pending or turn.billing) for turn in turns}
    wanted = {
        (turn.row["id"], billing): wanted_of_all(turn, billing)
        for turn in turns
        for billing in billings[turn.row["id"]]
    }
    asked = [one for several in wanted.values() for one in several]
    prices = await prices_of(set(asked), await agreed_for(asked))

    def amounts(turn: Turn, billing: Billing) -> list[int]:
        row, found = turn.row, wanted[turn.row["id"], billing]
        tiers, add_ons = prices.get(found[0], row["tier_unit_minor"]), priced(row, found[1:], prices)
        anchor_day = row["anchor_day"] or row["term_start"].day
        term = next_term(row["term_end"], billing, anchor_day=anchor_day, expires_on=None)
        charges = charges_of(Proposal(turn, term, billing, tiers, row["cycle"], add_ons))
        return [sum(charge.amount_minor for charge in edge) for edge in charges]

    return {
        turn.row["id"]: (amounts(turn, billings[turn.row["id"]][0]), amounts(turn, billings[turn.row["id"]][1]))
        for turn in turns
    }


def _action(turn: Turn, action: SubscriptionAction, amounts: _Amounts | None, hint: Hint | None) -> dict[str, Any]:
    row, standing = turn.row, standing_of(turn.row)
    refusal = refusal_of(action, standing)
    cycle, renewal = amounts or (None, None)
    now: Sequence[int] | None = _now(action, standing, row, cycle)
    later: Sequence[int] | None = renewal if _renews_after(action, turn) else None
    if action in HINTED:
        now, later = (hint.now_minor, hint.renewal_minor) if hint else (None, None)
    return {
        "id": row["id"],
        "subscription_id": row["id"],
        "scope": row["scope"],
        "currency": row["currency"],
        "action": action.value,
        "obstacle": refusal and refusal.obstacle.value,
        "reason": refusal and refusal.reason,
        "tier_now_minor": None if refusal else now,
        "tier_renewal_minor": None if refusal else later,
    }


def _now(action: SubscriptionAction, standing: Standing, row: Mapping[str, Any], cycle: list[int] | None) -> list[int]:
    """What it costs at once: one cycle more, the term that an expired one has missed; all else is free."""
    is_missed = action is A.RESUME and standing.state is SubscriptionState.EXPIRED
    free = [0] * len(row["tier_unit_minor"])
    return cycle if cycle and (action is A.EXTEND or is_missed) else free


def _renews_after(action: SubscriptionAction, turn: Turn) -> bool:
    """Whether it renews once this is done."""
    if action is A.TERMINATE:
        return False
    renews = not turn.life.ends
    if action is A.SET_AUTO_RENEWAL:
        return not renews
    return renews or (action is A.RESUME and turn.row["state"] == SubscriptionState.EXPIRED)
