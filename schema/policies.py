"""The policies that a subscription was bought under: types."""

import strawberry

from domain.billing.policies import Policies, ProrationPolicy, RefundPolicy


@strawberry.type(description="What holds for a subscription from its purchase to its end, whatever is changed later.")
class SubscriptionPolicies:
    """Read from what is pinned to the subscription."""

    version: int = strawberry.field(description="Which version of the policies was sold by.")
    proration: ProrationPolicy = strawberry.field(description="What a change within a term costs for the rest of it.")
    full_refund_days: int = strawberry.field(
        description="Until how many days after the purchase all of it is refunded, the last one included."
    )
    refund: RefundPolicy = strawberry.field(description="What is refunded after that.")
    max_trial_days: int = strawberry.field(description="How long a trial may last.")


def shown(policies: Policies) -> SubscriptionPolicies:
    """The policies as the API tells them."""
    return SubscriptionPolicies(
        version=policies.version,
        proration=policies.proration,
        full_refund_days=policies.full_refund_days,
        refund=policies.refund,
        max_trial_days=policies.max_trial_days,
    )
