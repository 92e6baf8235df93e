"""What can be done to a subscription: the type."""

from typing import Final

import strawberry

from domain.subscriptions.guards import Obstacle, SubscriptionAction
from schema.money import Money
from schema.reading import Reader, column, computed, cost, member, price


@strawberry.type(description="Something that can be done to a subscription, or why it cannot: as its mutation answers.")
class AvailableAction:
    """Read from `domain.subscriptions.offering`."""

    action: SubscriptionAction = strawberry.field(description="What.")
    is_allowed: bool = strawberry.field(description="Whether it is possible as the subscription stands.")
    obstacle: Obstacle | None = strawberry.field(description="Why not, for programs; null where it is allowed.")
    reason: str | None = strawberry.field(description="Why not, for people; null where it is allowed.")
    price_now: Money | None = strawberry.field(
        description="What your buyer (or you) would pay at once: of EXTEND for one cycle, of CHANGE_PLAN for the next "
        "higher plan, of CHANGE_QUANTITY for one more, of CHANGE_ADDONS for one more of the first. Null where it is "
        "not allowed, or there is none."
    )
    cost_now: Money | None = strawberry.field(description="What you would pay your seller at once.")
    price_at_renewal: Money | None = strawberry.field(
        description="What the next term would cost after it, before discounts; null if it does not renew then."
    )
    cost_at_renewal: Money | None = strawberry.field(description="What you would pay your seller for the next term.")


AVAILABLE_ACTION: Final = Reader(
    AvailableAction,
    {
        "action": member(SubscriptionAction, "action"),
        "is_allowed": computed(("obstacle",), lambda record: record["obstacle"] is None),
        "obstacle": computed(("obstacle",), lambda record: record["obstacle"] and Obstacle(record["obstacle"])),
        "reason": column("reason"),
        "price_now": price("tier_now_minor"),
        "cost_now": cost("tier_now_minor"),
        "price_at_renewal": price("tier_renewal_minor"),
        "cost_at_renewal": cost("tier_renewal_minor"),
    },
)
