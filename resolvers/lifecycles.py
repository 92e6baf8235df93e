"""Resolvers of what makes subscriptions last longer, pause, change hands or end."""

from uuid import UUID

from domain.shared.ids import decode
from domain.subscriptions.ending import terminate_subscription as terminate
from domain.subscriptions.extending import Extension
from domain.subscriptions.extending import extend_subscription as extend
from domain.subscriptions.pausing import resume_subscription as resume
from domain.subscriptions.pausing import suspend_subscription as suspend
from domain.subscriptions.queries import SUBSCRIPTIONS
from domain.subscriptions.transferring import transfer_subscription as transfer
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_written
from resolvers.references import organization_id
from schema.context import Info
from schema.subscribing import (
    ExtendSubscriptionInput,
    ExtendSubscriptionResult,
    ExtendSubscriptionSuccess,
    ResumeSubscriptionInput,
    ResumeSubscriptionResult,
    ResumeSubscriptionSuccess,
    SuspendSubscriptionInput,
    SuspendSubscriptionResult,
    SuspendSubscriptionSuccess,
    TerminateSubscriptionInput,
    TerminateSubscriptionResult,
    TerminateSubscriptionSuccess,
    TransferSubscriptionInput,
    TransferSubscriptionResult,
    TransferSubscriptionSuccess,
)
from schema.subscriptions import Subscription


async def _written(info: Info, subscription_id: UUID) -> Subscription:
    written: Subscription = await read_written(info, "Subscription", SUBSCRIPTIONS, subscription_id, "subscription")
    return written


async def extend_subscription(info: Info, input: ExtendSubscriptionInput) -> ExtendSubscriptionResult:  # noqa: A002 - the argument's public name
    """Let the running term of a subscription end later: by billing cycles, or on an exact day."""
    subscription_id, extension = decode("Subscription", input.id), Extension(input.cycles, input.until)
    changed = await run_once(info, input, lambda: extend(actor_of(info), subscription_id, extension))
    return ExtendSubscriptionSuccess(subscription=await _written(info, changed))


async def suspend_subscription(info: Info, input: SuspendSubscriptionInput) -> SuspendSubscriptionResult:  # noqa: A002 - the argument's public name
    """Make a subscription unusable for now; what it holds is kept, and its terms go on."""
    subscription_id = decode("Subscription", input.id)
    changed = await run_once(info, input, lambda: suspend(actor_of(info), subscription_id))
    return SuspendSubscriptionSuccess(subscription=await _written(info, changed))


async def resume_subscription(info: Info, input: ResumeSubscriptionInput) -> ResumeSubscriptionResult:  # noqa: A002 - the argument's public name
    """Let a suspended subscription go on, or one that expired not too long ago: that one is charged what it missed."""
    subscription_id = decode("Subscription", input.id)
    changed = await run_once(info, input, lambda: resume(actor_of(info), subscription_id))
    return ResumeSubscriptionSuccess(subscription=await _written(info, changed))


async def transfer_subscription(info: Info, input: TransferSubscriptionInput) -> TransferSubscriptionResult:  # noqa: A002 - the argument's public name
    """Hand a subscription to another customer of your subtree; its settings are reset."""
    subscription_id, owner_id = decode("Subscription", input.id), await organization_id(info, input.owner, "owner")
    changed = await run_once(info, input, lambda: transfer(actor_of(info), subscription_id, owner_id))
    return TransferSubscriptionSuccess(subscription=await _written(info, changed))


async def terminate_subscription(info: Info, input: TerminateSubscriptionInput) -> TerminateSubscriptionResult:  # noqa: A002 - the argument's public name
    """End a subscription before its time, for good: its instance is removed, and its policy says what is refunded."""
    subscription_id, confirmed = decode("Subscription", input.id), input.confirmation == input.id
    options = {"confirmed": confirmed, "allow_refund": input.allow_refund}
    changed = await run_once(info, input, lambda: terminate(actor_of(info), subscription_id, **options))
    return TerminateSubscriptionSuccess(subscription=await _written(info, changed))
