"""What is told of invoices."""

from collections.abc import Mapping
from typing import Any

from asyncpg import Record

from domain.events.actions import NewEvent
from domain.events.types import EventType
from domain.shared.ids import encode
from domain.shared.tenancy import Scope


def invoice_event(event_type: EventType, row: Mapping[str, Any] | Record, amount_minor: int) -> NewEvent:
    """An event of an invoice (its row); the amount is that of the edge between its two parties, who alone see it."""
    data = {
        "invoice_id": encode("Invoice", row["id"]),
        "number": row["number"],
        "buyer_id": encode("Organization", row["buyer_id"]),
        "account_id": encode("Account", row["account_id"]) if row["account_id"] else None,
        "due_on": row["due_on"].isoformat(),
        "credit_note_number": row["credit_note_number"],
    }
    edges = Scope(row["scope"]).depth - 1
    tiers = [*[None] * (edges - 1), amount_minor]
    return NewEvent(event_type, row["buyer_id"], row["scope"], row["id"], data, tiers, row["currency"])
