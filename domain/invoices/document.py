"""What is printed on an invoice: pure, so that the same invoice is the same document whenever it is asked for."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from domain.billing.explaining import amount, day, span
from domain.invoices.states import InvoiceState
from domain.shared.calendar import Term
from domain.shared.money import format_minor

Row: TypeAlias = Mapping[str, Any]


def document_of(invoice: Row, lines: Sequence[Row]) -> dict[str, Any]:
    """All that the paper shows (JSON), amounts written out; what is paid after it was issued changes nothing of it."""
    currency, total, covered = invoice["currency"], invoice["total_minor"], invoice["covered_minor"]
    is_void = invoice["state"] == InvoiceState.VOID
    owed = 0 if is_void else total - covered
    sums = [("Total", amount(total, currency))]
    if covered:
        sums.append(("Paid from balance", amount(-covered, currency)))
    if is_void:
        sums.append((f"Credit note {invoice['credit_note_number']}", amount(covered - total, currency)))
    issued = invoice["issued_on"]
    return {
        "word": "Invoice",
        "title": f"Invoice {invoice['number']}",
        "page_word": "Page ",
        "issued": {"year": issued.year, "month": issued.month, "day": issued.day},
        "notice": _notice(invoice) if is_void else None,
        **invoice["parties"],
        "facts": _facts(invoice),
        "groups": _groups(lines, currency),
        "shows_sums": len({(line["part"], line["reference"]) for line in lines}) > 1,
        "sums": sums,
        "due": (f"Due by {day(invoice['due_on'])}" if owed else "Due", amount(owed, currency)),
    }


def _facts(invoice: Row) -> list[tuple[str, str]]:
    period = Term(invoice["period_start"], invoice["period_end"])
    facts = [("Number", invoice["number"]), ("Issued", day(invoice["issued_on"])), ("Due", day(invoice["due_on"]))]
    facts.append(("Period", span(period)))
    return [*facts, ("Account", invoice["account_name"])] if invoice["account_name"] else facts


def _notice(invoice: Row) -> str:
    return f"This invoice is void: {invoice['void_reason']}. Credit note {invoice['credit_note_number']} takes it back."


def _groups(lines: Sequence[Row], currency: str) -> list[dict[str, Any]]:
    """The lines by group or customer, in it by reference, each with its sum."""
    return [
        {
            "name": part,
            "references": [_reference(name, list(rows), currency) for name, rows in _by(inside, "reference")],
        }
        for part, inside in _by(lines, "part")
    ]


def _by(lines: Sequence[Row], column: str) -> list[tuple[Any, list[Row]]]:
    return [(name, list(rows)) for name, rows in groupby(lines, key=lambda line: line[column])]


def _reference(name: str | None, lines: Sequence[Row], currency: str) -> dict[str, Any]:
    return {
        "name": name,
        "sum_word": f"Sum of {name}" if name else "Sum",
        "sum": format_minor(sum(line["amount_minor"] for line in lines), currency),
        "lines": [
            {
                "description": line["description"],
                "why": line["sentence"],
                "amount": format_minor(line["amount_minor"], currency),
            }
            for line in lines
        ],
    }
