"""What terms, purchases and usage cost on one edge, each with its explanation: pure rules."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final
from uuid import UUID

from domain.billing.explaining import Explanation, amount, per, rounded, span
from domain.billing.models import ChargeKind
from domain.shared.calendar import Term

ONCE: Final = 0  # the period of a price that is paid once


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of something at a unit price (minor units) for each billing period of so many months, or for `ONCE`."""

    unit_minor: int
    quantity: int
    currency: str
    period_months: int

    @property
    def period_minor(self) -> int:
        """What all of them cost for one period."""
        return self.unit_minor * self.quantity


@dataclass(frozen=True, slots=True)
class Named:
    """Another plan than that of the subscription, and what invoices call it: an add-on."""

    plan_id: UUID
    description: str


@dataclass(frozen=True, slots=True)
class Charge:
    """One row of the ledger of one edge, still to be written: negative for what is given back.

    `period` is what it is for; None for what is paid once. `of` names an add-on; None: the subscription's plan.
    """

    kind: ChargeKind
    amount_minor: int
    currency: str
    period: Term | None
    explanation: Explanation
    of: Named | None = None


def periods_in(rate: Rate, term: Term) -> Fraction:
    """How many billing periods a term has: a whole number for one of whole cycles."""
    return term.months / rate.period_months


def term_price(rate: Rate, term: Term) -> Fraction:
    """What a whole term costs at this rate, in minor units, exactly."""
    return rate.period_minor * periods_in(rate, term)


def recurring(rate: Rate, term: Term) -> Charge:
    """A term, or a part of one, in advance: the unit price for each of its periods; ValueError for a price paid once.

    Days beyond the last whole month count by the days of their month: an extension to an exact date, a term that is
    billed from a later day on.
    """
    if rate.period_months == ONCE:
        raise ValueError("what is paid once has no term")
    periods = periods_in(rate, term)
    minor, is_rounded, note = rounded(term_price(rate, term))
    each = f"{rate.quantity} x {amount(rate.unit_minor, rate.currency)} {per(rate.period_months)}"
    turns = "" if periods == 1 else f" x {periods}"
    explanation = Explanation(
        sentence=f"{each}{turns}, {span(term)}: {amount(minor, rate.currency)}{note}.",
        formula="unit * quantity * periods",
        unit_minor=rate.unit_minor,
        quantity=rate.quantity,
        periods=str(periods),
        rounded=is_rounded,
    )
    return Charge(ChargeKind.RECURRING, minor, rate.currency, term, explanation)


def one_time(rate: Rate) -> Charge:
    """A purchase that is paid once: unit x quantity."""
    minor = rate.period_minor
    explanation = Explanation(
        sentence=f"{rate.quantity} x {amount(rate.unit_minor, rate.currency)} once: {amount(minor, rate.currency)}.",
        formula="unit * quantity",
        unit_minor=rate.unit_minor,
        quantity=rate.quantity,
    )
    return Charge(ChargeKind.ONE_TIME, minor, rate.currency, None, explanation)


def first_charge(rate: Rate, term: Term | None) -> Charge:
    """The first charge of what was ordered, before discounts: its first term, or the purchase where there is none."""
    return one_time(rate) if term is None else recurring(rate, term)


def discount(off_minor: int, of: Charge) -> Charge:
    """What discounts take off a charge (minor units, not negative), as a row of its own."""
    explanation = Explanation(
        sentence=f"Discount of {amount(off_minor, of.currency)} on {amount(of.amount_minor, of.currency)}.",
        formula="-unit",
        unit_minor=off_minor,
    )
    return Charge(ChargeKind.DISCOUNT, -off_minor, of.currency, of.period, explanation)


def cancelled(paid_minor: int, currency: str, period: Term | None) -> Charge:
    """All that was charged for a period comes back: its order was cancelled before it was completed."""
    explanation = Explanation(
        sentence=f"The order was cancelled: all of {amount(paid_minor, currency)} is refunded.",
        formula="-paid",
        paid_minor=paid_minor,
    )
    return Charge(ChargeKind.REFUND, -paid_minor, currency, period, explanation)


def afterwards(rate: Rate, term: Term | None) -> Charge:
    """A term that costs nothing in advance: its months are charged afterwards, for their highest counts (CS)."""
    each = f"{amount(rate.unit_minor, rate.currency)} {per(rate.period_months)} each"
    explanation = Explanation(
        sentence=f"Nothing in advance: each month is charged afterwards for its highest count of users, {each}.",
        formula="0",
        unit_minor=rate.unit_minor,
    )
    return Charge(ChargeKind.USAGE, 0, rate.currency, term, explanation)


def usage(rate: Rate, month: Term, share: Fraction = Fraction(1)) -> Charge:
    """A month that is charged afterwards: the unit price for its highest count of users, `rate.quantity` (CS).

    `share` is how much of a month it is.
    """
    minor, is_rounded, note = rounded(rate.period_minor * share)
    users = f"At most {rate.quantity} users at once in {span(month)}"
    each = f"{amount(rate.unit_minor, rate.currency)} each"
    part = "" if share == 1 else f" x {share} of a month"
    explanation = Explanation(
        sentence=f"{users}, at {each}{part}: {amount(minor, rate.currency)}{note}.",
        formula="unit * quantity" if share == 1 else "unit * quantity * periods",
        unit_minor=rate.unit_minor,
        quantity=rate.quantity,
        periods=None if share == 1 else str(share),
        rounded=is_rounded,
    )
    return Charge(ChargeKind.USAGE, minor, rate.currency, month, explanation)
