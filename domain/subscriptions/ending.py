"""Terminating a subscription before its time: for good, its instance removed, refunded by its own policy."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from domain.billing.batches import Entry, charge_all
from domain.billing.charges import Charge
from domain.billing.policies import CURRENT, Policies, pinned
from domain.billing.refunds import Paid, refund
from domain.events.types import EventType
from domain.numbers.moving import give_back_all
from domain.provisioning.actions import start_operation
from domain.provisioning.states import Action, InstanceState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import Term, local_date
from domain.shared.errors import FieldCode, FieldError, Forbidden, Invalid
from domain.shared.tenancy import Scope
from domain.subscriptions.changing import SUPERSEDED, drop_change
from domain.subscriptions.events import ended_event
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.loading import lock_for
from domain.subscriptions.renewing import subject_of
from domain.subscriptions.saving import save
from domain.subscriptions.states import SubscriptionState
from domain.subscriptions.turns import Turn
from domain.usage.months import end_months

# Months that were used are not given back, nor is what discounts took off them.
_PAID: Final = """
SELECT scope, period_start, period_end, currency,
       coalesce(sum(amount_minor) FILTER (WHERE kind <> 'REFUND'), 0)::bigint AS paid,
       -coalesce(sum(amount_minor) FILTER (WHERE kind = 'REFUND'), 0)::bigint AS refunded
FROM charges WHERE subscription_id = $1 AND scope = ANY($2) AND NOT starts_with(source_key, 'usage:')
GROUP BY scope, period_start, period_end, currency ORDER BY scope, period_start, period_end
"""
_LIVING: Final = "SELECT id FROM instances WHERE subscription_id = $1 AND state <> ALL($2)"


async def terminate_subscription(actor: Actor, subscription_id: UUID, *, confirmed: bool, allow_refund: bool) -> UUID:
    """TRIALING | ACTIVE | SUSPENDED -> TERMINATING, and TERMINATED once its instance is gone (B3-S 11).

    Invalid unless `confirmed`; Forbidden for a refund that the customer would give itself.
    """
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.TERMINATE)
        if not confirmed:
            message = "type the subscription's id: this cannot be taken back"
            raise Invalid([FieldError("confirmation", FieldCode.INVALID, message)])
        if allow_refund and actor.scope.path == row["scope"]:
            raise Forbidden("a refund is the seller's to allow")
        turn = Turn(dict(row), local_date(actor.at, row["time_zone"]))
        refunds = await refunds_of(turn, turn.today) if allow_refund else []
        if refunds:
            await charge_all(actor, [Entry(subject_of(turn), refunds, f"refund:{subscription_id}:{turn.today}")])
        await drop_change(actor, turn, SUPERSEDED)
        await end_months(actor, subscription_id, on=turn.today + timedelta(days=1))
        before = turn.told()
        turn.move(SubscriptionState.TERMINATING)
        amounts = [sum(charge.amount_minor for charge in edge) for edge in refunds]
        turn.tell(EventType.SUBSCRIPTION_TERMINATION_STARTED, before, turn.told(), amounts or None)
        gone = [InstanceState.DELETED.value, InstanceState.FAILED.value]
        instance_id = await database.fetch_value(_LIVING, subscription_id, gone)
        if instance_id is None:
            await _end(actor, turn)
        await save(actor, [turn])
        if instance_id is not None:
            await start_operation(actor, instance_id, Action.DELETE)
        return subscription_id


async def finish_termination(actor: Actor, subscription_id: UUID) -> None:
    """TERMINATING -> TERMINATED: its instance is gone. Done before, or not terminated: nothing."""
    async with database.transaction():
        found = await database.fetch_row(
            "SELECT s.*, o.time_zone FROM subscriptions s JOIN organizations o ON o.id = s.organization_id "
            "WHERE s.id = $1 FOR UPDATE OF s",
            subscription_id,
        )
        if found is None or found["state"] != SubscriptionState.TERMINATING:
            return
        turn = Turn(dict(found), local_date(actor.at, found["time_zone"]))
        await _end(actor, turn)
        await save(actor, [turn])


async def _end(actor: Actor, turn: Turn) -> None:
    await give_back_all(actor, [turn.row["id"]])
    turn.move(SubscriptionState.TERMINATED)
    turn.events.append(ended_event(turn.row))


async def refunds_of(turn: Turn, on: date) -> list[list[Charge]]:
    """What is given back on every edge for ending on a day; empty where nothing was paid but for usage."""
    chain = Scope(turn.row["scope"]).chain[1:]
    found = await database.fetch(_PAID, turn.row["id"], chain)
    paid: dict[str, list[Paid]] = {}
    for row in found:
        period = Term(row["period_start"], row["period_end"]) if row["period_start"] else None
        paid.setdefault(row["scope"], []).append(Paid(row["paid"], row["refunded"], row["currency"], period))
    policies = pinned(turn.row["policies"]) if turn.row["policies"] else CURRENT
    purchased_on = turn.row["purchased_on"] or turn.row["term_start"]
    return [_refund(policies, paid.get(path, ()), purchased_on, on) for path in chain] if paid else []


def _refund(policies: Policies, paid: Sequence[Paid], purchased_on: date, on: date) -> list[Charge]:
    return refund(policies, paid, purchased_on, on) if paid else []
