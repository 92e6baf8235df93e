"""Explanations: what an amount was computed from, for machines, and one sentence of it for people."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any, Final

from domain.shared.calendar import MONTHS_PER_YEAR, Term
from domain.shared.money import format_minor, round_minor

_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PER: Final = {1: "a month", MONTHS_PER_YEAR: "a year"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an amount is what it is: `formula` over the figures that are given, rounded half up, is the amount.

    The names in the formula are those of the fields here, in camelCase. Amounts are in minor units; `periods` is how
    many billing periods there are, a fraction as `38/31` where the last one is not whole. `rounded` says whether
    rounding changed anything; `policy` with its version is the one that the subscription was bought under.
    """

    sentence: str
    formula: str
    policy: str | None = None
    policy_version: int | None = None
    unit_minor: int | None = None
    quantity: int | None = None
    periods: str | None = None
    old_unit_minor: int | None = None
    old_quantity: int | None = None
    paid_minor: int | None = None
    refunded_minor: int | None = None
    days_left: int | None = None
    days_in_term: int | None = None
    months_left: int | None = None
    months_in_term: int | None = None
    rounded: bool = False


# By what renewals write thousands of a second.
_NAMES: Final = tuple(field.name for field in fields(Explanation))


def explained(explanation: Explanation) -> dict[str, Any]:
    """An explanation as it is kept with its charge (JSON): what is given of it."""
    values = {name: getattr(explanation, name) for name in _NAMES}
    return {name: value for name, value in values.items() if value is not None}


def explanation_from(kept: Mapping[str, Any]) -> Explanation:
    """Read what `explained` wrote; figures that a later release added are left out."""
    return Explanation(**{name: value for name, value in kept.items() if name in _NAMES})


def rounded(exact: Fraction) -> tuple[int, bool, str]:
    """The amount in minor units, whether rounding changed it, and what the sentence says of that."""
    minor = round_minor(exact)
    return minor, minor != exact, "" if minor == exact else ", rounded half up"


def amount(minor: int, currency: str) -> str:
    """An amount as sentences have it: `1480.00 USD`."""
    return f"{format_minor(minor, currency)} {currency}"


def day(on: date) -> str:
    """A date as sentences have it: `16 Jun 2021`."""
    return f"{on.day} {_MONTH_NAMES[on.month - 1]} {on.year}"


def span(term: Term) -> str:
    """A term as sentences have it, by its first and last day."""
    return day(term.start) if term.days == 1 else f"{day(term.start)} to {day(term.last_day)}"


def per(period_months: int) -> str:
    """The billing period of a price as sentences have it."""
    return _PER.get(period_months, f"per {period_months} months")
