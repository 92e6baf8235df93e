"""Changing subscriptions: inputs and results."""

from datetime import date
from typing import Annotated

import strawberry

from domain.catalog.models import SalesModel
from schema.errors import Conflict, InsufficientCredit, InvalidInput, NotFound
from schema.organizations import OrganizationRef
from schema.subscriptions import Subscription


@strawberry.input(description="Members to assign to a subscription.")
class AssignMembersInput:
    """What `assignMembers` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    member_ids: list[strawberry.ID] = strawberry.field(description="Members of the customer that has it.")


@strawberry.type(description="The members are assigned.")
class AssignMembersSuccess:
    """The good end of `assignMembers`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="Members to take off a subscription.")
class UnassignMembersInput:
    """What `unassignMembers` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    member_ids: list[strawberry.ID] = strawberry.field(description="The members; who is not assigned is passed over.")


@strawberry.type(description="The members are not assigned any more.")
class UnassignMembersSuccess:
    """The good end of `unassignMembers`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="A contract to link a subscription with.")
class LinkContractInput:
    """What `linkContract` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    contract_id: strawberry.ID | None = strawberry.field(
        description="A contract of its customer that has not ended; null: none any more."
    )


@strawberry.type(description="The subscription is linked: the contract's prices hold from its next renewal on.")
class LinkContractSuccess:
    """The good end of `linkContract`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="Whether a subscription renews by itself.")
class SetAutoRenewalInput:
    """What `setAutoRenewal` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    auto_renew: bool = strawberry.field(description="False: it ends on its expiry date. True again before that: not.")


@strawberry.type(description="The subscription will renew, or end on its expiry date.")
class SetAutoRenewalSuccess:
    """The good end of `setAutoRenewal`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="Another way of billing, from the next renewal on.")
class ScheduleBillingChangeInput:
    """What `scheduleBillingChange` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    sales_model: SalesModel = strawberry.field(description="MONTHLY or YEARLY, as its plan is sold.")
    cycle_multiplier: int = strawberry.field(description="Billing cycle = sales model x this, 1 to 60.", default=1)


@strawberry.type(description="The change waits for the next renewal; it has replaced one that waited before.")
class ScheduleBillingChangeSuccess:
    """The good end of `scheduleBillingChange`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="A subscription whose pending change to forget.")
class WithdrawPendingChangeInput:
    """What `withdrawPendingChange` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")


@strawberry.type(description="Nothing waits for the next renewal any more.")
class WithdrawPendingChangeSuccess:
    """The good end of `withdrawPendingChange`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="How much longer a term is to run: either `cycles` or `until`.")
class ExtendSubscriptionInput:
    """What `extendSubscription` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    cycles: int | None = strawberry.field(description="By so many billing cycles, 1 to 60.", default=None)
    until: date | None = strawberry.field(
        description="To this last day, at least one month after the current expiry.", default=None
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The term ends later; the days more are charged.")
class ExtendSubscriptionSuccess:
    """The good end of `extendSubscription`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="A subscription to suspend.")
class SuspendSubscriptionInput:
    """What `suspendSubscription` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The subscription is suspended: not usable for now, while its terms go on.")
class SuspendSubscriptionSuccess:
    """The good end of `suspendSubscription`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="A subscription to let go on: suspended, or expired not too long ago.")
class ResumeSubscriptionInput:
    """What `resumeSubscription` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(
    description="The subscription is active; one that had expired renews, and was charged the missed term."
)
class ResumeSubscriptionSuccess:
    """The good end of `resumeSubscription`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="A subscription to hand to another customer.")
class TransferSubscriptionInput:
    """What `transferSubscription` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    owner: OrganizationRef = strawberry.field(description="The customer that is to have it.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The subscription is the other customer's, its settings are reset.")
class TransferSubscriptionSuccess:
    """The good end of `transferSubscription`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="A subscription to end before its time, for good.")
class TerminateSubscriptionInput:
    """What `terminateSubscription` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    confirmation: str = strawberry.field(description="The subscription's id once more, typed: there is no way back.")
    allow_refund: bool = strawberry.field(
        description="Whether what its policy gives back is given back; its seller's to allow.", default=False
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The subscription ends: its instance is being removed.")
class TerminateSubscriptionSuccess:
    """The good end of `terminateSubscription`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


AssignMembersResult = Annotated[
    AssignMembersSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("AssignMembersResult", description="How `assignMembers` can end."),
]
UnassignMembersResult = Annotated[
    UnassignMembersSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("UnassignMembersResult", description="How `unassignMembers` can end."),
]
LinkContractResult = Annotated[
    LinkContractSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("LinkContractResult", description="How `linkContract` can end."),
]
SetAutoRenewalResult = Annotated[
    SetAutoRenewalSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("SetAutoRenewalResult", description="How `setAutoRenewal` can end."),
]
ScheduleBillingChangeResult = Annotated[
    ScheduleBillingChangeSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("ScheduleBillingChangeResult", description="How `scheduleBillingChange` can end."),
]
WithdrawPendingChangeResult = Annotated[
    WithdrawPendingChangeSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("WithdrawPendingChangeResult", description="How `withdrawPendingChange` can end."),
]
ExtendSubscriptionResult = Annotated[
    ExtendSubscriptionSuccess | InvalidInput | NotFound | Conflict | InsufficientCredit,
    strawberry.union("ExtendSubscriptionResult", description="How `extendSubscription` can end."),
]
SuspendSubscriptionResult = Annotated[
    SuspendSubscriptionSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("SuspendSubscriptionResult", description="How `suspendSubscription` can end."),
]
ResumeSubscriptionResult = Annotated[
    ResumeSubscriptionSuccess | InvalidInput | NotFound | Conflict | InsufficientCredit,
    strawberry.union("ResumeSubscriptionResult", description="How `resumeSubscription` can end."),
]
TransferSubscriptionResult = Annotated[
    TransferSubscriptionSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("TransferSubscriptionResult", description="How `transferSubscription` can end."),
]
TerminateSubscriptionResult = Annotated[
    TerminateSubscriptionSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("TerminateSubscriptionResult", description="How `terminateSubscription` can end."),
]
