"""The billing report: charges as rows for external billing systems, page by page, as CSV or JSONL (B3-O)."""

import csv
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from io import StringIO
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from domain.billing.queries import CHARGES
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.ids import encode
from domain.shared.listing import Statement
from domain.shared.money import format_minor

PAGE_ROWS: Final = 1000
_DAY: Final = timedelta(days=1)
COLUMNS: Final = (
    "charge_id",
    "charged_on",
    "kind",
    "side",
    "subscription_reference",
    "subscription_id",
    "order_id",
    "customer_id",
    "customer",
    "customer_reference",
    "description",
    "period_start",
    "period_last_day",
    "amount",
    "currency",
    "invoice",
    "explanation",
)
# What people may have written: a spreadsheet must not take it for a formula (OWASP, CSV injection).
_TEXTS: Final = frozenset({"subscription_reference", "customer", "customer_reference", "description"})
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class ReportFormat(StrEnum):
    """How a report is written."""

    CSV = "CSV"
    JSONL = "JSONL"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which charges: each part that is not None must hold; days are those of the charges, both included."""

    reference: str | None = None
    customer_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None


async def report(actor: Actor, asked: Asked, form: ReportFormat, *, page_rows: int = PAGE_ROWS) -> AsyncIterator[bytes]:
    """The report in parts, of what the actor may see of the ledger; however long it is, one page is in memory."""
    if form is ReportFormat.CSV:
        yield write_csv([dict(zip(COLUMNS, COLUMNS, strict=True))])
    write = write_csv if form is ReportFormat.CSV else write_jsonl
    after = UUID(int=0)
    while page := await _page(actor, asked, after, page_rows):
        yield write([row_of(record, actor.scope.path) for record in page])
        after = page[-1]["id"]


async def _page(actor: Actor, asked: Asked, after: UUID, page_rows: int) -> list[Record]:
    statement = Statement()
    conditions = [CHARGES.visible(actor, statement), f"id > {statement.bind(after)}"]
    for condition, value in (
        ("reference = {}", asked.reference),
        ("customer_id = {}", asked.customer_id),
        ("charged_on >= {}", asked.first_day),
        ("charged_on <= {}", asked.last_day),
    ):
        if value is not None:
            conditions.append(condition.format(statement.bind(value)))
    sql = (
        "SELECT c.*, o.name AS customer, o.reference AS customer_reference, i.number AS invoice "  # noqa: S608 - constants and placeholders
        f"FROM (SELECT * FROM charges WHERE {' AND '.join(conditions)} ORDER BY id LIMIT {page_rows}) AS c "
        "JOIN organizations o ON o.id = c.customer_id LEFT JOIN invoices i ON i.id = c.invoice_id ORDER BY c.id"
    )
    return await database.fetch(sql, *statement.values)


def row_of(record: Mapping[str, Any] | Record, viewer_path: str) -> dict[str, Any]:
    """A charge (its row, with customer and invoice) by column of the report."""
    last = record["period_end"] and record["period_end"] - _DAY
    return {
        "charge_id": encode("Charge", record["id"]),
        "charged_on": record["charged_on"].isoformat(),
        "kind": record["kind"],
        "side": "BOUGHT" if record["scope"] == viewer_path else "SOLD",
        "subscription_reference": record["reference"],
        "subscription_id": record["subscription_id"] and encode("Subscription", record["subscription_id"]),
        "order_id": record["order_id"] and encode("Order", record["order_id"]),
        "customer_id": encode("Organization", record["customer_id"]),
        "customer": record["customer"],
        "customer_reference": record["customer_reference"],
        "description": record["description"],
        "period_start": record["period_start"] and record["period_start"].isoformat(),
        "period_last_day": last and last.isoformat(),
        "amount": format_minor(record["amount_minor"], record["currency"]),
        "currency": record["currency"],
        "invoice": record["invoice"],
        "explanation": record["explanation"]["sentence"],
    }


def write_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as CSV (RFC 4180), UTF-8."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    for row in rows:
        writer.writerow({name: _harmless(name, value) for name, value in row.items()})
    return text.getvalue().encode()


def _harmless(name: str, value: Any) -> Any:
    return f"'{value}" if name in _TEXTS and value and value.startswith(_FORMULA) else value


def write_jsonl(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as JSON, one a line."""
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
