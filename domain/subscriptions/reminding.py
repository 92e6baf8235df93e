"""Reminding a customer a week before a trial, the days before billing or the last term end: by event and by mail."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from domain.billing.explaining import day
from domain.events.types import EventType
from domain.mail.actions import Letter, Template, post_with
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.writes import Writes
from domain.subscriptions.states import SubscriptionState
from domain.subscriptions.turns import Turn

_ADDRESSES: Final = "SELECT id, name, billing_email FROM organizations WHERE id = ANY($1) AND billing_email IS NOT NULL"


async def remind(actor: Actor, turns: Sequence[Turn]) -> None:
    """Tell each once of the end that comes; what has ended meanwhile is not told of as coming."""
    coming = []
    for turn in turns:
        end = turn.row["reminded_of"] = _end(turn)
        if end > turn.today:
            turn.tell(_event(turn), turn.told(), turn.told() | {"ends_on": end.isoformat()})
            coming.append((turn, end))
    found = await database.fetch(_ADDRESSES, [turn.row["organization_id"] for turn, _ in coming])
    customers = {row["id"]: row for row in found}
    writes = Writes()
    for turn, end in coming:
        if customer := customers.get(turn.row["organization_id"]):
            post_with(writes, actor, _letter(turn, end, customer["name"], customer["billing_email"]))
    if customers:
        await writes.send()


def _is_free(turn: Turn) -> bool:
    """Whether what ends is a trial, or the days before billing."""
    return turn.row["state"] == SubscriptionState.TRIALING or turn.row["billed_until"] is None


def _end(turn: Turn) -> date:
    life = turn.life
    end = life.trial_ends_on if life.state is SubscriptionState.TRIALING else life.term_end
    if life.state is not SubscriptionState.TRIALING and life.billed_until is None:
        end = life.term_start
    if end is None:
        raise ValueError("what has no end is not reminded of")
    return end


def _event(turn: Turn) -> EventType:
    return EventType.SUBSCRIPTION_TRIAL_ENDING if _is_free(turn) else EventType.SUBSCRIPTION_EXPIRING


def _letter(turn: Turn, end: date, customer: str, address: str) -> Letter:
    continues = _is_free(turn) and turn.row["auto_renew"]
    what = f"{turn.row['quantity']} x {turn.row['product_name']}, {turn.row['plan_name']}"
    facts = {"customer": customer, "subscription": what, "day": day(end), "continues": "yes" if continues else ""}
    return Letter(Template.SUBSCRIPTION_ENDING, address, facts)
