"""Approval of orders: inputs and results."""

from decimal import Decimal
from typing import Annotated

import strawberry

from domain.organizations.models import ApprovalRule
from schema.errors import Conflict, InvalidInput, NotFound
from schema.orders import Order
from schema.organizations import Organization, OrganizationRef


@strawberry.input(description="Which orders of a customer wait for approval, from now on.")
class SetApprovalRuleInput:
    """What `setApprovalRule` takes."""

    customer: OrganizationRef = strawberry.field(description="Whose orders.")
    rule: ApprovalRule = strawberry.field(description="Which of them wait.")
    limit: Decimal | None = strawberry.field(
        description="With ABOVE_AMOUNT: what may be ordered without approval, in major units of its currency.",
        default=None,
    )


@strawberry.type(description="The rule holds for what is submitted from now on.")
class SetApprovalRuleSuccess:
    """The good end of `setApprovalRule`."""

    customer: Organization = strawberry.field(description="The customer.")


@strawberry.input(description="An order to approve.")
class ApproveOrderInput:
    """What `approveOrder` takes."""

    id: strawberry.ID = strawberry.field(description="An order that waits for approval.")
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="The order is approved at the prices of its submission.")
class ApproveOrderSuccess:
    """The good end of `approveOrder`."""

    order: Order = strawberry.field(description="The approved order.")


@strawberry.input(description="An order to reject.")
class RejectOrderInput:
    """What `rejectOrder` takes."""

    id: strawberry.ID = strawberry.field(description="An order that waits for approval.")
    reason: str = strawberry.field(description="Why, at most 1,000 characters; everyone who sees the order reads it.")


@strawberry.type(description="The order is rejected for good; nothing is held for it any more.")
class RejectOrderSuccess:
    """The good end of `rejectOrder`."""

    order: Order = strawberry.field(description="The rejected order.")


@strawberry.input(description="An order to take back.")
class WithdrawOrderInput:
    """What `withdrawOrder` takes."""

    id: strawberry.ID = strawberry.field(description="An order that waits for approval.")


@strawberry.type(description="The order is a draft again: its prices are open, nothing is held for it.")
class WithdrawOrderSuccess:
    """The good end of `withdrawOrder`."""

    order: Order = strawberry.field(description="The draft.")


SetApprovalRuleResult = Annotated[
    SetApprovalRuleSuccess | InvalidInput | NotFound,
    strawberry.union("SetApprovalRuleResult", description="How `setApprovalRule` can end."),
]
ApproveOrderResult = Annotated[
    ApproveOrderSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("ApproveOrderResult", description="How `approveOrder` can end."),
]
RejectOrderResult = Annotated[
    RejectOrderSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("RejectOrderResult", description="How `rejectOrder` can end."),
]
WithdrawOrderResult = Annotated[
    WithdrawOrderSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("WithdrawOrderResult", description="How `withdrawOrder` can end."),
]
