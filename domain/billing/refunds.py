"""What comes back when a subscription ends early, by the policy that it was bought under (B3-S 11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from domain.billing.charges import Charge
from domain.billing.explaining import Explanation, amount, day, rounded, span
from domain.billing.models import ChargeKind
from domain.billing.policies import Policies, RefundPolicy
from domain.shared.calendar import Term
from domain.shared.money import format_minor


@dataclass(frozen=True, slots=True)
class Paid:
    """What was charged on one edge, discounts taken off, and how much of that was given back before (minor units).

    `period` is what it was for; None for a purchase paid once.
    """

    amount_minor: int
    refunded_minor: int
    currency: str
    period: Term | None

    @property
    def left_minor(self) -> int:
        """What can still be given back."""
        return max(0, self.amount_minor - self.refunded_minor)


def is_within(policies: Policies, purchased_on: date, on: date) -> bool:
    """Whether all of it is still refunded on a local date of the customer: the purchase is day 0."""
    return (on - purchased_on).days <= policies.full_refund_days


def refund(policies: Policies, paid: Sequence[Paid], purchased_on: date, on: date) -> list[Charge]:
    """What is given back of each of these for ending on a local date of the customer: REFUND, never positive.

    Each by its own period: what was paid for a term that has not begun comes back whole. A month that has begun is
    used, and so is the day of the end. Never more than was paid and not yet given back.
    """
    if is_within(policies, purchased_on, on):
        return [_in_full(policies, one, purchased_on, on) for one in paid]
    return [_in_part(policies, one, on) for one in paid]


def _in_full(policies: Policies, paid: Paid, purchased_on: date, on: date) -> Charge:
    days, left = (on - purchased_on).days, paid.left_minor
    when = f"Ended on {day(on)}, day {days} after the purchase, within the first {policies.full_refund_days}"
    what = amount(left, paid.currency) if paid.refunded_minor else "all"
    sentence = f"{when}: {what} of {amount(paid.amount_minor, paid.currency)} is refunded."
    return _charge(policies, paid, left, sentence=sentence, formula="-max(0, paid - refunded)")


def _in_part(policies: Policies, paid: Paid, on: date) -> Charge:
    period = paid.period
    if period is None or policies.refund is RefundPolicy.NONE:
        when = f"Ended on {day(on)}, more than {policies.full_refund_days} days after the purchase"
        what = "what was paid once" if period is None else f"what was paid for {span(period)}"
        sentence = f"{when}: {what} is not refunded."
        return _charge(policies, paid, 0, sentence=sentence, formula="0")
    if policies.refund is RefundPolicy.DAILY:
        left, whole, unit = period.days_left(on + timedelta(days=1)), period.days, "days"
    else:
        whole = period.months_begun(period.last_day)
        left, unit = whole - period.months_begun(on), "months"
    exact = max(0, paid.amount_minor) * Fraction(left, whole)
    minor, is_rounded, note = rounded(exact)
    share = f"{format_minor(paid.amount_minor, paid.currency)} x {left}/{whole}"
    given = min(minor, paid.left_minor)
    if paid.left_minor < exact:
        is_rounded = False
    if given < minor:
        note += f", of which {amount(given, paid.currency)} was not given back before"
    when = f"Ended on {day(on)}, when {left} of the {whole} {unit} of {span(period)} had not begun"
    figures: dict[str, Any] = {f"{unit}_left": left, f"{unit}_in_term": whole}
    sentence = f"{when}: {share} = {amount(minor, paid.currency)}{note}."
    formula = f"-min(max(0, paid) * {unit}Left / {unit}InTerm, max(0, paid - refunded))"
    return _charge(policies, paid, given, sentence=sentence, formula=formula, rounded=is_rounded, **figures)


def _charge(policies: Policies, paid: Paid, given_minor: int, **explanation: Any) -> Charge:
    return Charge(
        ChargeKind.REFUND,
        -given_minor,
        paid.currency,
        paid.period,
        Explanation(
            policy=policies.refund.value,
            policy_version=policies.version,
            paid_minor=paid.amount_minor,
            refunded_minor=paid.refunded_minor,
            **explanation,
        ),
    )
