"""Changing subscriptions: inputs and results."""

from typing import Annotated

import strawberry

from domain.catalog.models import SalesModel
from schema.errors import Conflict, InvalidInput, NotFound
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
