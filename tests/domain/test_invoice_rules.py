"""What of an invoice was paid before, and what its paper says: pure rules."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.invoices.document import document_of
from domain.invoices.rules import check_payment, check_period, document_number, paid_before, party_of, recipients_of
from domain.shared.money import Money
from integrations.invoices.pdf import print_invoice

DAY = date(2026, 11, 30)
INVOICE: dict[str, Any] = {
    "number": "INV-000007",
    "state": "ISSUED",
    "currency": "USD",
    "total_minor": 362264,
    "covered_minor": 0,
    "issued_on": DAY,
    "due_on": date(2026, 12, 30),
    "period_start": date(2026, 11, 1),
    "period_end": date(2026, 12, 1),
    "parties": {
        "seller": {"name": "Łódź #1 *GmbH* $x", "lines": ["@ul. \\Piotrkowska <12>"]},
        "buyer": {"name": "B", "lines": []},
    },
    "account_name": "Bergblick Enterprise",
    "credit_note_number": None,
    "void_reason": None,
}


def line(minor: int, part: str = "Bergblick", reference: str | None = None) -> dict[str, Any]:
    """A line of an invoice."""
    sentence = "1 x 3.00 USD once: 3.00 USD."
    return {"description": "Setup", "reference": reference, "amount_minor": minor, "sentence": sentence, "part": part}


LINES = [line(300000, reference="PO-7"), line(62000, reference="PO-7"), line(200), line(64, "Second group")]


def test_m4_the_paper_lists_groups_and_references() -> None:
    """Charges stand by group, in it by reference, each with its sum; the sums are the total."""
    document = document_of(INVOICE, LINES)
    told = [
        (group["name"], [(each["name"], each["sum"]) for each in group["references"]]) for group in document["groups"]
    ]
    assert told == [("Bergblick", [("PO-7", "3620.00"), (None, "2.00")]), ("Second group", [(None, "0.64")])]
    assert document["shows_sums"]
    assert document["sums"] == [("Total", "3622.64 USD")]
    assert document["due"] == ("Due by 30 Dec 2026", "3622.64 USD")
    assert ("Period", "1 Nov 2026 to 30 Nov 2026") in document["facts"]


def test_m4_the_paper_says_what_was_paid_before_and_what_is_void() -> None:
    """What the account had is taken off; a void invoice says why, and that nothing of it is due."""
    covered = document_of(INVOICE | {"covered_minor": 362264}, LINES)
    assert covered["sums"][1] == ("Paid from balance", "-3622.64 USD")
    assert covered["due"] == ("Due", "0.00 USD")
    void = {"state": "VOID", "credit_note_number": "CRN-000001", "void_reason": "ordered twice"}
    document = document_of(INVOICE | void, LINES)
    assert document["notice"] == "This invoice is void: ordered twice. Credit note CRN-000001 takes it back."
    assert document["sums"][1] == ("Credit note CRN-000001", "-3622.64 USD")
    assert document["due"] == ("Due", "0.00 USD")


async def test_m4_the_same_invoice_is_the_same_file() -> None:
    """Printed again it has the same bytes; names are text, whatever they look like to the typesetter."""
    document = document_of(INVOICE, LINES * 40)
    first = await print_invoice(document)
    assert first.startswith(b"%PDF-")
    assert await print_invoice(document) == first


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**9), st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_m4_what_was_paid_in_is_never_used_twice(paid: int, unpaid: int, still_open: int, total: int) -> None:
    """Of what was paid in, a new invoice takes what no older one has, and never more than its total."""
    balance = paid - unpaid - still_open - total  # what was paid for nothing yet, less all that is asked for
    assert paid_before(balance, unpaid, still_open, total) == max(0, min(paid, total))


@pytest.mark.parametrize(
    ("start", "last", "path"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), None),
        (DAY, DAY, None),
        (DAY, date(2026, 11, 29), "periodLastDay"),
        (date(2024, 1, 1), date(2024, 12, 31), None),
        (date(2024, 1, 1), date(2025, 1, 1), "periodLastDay"),
    ],
)
def test_m4_a_period_is_a_day_to_a_year(start: date, last: date, path: str | None) -> None:
    """It ends no sooner than it begins, and has no more days than a year."""
    assert [problem.path for problem in check_period(start, last)] == ([path] if path else [])


@pytest.mark.parametrize(
    ("amount", "paid_on", "paths"),
    [
        ("50.00", DAY, []),
        ("0.01", DAY, []),
        ("50.01", DAY, ["amount"]),
        ("0", date(2026, 12, 1), ["amount", "paidOn"]),
        ("NaN", DAY, ["amount"]),
    ],
)
def test_m4_a_payment_is_of_what_is_outstanding(amount: str, paid_on: date, paths: list[str]) -> None:
    """More than nothing, no more than is asked for, and not in the future."""
    found = check_payment(Decimal(amount), Money(5000, "USD"), paid_on, today=DAY)
    assert [problem.path for problem in found] == paths


def test_m4_who_is_on_an_invoice_and_who_gets_it() -> None:
    """Its billing contact and its address; each address for invoices once."""
    row: dict[str, Any] = dict.fromkeys(("company", "street", "postal_code", "billing_first_name", "billing_last_name"))
    row |= {"name": "Alpha", "city": "Wien", "country": "AT", "billing_email": "a@a.example"}
    assert party_of(row) == {"name": "Alpha", "lines": ["Wien", "AT", "a@a.example"]}
    assert recipients_of(row | {"invoice_emails": ["b@a.example", "a@a.example"]}) == ["a@a.example", "b@a.example"]
    assert document_number("INV", 1234567) == "INV-1234567"
