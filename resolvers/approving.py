"""Resolvers of approval."""

from uuid import UUID

from domain.orders import approving
from domain.orders.queries import ORDERS
from domain.organizations.queries import ORGANIZATIONS
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_written
from resolvers.references import organization_id
from schema.approving import (
    ApproveOrderInput,
    ApproveOrderResult,
    ApproveOrderSuccess,
    RejectOrderInput,
    RejectOrderResult,
    RejectOrderSuccess,
    SetApprovalRuleInput,
    SetApprovalRuleResult,
    SetApprovalRuleSuccess,
    WithdrawOrderInput,
    WithdrawOrderResult,
    WithdrawOrderSuccess,
)
from schema.context import Info
from schema.orders import Order


async def _written(info: Info, order_id: UUID) -> Order:
    written: Order = await read_written(info, "Order", ORDERS, order_id, "order")
    return written


async def set_approval_rule(info: Info, input: SetApprovalRuleInput) -> SetApprovalRuleResult:  # noqa: A002 - the argument's public name
    """Say which orders of a customer wait for approval by somebody else than who submits them."""
    customer_id = await organization_id(info, input.customer, "customer")
    made = await approving.set_approval_rule(actor_of(info), customer_id, rule=input.rule, limit=input.limit)
    written = await read_written(info, "Organization", ORGANIZATIONS, made, "customer")
    return SetApprovalRuleSuccess(customer=written)


async def approve_order(info: Info, input: ApproveOrderInput) -> ApproveOrderResult:  # noqa: A002 - the argument's public name
    """Approve an order that somebody else submitted: its provisioning begins."""
    order_id = decode("Order", input.id)
    made = await run_once(info, input, lambda: approving.approve_order(actor_of(info), order_id))
    return ApproveOrderSuccess(order=await _written(info, made))


async def reject_order(info: Info, input: RejectOrderInput) -> RejectOrderResult:  # noqa: A002 - the argument's public name
    """Refuse, for good, to approve an order that somebody else submitted."""
    made = await approving.reject_order(actor_of(info), decode("Order", input.id), reason=input.reason)
    return RejectOrderSuccess(order=await _written(info, made))


async def withdraw_order(info: Info, input: WithdrawOrderInput) -> WithdrawOrderResult:  # noqa: A002 - the argument's public name
    """Take an order that waits for approval back: it is a draft again."""
    made = await approving.withdraw_order(actor_of(info), decode("Order", input.id))
    return WithdrawOrderSuccess(order=await _written(info, made))
