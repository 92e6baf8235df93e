"""Beginning a subscription, and activating it when its instance is there."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.billing.policies import Policies, pin
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared.actor import Actor
from domain.shared.ids import encode
from domain.subscriptions.models import Subscription
from domain.subscriptions.rules import first_state, first_term
from domain.subscriptions.states import SUBSCRIPTION, SubscriptionState


async def begin(actor: Actor, policies: Policies, **columns: Any) -> UUID:
    """Make the PENDING subscription of an order line, under these policies for good; the caller holds the order."""
    row = await Subscription.create(
        id=actor.new_id(),
        state=SubscriptionState.PENDING,
        policies=pin(policies),
        created_at=actor.at,
        **columns,
    )
    return row.id


async def activate(actor: Actor, subscription_id: UUID, *, day: date, billing_starts_on: date) -> None:
    """PENDING -> ACTIVE on a local date of the customer, TRIALING in a trial; its first term begins with billing."""
    row = await Subscription.filter(id=subscription_id).select_for_update().get()
    await row.fetch_related("product", "plan")
    term = first_term(billing_starts_on, row.sales_model, row.cycle_multiplier)
    state = first_state(day, row.trial_ends_on)
    SUBSCRIPTION.check(row.state, state)
    row.state, row.billing_starts_on = state, billing_starts_on
    row.term_start, row.term_end = (term.start, term.end) if term else (billing_starts_on, None)
    row.anchor_day, row.due_at = billing_starts_on.day, actor.at
    await row.save(update_fields=["state", "billing_starts_on", "term_start", "term_end", "anchor_day", "due_at"])
    await record(actor, _begun(row, term.last_day.isoformat() if term else None))


async def fail(subscription_id: UUID) -> None:
    """PENDING -> FAILED: its instance could not be made."""
    row = await Subscription.filter(id=subscription_id).select_for_update().get()
    SUBSCRIPTION.check(row.state, SubscriptionState.FAILED)
    row.state = SubscriptionState.FAILED
    await row.save(update_fields=["state"])


async def begin_again(subscription_id: UUID) -> None:
    """FAILED -> PENDING: its instance is wished for once more; the caller holds the order."""
    row = await Subscription.filter(id=subscription_id).select_for_update().get()
    SUBSCRIPTION.check(row.state, SubscriptionState.PENDING)
    row.state = SubscriptionState.PENDING
    await row.save(update_fields=["state"])


async def undo(actor: Actor, subscription_id: UUID) -> None:
    """PENDING | TRIALING | ACTIVE | SUSPENDED -> TERMINATED: its instance was unmade with its order."""
    row = await Subscription.filter(id=subscription_id).select_for_update().get()
    has_begun = row.state is not SubscriptionState.PENDING
    if has_begun and row.state is not SubscriptionState.TERMINATING:
        SUBSCRIPTION.check(row.state, SubscriptionState.TERMINATING)
        row.state = SubscriptionState.TERMINATING
    SUBSCRIPTION.check(row.state, SubscriptionState.TERMINATED)
    row.state = SubscriptionState.TERMINATED
    await row.save(update_fields=["state"])
    if has_begun:
        data = {
            "subscription_id": encode("Subscription", row.id),
            "order_id": encode("Order", row.order_id) if row.order_id else None,
            "customer_id": encode("Organization", row.organization_id),
            "reference": row.reference,
        }
        await record(actor, NewEvent(EventType.SUBSCRIPTION_TERMINATED, row.organization_id, row.scope, row.id, data))


def _begun(row: Subscription, expires_on: str | None) -> NewEvent:
    data: dict[str, Any] = {
        "subscription_id": encode("Subscription", row.id),
        "order_id": encode("Order", row.order_id) if row.order_id else None,
        "customer_id": encode("Organization", row.organization_id),
        "product": row.product.key,
        "plan": row.plan.key,
        "quantity": row.quantity,
        "term_start": row.term_start.isoformat() if row.term_start else None,
        "expires_on": expires_on,
        "reference": row.reference,
    }
    amounts = [unit * row.quantity for unit in row.tier_unit_minor]
    happened = EventType.SUBSCRIPTION_ACTIVATED
    if row.state is SubscriptionState.TRIALING:
        happened = EventType.SUBSCRIPTION_TRIAL_STARTED
        data["trial_ends_on"] = str(row.trial_ends_on)
    return NewEvent(happened, row.organization_id, row.scope, row.id, data, amounts, row.currency)
