"""Doing what has fallen due in the lives of subscriptions: a batch in one transaction, exactly once whatever dies."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from domain.events.types import EventType
from domain.numbers.moving import give_back_all
from domain.provisioning.states import Action
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.subscriptions.due import LAPSE, Step, next_step
from domain.subscriptions.reminding import remind
from domain.subscriptions.renewing import begin_billing, renew
from domain.subscriptions.saving import save
from domain.subscriptions.states import SubscriptionState
from domain.subscriptions.turns import Turn

# How many steps of one subscription are done at once: what an outage left behind goes on in the next batch.
_ROUNDS: Final = 4
_CLAIM: Final = """
SELECT s.*, o.time_zone, d.name AS product_name, p.name AS plan_name
FROM (SELECT * FROM subscriptions WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) AS s
JOIN organizations o ON o.id = s.organization_id
JOIN products d ON d.id = s.product_id
JOIN plans p ON p.id = s.plan_id
ORDER BY s.id
"""
_POSTPONE: Final = """
UPDATE subscriptions SET due_at = $2 WHERE id = (
  SELECT id FROM subscriptions WHERE due_at <= $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Worked:
    """How many subscriptions a batch had, and how often what happened to them."""

    subscriptions: int
    told: Counter[EventType]


async def work_due(actor: Actor, *, limit: int) -> int:
    """As `work_batch`; answers how many subscriptions there were."""
    return (await work_batch(actor, limit=limit)).subscriptions


async def work_batch(actor: Actor, *, limit: int) -> Worked:
    """Do what is due of up to `limit` subscriptions that nobody else has in hand.

    All of it happens or nothing: the rows stay locked until charges, events and the next due dates are there with it.
    """
    async with database.transaction():
        found = await database.fetch(_CLAIM, actor.at, limit)
        turns = [Turn(dict(row), local_date(actor.at, row["time_zone"])) for row in found]
        for _ in range(_ROUNDS):
            if not await _round(actor, turns):
                break
        await save(actor, turns)
        return Worked(len(turns), Counter(event.type for turn in turns for event in turn.events))


async def postpone_first(actor: Actor, *, until: datetime) -> UUID | None:
    """Put off what is due first and cannot be done: the others are not to wait for it. Its id, None without any."""
    found: UUID | None = await database.fetch_value(_POSTPONE, actor.at, until)
    return found


async def _round(actor: Actor, turns: Sequence[Turn]) -> bool:
    """The next step of each whose day has come; False when there is none."""
    due: dict[Step, list[Turn]] = {}
    for turn in turns:
        found = next_step(turn.life)
        if found is not None and found[0] <= turn.today:
            due.setdefault(found[1], []).append(turn)
    for step in Step:
        if step in due:
            await _DO[step](actor, due[step])
    return bool(due)


async def _suspend(_actor: Actor, turns: Sequence[Turn]) -> None:
    for turn in turns:
        turn.change(EventType.SUBSCRIPTION_SUSPENDED, SubscriptionState.SUSPENDED)
        turn.ask(Action.SUSPEND)


async def _expire(_actor: Actor, turns: Sequence[Turn]) -> None:
    for turn in turns:
        kept_until = turn.today + timedelta(days=LAPSE.kept_days)
        turn.change(EventType.SUBSCRIPTION_EXPIRED, SubscriptionState.EXPIRED, kept_until=kept_until)
        turn.ask(Action.SUSPEND)


async def _remove(actor: Actor, turns: Sequence[Turn]) -> None:
    await give_back_all(actor, [turn.row["id"] for turn in turns])
    for turn in turns:
        turn.row["kept_until"] = None
        turn.ask(Action.DELETE)


_DO: Final[Mapping[Step, Callable[[Actor, Sequence[Turn]], Awaitable[None]]]] = {
    Step.REMIND: remind,
    Step.BEGIN_BILLING: begin_billing,
    Step.RENEW: renew,
    Step.SUSPEND: _suspend,
    Step.EXPIRE: _expire,
    Step.REMOVE: _remove,
}
