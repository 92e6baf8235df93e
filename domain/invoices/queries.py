"""Reading invoices and payments: their two parties do."""

from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing, Visibility

INVOICES: Final = Listing(
    "invoices",
    filters={
        "state": "state",
        "number": "number",
        "buyer_id": "buyer_id",
        "account_id": "account_id",
        "issued_on": "issued_on",
        "due_on": "due_on",
    },
    sorts={
        "NUMBER": ("number", ColumnType.TEXT),
        "ISSUED_ON": ("issued_on", ColumnType.DATE),
        "DUE_ON": ("due_on", ColumnType.DATE),
    },
    visibility=Visibility.PARTIES,
)
PAYMENTS: Final = Listing(
    "payments",
    filters={"invoice_id": "invoice_id", "paid_on": "paid_on"},
    visibility=Visibility.PARTIES,
)
_INVOICE: Final = """
SELECT i.*, a.name AS account_name,
       coalesce((SELECT sum(amount_minor) FROM payments WHERE invoice_id = i.id AND method = 'WALLET'), 0)::bigint
         AS covered_minor
FROM invoices i LEFT JOIN accounts a ON a.id = i.account_id WHERE i.id = $1
"""
# What a credit note takes back is told as one sum.
_LINES: Final = """
SELECT c.description, c.reference, c.amount_minor, c.explanation->>'sentence' AS sentence,
       coalesce(g.name, o.name) AS part
FROM charges c JOIN organizations o ON o.id = c.customer_id LEFT JOIN accounts g ON g.id = c.group_id
WHERE c.invoice_id = $1 AND c.source_key NOT LIKE 'void:%'
ORDER BY g.position, o.name, c.reference NULLS LAST, c.charged_on, c.id
"""


async def invoice_with_lines(invoice_id: UUID) -> tuple[Record, list[Record]] | None:
    """An invoice and its lines, as they are printed: by group (or by customer), then by reference. Asks no leave."""
    row = await database.fetch_row(_INVOICE, invoice_id)
    return None if row is None else (row, await database.fetch(_LINES, invoice_id))
