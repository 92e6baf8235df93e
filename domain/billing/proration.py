"""What a change within a term costs for the rest of it, by the policy that the subscription was bought under."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from domain.billing.charges import Charge, Rate, periods_in, term_price
from domain.billing.explaining import Explanation, amount, rounded, span
from domain.billing.models import ChargeKind
from domain.billing.policies import Policies, ProrationPolicy
from domain.shared.calendar import Term
from domain.shared.money import CurrencyMismatch, format_minor, round_minor

_OLD: Final = "oldUnit * oldQuantity"
_DIFFERENCE: Final = f"max(0, unit * quantity - {_OLD}) * periods"
# Exact minor units, how that came to be, what the sentence says before them, and the figures this policy looks at.
_Worked = tuple[Fraction, str, str, dict[str, int]]


def prorate_upgrade(policies: Policies, old: Rate, new: Rate, term: Term, on: date) -> Charge:
    """A change to a higher plan on a day of the term, on one edge: a PRORATION for the days from `on` (B3-S 4).

    Never negative: an upgrade that costs less is not refunded. On the last day one day is left; after it nothing.
    CurrencyMismatch or ValueError for rates of two currencies or billing periods: those change with a new term only.
    """
    _check_alike(old, new)
    exact, formula, reason, figures = _POLICIES[policies.proration](old, new, term, on)
    return _charge(policies, (exact, formula, reason, figures), old, new, term, on)


def prorate_increase(policies: Policies, added: Rate, term: Term, on: date) -> Charge:
    """More of a plan, an add-on or numbers: the `added` quantity alone, for the days from `on` (B3-S 5 and 6)."""
    return prorate_upgrade(policies, Rate(0, 0, added.currency, added.period_months), added, term, on)


def not_refunded(policies: Policies, old: Rate, new: Rate, term: Term, on: date) -> Charge:
    """A downgrade, fewer of something, something removed: at once, and nothing is given back (B3-S 4, 5 and 6)."""
    reason = "Less than before takes effect at once and is not refunded: "
    return _charge(policies, (Fraction(0), "0", reason, {}), old, new, term, on)


def _check_alike(old: Rate, new: Rate) -> None:
    if old.currency != new.currency:
        raise CurrencyMismatch(f"{old.currency} and {new.currency} cannot meet in one term")
    if old.period_months != new.period_months:
        raise ValueError("a term has one billing period")


def _charge(policies: Policies, worked: _Worked, old: Rate, new: Rate, term: Term, on: date) -> Charge:
    exact, formula, reason, figures = worked
    minor, is_rounded, note = rounded(exact)
    rest = Term(min(max(on, term.start), term.end), term.end)
    is_change = old.quantity > 0
    explanation = Explanation(
        sentence=f"{reason}{amount(minor, new.currency)}{note}.",
        formula=formula,
        policy=policies.proration.value,
        policy_version=policies.version,
        unit_minor=new.unit_minor,
        quantity=new.quantity,
        periods=str(periods_in(new, term)),
        old_unit_minor=old.unit_minor if is_change else None,
        old_quantity=old.quantity if is_change else None,
        rounded=is_rounded,
        **figures,
    )
    return Charge(ChargeKind.PRORATION, minor, new.currency, rest if rest.days else None, explanation)


def _daily_difference(old: Rate, new: Rate, term: Term, on: date) -> _Worked:
    left, whole = term.days_left(on), term.days
    told = _difference_told(old, new, term)
    base = f"({told})" if " - " in told else told
    reason = f"{left} of the {whole} days of {span(term)} are left: {base} x {left}/{whole} = "
    share = Fraction(left, whole)
    figures = {"days_left": left, "days_in_term": whole}
    return _difference(old, new, term) * share, f"{_formula(old)} * daysLeft / daysInTerm", reason, figures


def _calendar_months(old: Rate, new: Rate, term: Term, on: date) -> _Worked:
    left, whole = term.months_touched(on), term.months_begun(term.last_day)
    uncredited = ", nothing is credited for the plan before" if old.quantity else ""
    price = _told(term_price(new, term), new.currency)
    reason = f"The rest of {span(term)} touches {left} of its {whole} months{uncredited}: {price} x {left}/{whole} = "
    figures = {"months_left": left, "months_in_term": whole}
    formula = "unit * quantity * periods * monthsLeft / monthsInTerm"
    return term_price(new, term) * Fraction(left, whole), formula, reason, figures


def _full_term(old: Rate, new: Rate, term: Term, on: date) -> _Worked:
    if on >= term.end:
        return Fraction(0), "0", f"The term {span(term)} is over: ", {}
    reason = f"Charged for all of {span(term)}, whenever it changes: {_difference_told(old, new, term)} = "
    return _difference(old, new, term), _formula(old), reason, {}


def _none(_old: Rate, _new: Rate, term: Term, _on: date) -> _Worked:
    return Fraction(0), "0", f"Not charged before the next term, whatever is left of {span(term)}: ", {}


def _formula(old: Rate) -> str:
    return _DIFFERENCE if old.quantity else "unit * quantity * periods"


def _difference(old: Rate, new: Rate, term: Term) -> Fraction:
    """What the whole term costs more than before: nothing where it costs less."""
    return max(Fraction(0), term_price(new, term) - term_price(old, term))


def _difference_told(old: Rate, new: Rate, term: Term) -> str:
    now, before = term_price(new, term), term_price(old, term)
    if not old.quantity:
        return _told(now, new.currency)
    if now < before:
        return f"{_told(Fraction(0), new.currency)} (it costs less than before)"
    return f"{_told(now, new.currency)} - {_told(before, old.currency)}"


def _told(exact: Fraction, currency: str) -> str:
    return format_minor(round_minor(exact), currency)


_POLICIES: Final[Mapping[ProrationPolicy, Callable[[Rate, Rate, Term, date], _Worked]]] = {
    ProrationPolicy.DAILY_DIFFERENCE: _daily_difference,
    ProrationPolicy.CALENDAR_MONTHS: _calendar_months,
    ProrationPolicy.FULL_TERM: _full_term,
    ProrationPolicy.NONE: _none,
}
