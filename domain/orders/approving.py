"""Approval: whether a buyer's orders need it, and deciding on one that waits."""

from decimal import Decimal
from typing import Final
from uuid import UUID

from domain.billing.holding import release as release_hold
from domain.discounts.redeeming import release as release_codes
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.numbers.backorders import cancel_waiting
from domain.numbers.ordering import release_selected, reopen_selection
from domain.orders.approval import check_rule
from domain.orders.events import order_event, row_of
from domain.orders.loading import lock_order
from domain.orders.models import Order, OrderLine
from domain.orders.states import ORDER, LineState, OrderState
from domain.organizations.actions import organization_data
from domain.organizations.models import ApprovalRule
from domain.organizations.queries import chain_to
from domain.organizations.rules import require_active
from domain.organizations.updating import lock_organization
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import Conflict, ErrorCode, FieldCode, FieldError, Invalid
from domain.shared.money import Money
from domain.shared.texts import check_text

MAX_REASON: Final = 1000


async def set_approval_rule(actor: Actor, customer_id: UUID, *, rule: ApprovalRule, limit: Decimal | None) -> UUID:
    """Say which orders of a customer wait for approval; `limit` is in major units of its currency."""
    async with database.transaction():
        row = await lock_organization(actor, customer_id)
        problems = check_rule(rule, limit, row.currency)
        if row.kind is not OrganizationKind.CUSTOMER:
            message = f"{row.name} is a {row.kind.lower()}; orders are for customers"
            problems.append(FieldError("customer", FieldCode.NOT_ALLOWED, message))
        if problems:
            raise Invalid(problems)
        row.approval_rule = rule
        row.approval_above_minor = None if limit is None else Money.of(limit, row.currency).minor
        await row.save(update_fields=["approval_rule", "approval_above_minor"])
        data = organization_data(row) | {"changed": ["approval"]}
        await record(actor, NewEvent(EventType.ORGANIZATION_UPDATED, row.id, row.scope, row.id, data))
        return row.id


async def approve_order(actor: Actor, order_id: UUID) -> UUID:
    """PENDING_APPROVAL -> APPROVED at the prices of its submission; by somebody else than who submitted it."""
    async with database.transaction():
        order = await _lock_for_decision(actor, order_id, OrderState.APPROVED)
        require_active(await chain_to(actor, order.organization_id))
        await _decide(actor, order, OrderState.APPROVED)
        await record(actor, order_event(EventType.ORDER_APPROVED, row_of(order), order.state))
        return order.id


async def reject_order(actor: Actor, order_id: UUID, *, reason: str) -> UUID:
    """PENDING_APPROVAL -> REJECTED for a reason that stays: nothing is held or redeemed by it any more."""
    if problems := check_text("reason", reason, max_length=MAX_REASON):
        raise Invalid(problems)
    async with database.transaction():
        order = await _lock_for_decision(actor, order_id, OrderState.REJECTED)
        order.rejection_reason, order.finished_at = reason, actor.at
        await _decide(actor, order, OrderState.REJECTED)
        await OrderLine.filter(order_id=order.id).update(state=LineState.CANCELLED)
        await _free(actor, order)
        await release_selected(actor, order.id)
        await cancel_waiting(actor, order.id)
        event = order_event(EventType.ORDER_REJECTED, row_of(order), order.state, reason=reason)
        await record(actor, event)
        return order.id


async def withdraw_order(actor: Actor, order_id: UUID) -> UUID:
    """PENDING_APPROVAL -> DRAFT, to be changed: its prices are open again, nothing is held or redeemed by it."""
    async with database.transaction():
        order = await lock_order(actor, order_id)
        ORDER.check_from({OrderState.PENDING_APPROVAL}, order.state, OrderState.DRAFT)
        await _free(actor, order)
        await reopen_selection(actor, order.id)
        told = order_event(EventType.ORDER_WITHDRAWN, row_of(order), OrderState.DRAFT)
        order.state, order.submitted_at, order.submitted_by = OrderState.DRAFT, None, None
        order.tier_total_minor = None
        await order.save(update_fields=["state", "submitted_at", "submitted_by", "tier_total_minor"])
        await OrderLine.filter(order_id=order.id).update(
            tier_unit_minor=None, tier_amount_minor=None, tier_discount_minor=None
        )
        await record(actor, told)
        return order.id


async def _lock_for_decision(actor: Actor, order_id: UUID, target: OrderState) -> Order:
    order = await lock_order(actor, order_id)
    ORDER.check_from({OrderState.PENDING_APPROVAL}, order.state, target)
    if order.submitted_by == actor.principal:
        message = "you submitted this order: somebody else decides on it, and you may withdraw it"
        raise Conflict(message, ErrorCode.OWN_SUBMISSION, current=order.state, allowed=[OrderState.DRAFT])
    return order


async def _decide(actor: Actor, order: Order, state: OrderState) -> None:
    order.state, order.decided_at, order.decided_by = state, actor.at, actor.principal
    await order.save(update_fields=["state", "decided_at", "decided_by", "rejection_reason", "finished_at"])


async def _free(actor: Actor, order: Order) -> None:
    await release_codes(order.id, actor.at)
    await release_hold(actor, order.id)
