"""Trying failed lines again: the same instance is wished for once more, its price held anew."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.billing.holding import hold, hold_of
from domain.discounts.redeeming import redeem_again
from domain.events.actions import record
from domain.events.types import EventType
from domain.numbers.handing_over import numbers_for
from domain.numbers.ordering import keep_for_retry
from domain.orders.events import order_event, row_of
from domain.orders.loading import lock_order
from domain.orders.models import FailedAttempt, Order, OrderLine
from domain.orders.states import LINE, ORDER, LineState, OrderState
from domain.organizations.queries import chain_to
from domain.organizations.rules import require_active
from domain.provisioning.actions import start_operation
from domain.provisioning.models import Instance
from domain.provisioning.states import Action
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, FieldCode, FieldError, Invalid
from domain.shared.ids import encode
from domain.subscriptions import actions as subscriptions
from domain.subscriptions.trials import claim_trials

RETRYABLE: Final = frozenset({OrderState.FAILED, OrderState.PARTIALLY_COMPLETED})


async def retry_order(actor: Actor, order_id: UUID, line_ids: Sequence[UUID] | None) -> UUID:
    """FAILED | PARTIALLY_COMPLETED -> PROVISIONING for failed lines (None: for all of them), at the same prices.

    Each line keeps its instance, subscription and reason of failure; nothing that was made is made again. Raises
    Conflict where nothing failed or a code is used up, InsufficientCredit where the account has too little by now.
    """
    async with database.transaction():
        order = await lock_order(actor, order_id)
        ORDER.check_from(RETRYABLE, order.state, OrderState.PROVISIONING)
        chain = await chain_to(actor, order.organization_id)
        require_active(chain)
        lines = await _chosen(order, line_ids)
        await _claim_trials(actor, order, lines)
        if order.state is OrderState.FAILED and order.submitted_at is not None:
            await redeem_again(order.id, order.submitted_at)
        if wanted := hold_of(chain[-1], order.id, [_price_minor(lines)]):
            await hold(actor, wanted)
        ended_at, order.attempt = order.finished_at or actor.at, order.attempt + 1
        for line in lines:
            await _again(actor, order, line, failed_at=ended_at)
        order.state, order.finished_at = OrderState.PROVISIONING, None
        order.update_from_dict({"failure_code": None, "failure_reason": None})
        await order.save(update_fields=["state", "finished_at", "failure_code", "failure_reason", "attempt"])
        await record(actor, order_event(EventType.ORDER_RETRIED, row_of(order), order.state))
        return order.id


async def _chosen(order: Order, line_ids: Sequence[UUID] | None) -> list[OrderLine]:
    rows = OrderLine.filter(order_id=order.id, state=LineState.FAILED, subscription_id__isnull=False)
    failed = await rows.order_by("position")
    if line_ids is None:
        if not failed:
            raise Conflict("no line of the order can be tried again", current=order.state)
        return failed
    by_id = {line.id: line for line in failed}
    problems = [
        FieldError(
            f"lines.{place}", FieldCode.NOT_APPLICABLE, f"{encode('OrderLine', line_id)} is no failed line of it"
        )
        for place, line_id in enumerate(line_ids)
        if line_id not in by_id
    ]
    if not line_ids:
        problems = [FieldError("lines", FieldCode.REQUIRED, "name a line, or leave it out for all that failed")]
    if problems:
        raise Invalid(problems)
    return [by_id[line_id] for line_id in dict.fromkeys(line_ids)]


async def _claim_trials(actor: Actor, order: Order, lines: Sequence[OrderLine]) -> None:
    if order.trial_until is None:
        return
    products = [line.product_id for line in lines]
    if await claim_trials(actor, order.id, customer_id=order.organization_id, scope=order.scope, product_ids=products):
        raise Conflict("the customer had the trial of this order by another one meanwhile: place a new order")


def _price_minor(lines: Sequence[OrderLine]) -> int:
    """What the lines cost the buyer."""
    amounts: list[list[int]] = [line.tier_amount_minor or [] for line in lines]
    return sum(tiers[-1] for tiers in amounts if tiers)


async def _again(actor: Actor, order: Order, line: OrderLine, *, failed_at: datetime) -> None:
    LINE.check(line.state, LineState.PROVISIONING)
    await FailedAttempt.create(
        id=actor.new_id(),
        order_line_id=line.id,
        scope=line.scope,
        attempt=line.attempt,
        failure_code=line.failure_code,
        failure_reason=line.failure_reason,
        failed_at=failed_at,
        retried_by=actor.principal,
        retried_at=actor.at,
    )
    line.state, line.attempt = LineState.PROVISIONING, order.attempt
    line.update_from_dict({"failure_code": None, "failure_reason": None})
    await line.save(update_fields=["state", "attempt", "failure_code", "failure_reason"])
    await keep_for_retry(actor, line.id)
    instance = await Instance.get(subscription_id=line.subscription_id)
    await subscriptions.begin_again(instance.subscription_id)
    await start_operation(actor, instance.id, Action.CREATE, {"parameters": await numbers_for(line.id)})
