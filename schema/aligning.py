"""Aligning the renewals of a customer: types, inputs and result."""

from datetime import date
from typing import Annotated

import strawberry

from schema.charges import ChargeExplanation
from schema.errors import Conflict, FieldProblem, InsufficientCredit, InvalidInput, NotFound
from schema.money import Money
from schema.organizations import OrganizationRef
from schema.scalars import CurrencyCode
from schema.subscriptions import Subscription

_WHICH = "Which of its subscriptions, at most 100; null: all that renew."
_ON = "The day on which they are all to renew, not before any of them does now; null: the latest of those days."


@strawberry.input(description="Subscriptions of a customer that are to renew on one day, to see what that would cost.")
class PreviewRenewalAlignmentInput:
    """What `previewRenewalAlignment` takes."""

    customer: OrganizationRef = strawberry.field(description="The customer that has them.")
    subscription_ids: list[strawberry.ID] | None = strawberry.field(description=_WHICH, default=None)
    on: date | None = strawberry.field(description=_ON, default=None)


@strawberry.type(description="What the days more of one subscription would cost.")
class AlignedRenewal:
    """Mirrors domain.subscriptions.aligning.Aligned."""

    subscription_id: strawberry.ID = strawberry.field(description="The subscription.")
    name: str = strawberry.field(description="Product and plan, as invoices name them.")
    renews_on: date = strawberry.field(description="The day on which it renews now.")
    days: int = strawberry.field(description="How many days more its running term would have.")
    price: Money = strawberry.field(description="What your buyer pays you for them (a customer: what it pays).")
    cost: Money | None = strawberry.field(description="What you pay your seller; null if you have no cost.")
    explanations: list[ChargeExplanation] = strawberry.field(description="Why the price is this much.")


@strawberry.type(description="What aligning would come to today; nothing is written.")
class RenewalAlignmentPreview:
    """Mirrors domain.subscriptions.aligning.Alignment."""

    on: date | None = strawberry.field(description="The day on which all would renew.")
    problems: list[FieldProblem] = strawberry.field(description="What aligning would be refused with.")
    lines: list[AlignedRenewal] = strawberry.field(description="Each subscription; none while there are problems.")
    currency: CurrencyCode | None = strawberry.field(description="The currency of its amounts; null without lines.")
    price: Money | None = strawberry.field(description="What all of it would cost your buyer (or you), at once.")
    cost: Money | None = strawberry.field(description="What you would pay your seller; null if you have no cost.")
    margin: Money | None = strawberry.field(description="Price less cost; null if you have no cost.")
    token: str | None = strawberry.field(
        description="Give it to `alignRenewals` as `previewToken`: it is refused if these amounts have moved by then."
    )


@strawberry.input(description="Subscriptions of a customer that are to renew on one day from now on.")
class AlignRenewalsInput:
    """What `alignRenewals` takes."""

    customer: OrganizationRef = strawberry.field(description="The customer that has them.")
    subscription_ids: list[strawberry.ID] | None = strawberry.field(description=_WHICH, default=None)
    on: date | None = strawberry.field(description=_ON, default=None)
    preview_token: str | None = strawberry.field(
        description="`token` of the preview: a Conflict if it would cost something else by now.", default=None
    )
    idempotency_key: str = strawberry.field(description="Makes a repeated request count once, for 24 hours.")


@strawberry.type(description="They renew on one day from now on; the days more are charged.")
class AlignRenewalsSuccess:
    """The good end of `alignRenewals`."""

    subscriptions: list[Subscription] = strawberry.field(description="The subscriptions, at most 100.")


AlignRenewalsResult = Annotated[
    AlignRenewalsSuccess | InvalidInput | NotFound | Conflict | InsufficientCredit,
    strawberry.union("AlignRenewalsResult", description="How `alignRenewals` can end."),
]
