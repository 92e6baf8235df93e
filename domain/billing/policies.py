"""Policies of proration, refund and trial: data in versions, pinned to each subscription as it is bought."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final


class ProrationPolicy(StrEnum):
    """What a change within a term costs for the rest of it."""

    DAILY_DIFFERENCE = "DAILY_DIFFERENCE"
    CALENDAR_MONTHS = "CALENDAR_MONTHS"
    FULL_TERM = "FULL_TERM"
    NONE = "NONE"


class RefundPolicy(StrEnum):
    """What comes back of a term that ends early, after the days in which all of it does."""

    WHOLE_UNUSED_MONTHS = "WHOLE_UNUSED_MONTHS"
    DAILY = "DAILY"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Policies:
    """What holds for a subscription from its purchase to its end.

    Within `full_refund_days` of the purchase all of it is refunded, the purchase being day 0 and the last day still
    within; `max_trial_days` is the longest trial, given once per product and customer.
    """

    version: int
    proration: ProrationPolicy
    full_refund_days: int
    refund: RefundPolicy
    max_trial_days: int


# What plans are sold by that say nothing else. A version that was sold by is never edited: append the next one.
VERSIONS: Final[Mapping[int, Policies]] = {
    1: Policies(
        version=1,
        proration=ProrationPolicy.DAILY_DIFFERENCE,
        full_refund_days=14,  # B3-S 11
        refund=RefundPolicy.WHOLE_UNUSED_MONTHS,  # B3-S 11
        max_trial_days=30,  # B3-O
    )
}
CURRENT: Final = VERSIONS[max(VERSIONS)]


def sold_by(*, proration: ProrationPolicy, refund: RefundPolicy, full_refund_days: int) -> Policies:
    """Today's policies, as a plan has them."""
    return replace(CURRENT, proration=proration, refund=refund, full_refund_days=full_refund_days)


def pin(policies: Policies) -> dict[str, Any]:
    """Policies as they are kept with a subscription (JSON)."""
    return {
        "version": policies.version,
        "proration": policies.proration.value,
        "refund": {"fullRefundDays": policies.full_refund_days, "then": policies.refund.value},
        "trial": {"maxDays": policies.max_trial_days},
    }


def pinned(kept: Mapping[str, Any]) -> Policies:
    """The policies that a subscription was bought under; KeyError or ValueError for what `pin` never wrote."""
    return Policies(
        version=kept["version"],
        proration=ProrationPolicy(kept["proration"]),
        full_refund_days=kept["refund"]["fullRefundDays"],
        refund=RefundPolicy(kept["refund"]["then"]),
        max_trial_days=kept["trial"]["maxDays"],
    )
