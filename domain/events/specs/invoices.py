"""What is told of invoices and their payments."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import MONEY, EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType


def _invoice(what: str) -> Mapping[str, JsonSchema]:
    """The amount is that between the two parties of the invoice; nobody else receives it."""
    return {
        "invoice_id": id_of("Invoice"),
        "number": text("the number of the invoice"),
        "buyer_id": id_of("Organization"),
        "account_id": optional(id_of("Account")),
        "due_on": text("by which day it is to be paid, ISO 8601"),
        "credit_note_number": optional(text("the credit note that takes it back, of a void one")),
        "price": optional({**MONEY, "description": what}),
        "cost": optional(MONEY),
    }


SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.INVOICE_ISSUED: EventSpec("Invoice", "An invoice was issued.", _invoice("its total")),
    EventType.INVOICE_PAID: EventSpec("Invoice", "The last of it was paid.", _invoice("its total")),
    EventType.INVOICE_VOIDED: EventSpec("Invoice", "It was taken back by a credit note.", _invoice("its total")),
    EventType.PAYMENT_RECORDED: EventSpec("Invoice", "A payment of it was recorded.", _invoice("the payment")),
}
