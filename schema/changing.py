"""Changing plan and quantity of subscriptions: types, inputs and results."""

from datetime import date
from typing import Annotated

import strawberry

from domain.subscriptions.changes import ChangeKind
from domain.subscriptions.guards import Obstacle
from schema.charges import ChargeExplanation
from schema.errors import Conflict, FieldProblem, InsufficientCredit, InvalidInput, NotFound
from schema.money import Money
from schema.scalars import CurrencyCode
from schema.subscriptions import Subscription


@strawberry.input(description="How many of an add-on a subscription is to have.")
class AddOnQuantityInput:
    """One of the add-ons that its plan takes."""

    plan_id: strawberry.ID = strawberry.field(description="The add-on's plan, of `Plan.addons`.")
    quantity: int = strawberry.field(description="How many in all; 0: none any more.")


@strawberry.input(description="What a subscription is to have instead, to see what that would cost.")
class PreviewSubscriptionChangeInput:
    """What `previewSubscriptionChange` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    plan_id: strawberry.ID | None = strawberry.field(
        description="Another plan of its product; null: the one it has.", default=None
    )
    quantity: int | None = strawberry.field(description="How many; null: as many as it is.", default=None)
    addons: list[AddOnQuantityInput] | None = strawberry.field(
        description="Other quantities of add-ons; those that are not named stay.", default=None
    )
    numbers: list[str] | None = strawberry.field(
        description="Numbers to add, in E.164: those beyond what it allows are bought by their SKU.", default=None
    )


@strawberry.type(description="What a change costs on one edge of the resale chain.")
class ChangeAmounts:
    """Mirrors one edge of domain.subscriptions.quoting.Quote."""

    unit: Money = strawberry.field(description="One unit for one period, from the change on.")
    now: Money = strawberry.field(description="What is charged for the rest of the running term; never below zero.")
    at_renewal: Money | None = strawberry.field(
        description="What the next term would cost, before discounts; null if it does not renew."
    )
    explanations: list[ChargeExplanation] = strawberry.field(
        description="Why it is this much now; none where a change is free: on trial, before billing, or paid by use."
    )


@strawberry.type(description="What a change of a subscription would come to today; nothing is written.")
class SubscriptionChangePreview:
    """Mirrors domain.subscriptions.quoting.Quote."""

    day: date = strawberry.field(description="Today, where the customer is.")
    currency: CurrencyCode = strawberry.field(description="The currency of all its amounts.")
    is_allowed: bool = strawberry.field(description="Whether the change would not be refused.")
    obstacle: Obstacle | None = strawberry.field(description="Why no change at all is possible, for programs.")
    reason: str | None = strawberry.field(description="Why no change at all is possible, for people.")
    problems: list[FieldProblem] = strawberry.field(description="What this change would be refused with.")
    kind: ChangeKind | None = strawberry.field(description="What it is; null where nothing changes.")
    price: ChangeAmounts | None = strawberry.field(
        description="What your buyer pays you (a customer: what it pays); null while there are problems."
    )
    cost: ChangeAmounts | None = strawberry.field(description="What you pay your seller; null if you have no cost.")
    margin: Money | None = strawberry.field(description="Price less cost of now; null if you have no cost.")
    short: Money | None = strawberry.field(
        description="How much the account is short of it; null where it is not, or is not yours to see."
    )
    token: str | None = strawberry.field(
        description="Give it to the mutation as `previewToken`: it is refused if these amounts have moved by then."
    )


@strawberry.input(description="Another plan of its product for a subscription, another quantity, or both.")
class ChangePlanInput:
    """What `changePlan` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    plan_id: strawberry.ID | None = strawberry.field(
        description="Another plan of its product; null: the one it has.", default=None
    )
    quantity: int | None = strawberry.field(description="How many; null: as many as it is.", default=None)
    preview_token: str | None = strawberry.field(
        description="`token` of the preview: a Conflict if it would cost something else by now.", default=None
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="It is changed, or its provisioner is asked to: then `changeInProgress` says to what.")
class ChangePlanSuccess:
    """The good end of `changePlan`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


@strawberry.input(description="Other quantities of the add-ons of a subscription.")
class ChangeAddonsInput:
    """What `changeAddons` takes."""

    id: strawberry.ID = strawberry.field(description="The subscription.")
    addons: list[AddOnQuantityInput] = strawberry.field(description="At most 20; those that are not named stay.")
    preview_token: str | None = strawberry.field(
        description="`token` of the preview: a Conflict if it would cost something else by now.", default=None
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="It is changed, or its provisioner is asked to: then `changeInProgress` says so.")
class ChangeAddonsSuccess:
    """The good end of `changeAddons`."""

    subscription: Subscription = strawberry.field(description="The subscription.")


ChangeAddonsResult = Annotated[
    ChangeAddonsSuccess | InvalidInput | NotFound | Conflict | InsufficientCredit,
    strawberry.union("ChangeAddonsResult", description="How `changeAddons` can end."),
]
ChangePlanResult = Annotated[
    ChangePlanSuccess | InvalidInput | NotFound | Conflict | InsufficientCredit,
    strawberry.union("ChangePlanResult", description="How `changePlan` can end."),
]
