"""Resolvers of changes of subscriptions (what customers have)."""

from collections.abc import Sequence
from uuid import UUID

from domain.shared.ids import decode
from domain.subscriptions import assigning, linking, scheduling
from domain.subscriptions.queries import SUBSCRIPTIONS
from domain.subscriptions.rules import Billing
from resolvers.access import actor_of
from resolvers.lists import read_written
from schema.context import Info
from schema.subscribing import (
    AssignMembersInput,
    AssignMembersResult,
    AssignMembersSuccess,
    LinkContractInput,
    LinkContractResult,
    LinkContractSuccess,
    ScheduleBillingChangeInput,
    ScheduleBillingChangeResult,
    ScheduleBillingChangeSuccess,
    SetAutoRenewalInput,
    SetAutoRenewalResult,
    SetAutoRenewalSuccess,
    UnassignMembersInput,
    UnassignMembersResult,
    UnassignMembersSuccess,
    WithdrawPendingChangeInput,
    WithdrawPendingChangeResult,
    WithdrawPendingChangeSuccess,
)
from schema.subscriptions import Subscription


async def _written(info: Info, subscription_id: UUID) -> Subscription:
    written: Subscription = await read_written(info, "Subscription", SUBSCRIPTIONS, subscription_id, "subscription")
    return written


def _members(ids: Sequence[str]) -> list[UUID]:
    return [decode("Member", text, path=f"memberIds.{place}") for place, text in enumerate(ids)]


async def assign_members(info: Info, input: AssignMembersInput) -> AssignMembersResult:  # noqa: A002 - the argument's public name
    """Assign members of the customer to a subscription."""
    subscription_id, members = decode("Subscription", input.id), _members(input.member_ids)
    changed = await assigning.assign_members(actor_of(info), subscription_id, members)
    return AssignMembersSuccess(subscription=await _written(info, changed))


async def unassign_members(info: Info, input: UnassignMembersInput) -> UnassignMembersResult:  # noqa: A002 - the argument's public name
    """Take members off a subscription."""
    subscription_id, members = decode("Subscription", input.id), _members(input.member_ids)
    changed = await assigning.unassign_members(actor_of(info), subscription_id, members)
    return UnassignMembersSuccess(subscription=await _written(info, changed))


async def link_contract(info: Info, input: LinkContractInput) -> LinkContractResult:  # noqa: A002 - the argument's public name
    """Link a subscription with a contract of its customer, or with none."""
    contract_id = None if input.contract_id is None else decode("Contract", input.contract_id, path="contractId")
    changed = await linking.link_contract(actor_of(info), decode("Subscription", input.id), contract_id)
    return LinkContractSuccess(subscription=await _written(info, changed))


async def set_auto_renewal(info: Info, input: SetAutoRenewalInput) -> SetAutoRenewalResult:  # noqa: A002 - the argument's public name
    """Let a subscription end on its expiry date, or renew by itself again."""
    subscription_id = decode("Subscription", input.id)
    changed = await scheduling.set_auto_renewal(actor_of(info), subscription_id, renews=input.auto_renew)
    return SetAutoRenewalSuccess(subscription=await _written(info, changed))


async def schedule_billing_change(info: Info, input: ScheduleBillingChangeInput) -> ScheduleBillingChangeResult:  # noqa: A002 - the argument's public name
    """Bill a subscription by another model or cycle from its next renewal on."""
    billing = Billing(input.sales_model, input.cycle_multiplier)
    changed = await scheduling.schedule_billing_change(actor_of(info), decode("Subscription", input.id), billing)
    return ScheduleBillingChangeSuccess(subscription=await _written(info, changed))


async def withdraw_pending_change(info: Info, input: WithdrawPendingChangeInput) -> WithdrawPendingChangeResult:  # noqa: A002 - the argument's public name
    """Forget the change that waits for a subscription's next renewal."""
    changed = await scheduling.withdraw_pending_change(actor_of(info), decode("Subscription", input.id))
    return WithdrawPendingChangeSuccess(subscription=await _written(info, changed))
