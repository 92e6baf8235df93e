"""What happens at the next renewal: whether it renews at all, and a change of how it is billed from then on."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.catalog.models import SalesModel
from domain.events.actions import record
from domain.events.types import EventType
from domain.organizations.queries import chain_to
from domain.pricing.queries import tier_prices
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.subscriptions.events import change_event
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.loading import lock_for
from domain.subscriptions.rules import Billing, check_billing

_SET_PENDING: Final = """
UPDATE subscriptions SET pending_sales_model = $2, pending_cycle_multiplier = $3, pending_since = $4 WHERE id = $1
"""


async def set_auto_renewal(actor: Actor, subscription_id: UUID, *, renews: bool) -> UUID:
    """Off: it ends on its expiry date. On again before that: it renews (B3-S, "Turn off/on Auto-Renewal")."""
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.SET_AUTO_RENEWAL)
        if row["auto_renew"] is not renews:
            sql = "UPDATE subscriptions SET auto_renew = $2, due_at = $3 WHERE id = $1"
            await database.execute(sql, subscription_id, renews, actor.at)
            before, after = {"auto_renew": row["auto_renew"]}, {"auto_renew": renews}
            told = change_event(EventType.SUBSCRIPTION_AUTO_RENEWAL_CHANGED, row, before=before, after=after)
            await record(actor, told)
        return subscription_id


async def schedule_billing_change(actor: Actor, subscription_id: UUID, billing: Billing) -> UUID:
    """Bill by another model or cycle from the next renewal on; replaces a change that waits already (B3-S).

    Invalid for a sales model that the plan does not have, or has no price for where the customer buys.
    """
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.SCHEDULE_BILLING_CHANGE)
        plan = await database.fetch_row("SELECT name, sales_models FROM plans WHERE id = $1", row["plan_id"])
        problems = check_billing(billing, _billing(row), (plan or {})["sales_models"])
        if not problems and not await _is_sold(actor, row, billing.sales_model):
            message = f"is not sold {billing.sales_model} in {row['currency']} to this customer"
            problems = [FieldError("salesModel", FieldCode.NOT_ALLOWED, message)]
        if problems:
            raise Invalid(problems)
        pending = _pending(row)
        if pending != billing:
            await _set_pending(actor, subscription_id, billing)
            told = (_told(pending), _told(billing))
            await record(actor, _event(EventType.SUBSCRIPTION_CHANGE_SCHEDULED, row, *told))
        return subscription_id


async def withdraw_pending_change(actor: Actor, subscription_id: UUID) -> UUID:
    """Forget the change that waits for the next renewal; Conflict when none does."""
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.WITHDRAW_PENDING_CHANGE)
        await _set_pending(actor, subscription_id, None)
        await record(actor, _event(EventType.SUBSCRIPTION_CHANGE_WITHDRAWN, row, _told(_pending(row)), _told(None)))
        return subscription_id


async def _is_sold(actor: Actor, row: Record, sales_model: SalesModel) -> bool:
    """Whether every seller of the customer's chain has a price for it on the day of the next renewal."""
    chain = [member["id"] for member in await chain_to(actor, row["organization_id"])]
    prices = await tier_prices(chain, [row["plan_id"]], [sales_model], currency=row["currency"], on=row["term_end"])
    return bool(prices)


async def _set_pending(actor: Actor, subscription_id: UUID, billing: Billing | None) -> None:
    model, multiplier = (billing.sales_model.value, billing.cycle_multiplier) if billing else (None, None)
    await database.execute(_SET_PENDING, subscription_id, model, multiplier, actor.at if billing else None)


def _billing(row: Record) -> Billing:
    return Billing(SalesModel(row["sales_model"]), row["cycle_multiplier"])


def _pending(row: Record) -> Billing | None:
    model = row["pending_sales_model"]
    return None if model is None else Billing(SalesModel(model), row["pending_cycle_multiplier"])


def _told(billing: Billing | None) -> Mapping[str, Any]:
    return {"pending": billing and {"sales_model": billing.sales_model, "cycle_multiplier": billing.cycle_multiplier}}


def _event(event_type: EventType, row: Record, before: Mapping[str, Any], after: Mapping[str, Any]) -> Any:
    on = row["term_end"].isoformat()
    return change_event(event_type, row, before=before, after={**after, "applies_on": on if after["pending"] else None})
