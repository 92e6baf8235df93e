"""Suspending a subscription, and letting it go on: also one that has expired, while its instance is kept."""

from datetime import timedelta
from uuid import UUID

from domain.billing.batches import refusal
from domain.events.types import EventType
from domain.provisioning.states import Action
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.loading import lock_for
from domain.subscriptions.renewing import begin_billing, renew
from domain.subscriptions.saving import save
from domain.subscriptions.states import SubscriptionState
from domain.subscriptions.turns import Turn


async def suspend_subscription(actor: Actor, subscription_id: UUID) -> UUID:
    """ACTIVE -> SUSPENDED: not usable for now, what it holds is kept, its terms go on."""
    async with database.transaction():
        turn = await _take(actor, subscription_id, SubscriptionAction.SUSPEND)
        turn.change(EventType.SUBSCRIPTION_SUSPENDED, SubscriptionState.SUSPENDED)
        turn.ask(Action.SUSPEND)
        await save(actor, [turn])
        return subscription_id


async def resume_subscription(actor: Actor, subscription_id: UUID) -> UUID:
    """SUSPENDED -> ACTIVE; EXPIRED -> ACTIVE, renewing from now on, with the term that it has missed charged at once.

    InsufficientCredit where the customer's account does not cover that.
    """
    async with database.transaction():
        turn = await _take(actor, subscription_id, SubscriptionAction.RESUME)
        row, was = turn.row, SubscriptionState(turn.row["state"])
        turn.change(EventType.SUBSCRIPTION_RESUMED, SubscriptionState.ACTIVE, kept_until=None)
        if was is SubscriptionState.EXPIRED:
            expires_on = row["expires_on"]
            row |= {"auto_renew": True, "expires_on": None, "unpaid_since": None, "retry_on": None}
            if expires_on is not None:
                row["anchor_day"] = (expires_on + timedelta(days=1)).day
            await (begin_billing if row["billed_until"] is None else renew)(actor, [turn])
            if turn.unpaid is not None:
                raise await refusal(actor, turn.unpaid)
        turn.ask(Action.RESUME)
        await save(actor, [turn])
        return subscription_id


async def _take(actor: Actor, subscription_id: UUID, action: SubscriptionAction) -> Turn:
    row = await lock_for(actor, subscription_id, action)
    return Turn(dict(row), local_date(actor.at, row["time_zone"]))
