"""When an invoice is due, what of it was paid before, and what may be paid of it: pure decisions."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from domain.shared.calendar import Term
from domain.shared.errors import FieldCode, FieldError
from domain.shared.money import Money

DUE_AFTER: Final = timedelta(days=30)
SERIES: Final = "INV"
CREDIT_NOTES: Final = "CRN"
_MAX_PERIOD_DAYS: Final = 366


def document_number(series: str, place: int) -> str:
    """A number of a series, as it is printed."""
    return f"{series}-{place:06d}"


def paid_before(balance_minor: int, unpaid_minor: int, open_minor: int, total_minor: int) -> int:
    """What of a new invoice is paid from what its account was given before.

    An account's balance is all that was paid in less all that was charged: with what is still asked for on older
    invoices, on none yet, and on this one put back, it is what was paid for nothing so far.
    """
    return max(0, min(total_minor, balance_minor + unpaid_minor + open_minor + total_minor))


def check_period(start: date, last_day: date) -> list[FieldError]:
    """A period is a day to a year long."""
    if last_day < start:
        return [FieldError("periodLastDay", FieldCode.OUT_OF_RANGE, f"must not lie before {start}")]
    if (last_day - start).days >= _MAX_PERIOD_DAYS:
        return [FieldError("periodLastDay", FieldCode.OUT_OF_RANGE, f"is more than {_MAX_PERIOD_DAYS} days later")]
    return []


def period_of(start: date, last_day: date) -> Term:
    """The period from its first and last day."""
    return Term(start, last_day + timedelta(days=1))


def check_payment(amount: Decimal, outstanding: Money, paid_on: date, *, today: date) -> list[FieldError]:
    """More than nothing and no more than is asked for: what is paid beyond goes into the wallet (`topUpWallet`)."""
    problems = []
    try:
        minor = Money.of(amount, outstanding.currency).minor
    except ValueError:
        return [FieldError("amount", FieldCode.INVALID, f"is not an amount of {outstanding.currency}")]
    if not 0 < minor <= outstanding.minor:
        asked = f"{outstanding.amount} {outstanding.currency}"
        problems.append(FieldError("amount", FieldCode.OUT_OF_RANGE, f"must be more than 0 and at most {asked}"))
    if paid_on > today:
        problems.append(FieldError("paidOn", FieldCode.OUT_OF_RANGE, f"must not lie after {today}"))
    return problems


def party_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """An organization (its row) as invoices show it."""
    town = " ".join(part for part in (row["postal_code"], row["city"]) if part)
    contact = " ".join(part for part in (row["billing_first_name"], row["billing_last_name"]) if part)
    lines = [contact, row["street"], town, row["country"], row["billing_email"]]
    return {"name": row["company"] or row["name"], "lines": [line for line in lines if line]}


def recipients_of(row: Mapping[str, Any]) -> list[str]:
    """Who gets an organization's invoices: its billing contact and the addresses that it named for them, each once."""
    return list(dict.fromkeys(address for address in (row["billing_email"], *row["invoice_emails"]) if address))
