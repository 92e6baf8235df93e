"""Invoices and payments: types and inputs."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final

import strawberry

from domain.invoices.models import PaymentMethod
from domain.invoices.states import InvoiceState
from domain.invoices.voiding import AfterVoid
from domain.shared.filters import Direction
from domain.shared.ids import encode
from schema.bulk import BulkOperation
from schema.errors import Conflict, InvalidInput, NotFound
from schema.filters import KIND, DateFilter, IdFilter, TextFilter
from schema.money import Money, money
from schema.nodes import Node
from schema.reading import Field, Reader, column, computed, identity, member, viewed
from schema.scalars import CurrencyCode

_DAY: Final = timedelta(days=1)
_KEY: Final = "Makes a repeated request count once, for 24 hours."


@strawberry.type(description="What a seller asks of a buyer for a period. Fixed once issued; its two parties see it.")
class Invoice(Node):
    """Read from `invoices`; its lines are the charges that name it."""

    number: str = strawberry.field(description="Its number, without gaps at the seller.")
    state: InvoiceState = strawberry.field(description="Where it stands.")
    currency: CurrencyCode = strawberry.field(description="The currency of its amounts.")
    total: Money = strawberry.field(description="What its charges come to.")
    paid: Money = strawberry.field(description="What was paid of it, from the account's balance or since.")
    outstanding: Money = strawberry.field(description="What is still to be paid; nothing if it is void.")
    buyer_id: strawberry.ID = strawberry.field(description="Whom it is for.")
    is_owed_by_you: bool = strawberry.field(description="Whether you are the buyer; else you are the seller.")
    account_id: strawberry.ID | None = strawberry.field(description="The account that it lives on; partners have none.")
    period_start: date = strawberry.field(description="The first day of its period.")
    period_last_day: date = strawberry.field(description="The last day of its period.")
    issued_on: date = strawberry.field(description="On which day it was issued, where the seller is.")
    due_on: date = strawberry.field(description="By which day it is to be paid.")
    credit_note_number: str | None = strawberry.field(description="Of the credit note that takes it back, if void.")
    void_reason: str | None = strawberry.field(description="Why it is void.")
    issued_at: datetime = strawberry.field(description="When it was issued.")
    paid_at: datetime | None = strawberry.field(description="When the last of it was paid.")
    voided_at: datetime | None = strawberry.field(description="When it became void.")


@strawberry.type(description="A payment of an invoice. Never changed or removed.")
class Payment(Node):
    """Read from `payments`."""

    amount: Money = strawberry.field(description="How much.")
    method: PaymentMethod = strawberry.field(description="How.")
    paid_on: date = strawberry.field(description="On which day.")
    note: str | None = strawberry.field(description="What was noted.")
    invoice_id: strawberry.ID = strawberry.field(description="Of which invoice.")
    created_at: datetime = strawberry.field(description="When it was recorded.")


def _money(read: Any, *columns: str) -> Field:
    return computed((*columns, "currency"), lambda record: money(read(record), record["currency"]))


def _outstanding(record: Any) -> int:
    is_void = record["state"] == InvoiceState.VOID
    return 0 if is_void else record["total_minor"] - record["paid_minor"]


INVOICE: Final = Reader(
    Invoice,
    {
        "id": identity("Invoice"),
        "number": column("number"),
        "state": member(InvoiceState, "state"),
        "currency": column("currency"),
        "total": _money(lambda record: record["total_minor"], "total_minor"),
        "paid": _money(lambda record: record["paid_minor"], "paid_minor"),
        "outstanding": _money(_outstanding, "state", "total_minor", "paid_minor"),
        "buyer_id": identity("Organization", "buyer_id"),
        "is_owed_by_you": viewed(("scope",), lambda viewer: lambda record: record["scope"] == viewer.scope.path),
        "account_id": computed(("account_id",), lambda r: r["account_id"] and encode("Account", r["account_id"])),
        "period_start": column("period_start"),
        "period_last_day": computed(("period_end",), lambda record: record["period_end"] - _DAY),
        "issued_on": column("issued_on"),
        "due_on": column("due_on"),
        "credit_note_number": column("credit_note_number"),
        "void_reason": column("void_reason"),
        "issued_at": column("issued_at"),
        "paid_at": column("paid_at"),
        "voided_at": column("voided_at"),
    },
)
PAYMENT: Final = Reader(
    Payment,
    {
        "id": identity("Payment"),
        "amount": _money(lambda record: record["amount_minor"], "amount_minor"),
        "method": member(PaymentMethod, "method"),
        "paid_on": column("paid_on"),
        "note": column("note"),
        "invoice_id": identity("Invoice", "invoice_id"),
        "created_at": column("created_at"),
    },
)


@strawberry.input(description="Compares the state of an invoice.")
class InvoiceStateFilter:
    """All given comparisons must hold."""

    eq: InvoiceState | None = strawberry.field(description="Is exactly this.", default=None)
    in_: list[InvoiceState] | None = strawberry.field(name="in", description="Is one of these.", default=None)


@strawberry.input(description="Which invoices.")
class InvoiceWhere:
    """All given parts must hold."""

    state: InvoiceStateFilter | None = strawberry.field(description="By state.", default=None)
    number: TextFilter | None = strawberry.field(description="By number.", default=None)
    buyer_id: IdFilter | None = strawberry.field(
        description="By buyer: your own id for what you are asked.", default=None, metadata={KIND: "Organization"}
    )
    account_id: IdFilter | None = strawberry.field(description="By account.", default=None, metadata={KIND: "Account"})
    issued_on: DateFilter | None = strawberry.field(description="By day of issue.", default=None)
    due_on: DateFilter | None = strawberry.field(description="By day due.", default=None)
    and_: list["InvoiceWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["InvoiceWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.enum(description="What invoices can be sorted by.")
class InvoiceSortField(Enum):
    """Names of domain.invoices.queries.INVOICES.sorts."""

    NUMBER = strawberry.enum_value("NUMBER", description="Number.")
    ISSUED_ON = strawberry.enum_value("ISSUED_ON", description="Day of issue.")
    DUE_ON = strawberry.enum_value("DUE_ON", description="Day due.")


@strawberry.input(description="One sort key.")
class InvoiceSort:
    """Later keys break the ties of earlier ones."""

    field: InvoiceSortField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(description="Which way.")


@strawberry.input(description="Which payments.")
class PaymentWhere:
    """All given parts must hold."""

    invoice_id: IdFilter | None = strawberry.field(description="By invoice.", default=None, metadata={KIND: "Invoice"})
    paid_on: DateFilter | None = strawberry.field(description="By day.", default=None)
    and_: list["PaymentWhere"] | None = strawberry.field(name="AND", description="All hold.", default=None)
    or_: list["PaymentWhere"] | None = strawberry.field(name="OR", description="Any holds.", default=None)


@strawberry.input(description="What to invoice.")
class IssueInvoicesInput:
    """What `issueInvoices` takes."""

    period_start: date = strawberry.field(description="The first day of the period that the invoices name.")
    period_last_day: date = strawberry.field(description="The last day: all that is open until then is invoiced.")
    buyer_id: strawberry.ID | None = strawberry.field(description="One buyer of yours; null: all.", default=None)
    idempotency_key: str = strawberry.field(description=_KEY)


@strawberry.input(description="A payment that was made.")
class RecordPaymentInput:
    """What `recordPayment` takes."""

    invoice_id: strawberry.ID = strawberry.field(description="Of which invoice.")
    amount: Decimal = strawberry.field(description="How much, in its currency: at most what is outstanding.")
    method: PaymentMethod = strawberry.field(description="How.")
    paid_on: date | None = strawberry.field(description="On which day; null: today.", default=None)
    note: str | None = strawberry.field(description="What to note, such as the payment's reference.", default=None)
    idempotency_key: str = strawberry.field(description=_KEY)


@strawberry.input(description="An invoice to take back.")
class VoidInvoiceInput:
    """What `voidInvoice` takes."""

    invoice_id: strawberry.ID = strawberry.field(description="Which: an ISSUED one.")
    reason: str = strawberry.field(description="Why, as the credit note tells the buyer.")
    charges: AfterVoid = strawberry.field(description="What becomes of its charges.")
    idempotency_key: str = strawberry.field(description=_KEY)


@strawberry.type(description="The invoices are being issued.")
class IssueInvoicesSuccess:
    """The good end of `issueInvoices`."""

    bulk_operation: BulkOperation = strawberry.field(description="Tells how far it is; `done` counts invoices.")


@strawberry.type(description="The payment is recorded.")
class RecordPaymentSuccess:
    """The good end of `recordPayment`."""

    payment: Payment = strawberry.field(description="The new payment.")


@strawberry.type(description="The invoice is void.")
class VoidInvoiceSuccess:
    """The good end of `voidInvoice`."""

    invoice: Invoice = strawberry.field(description="The invoice as it is now.")


IssueInvoicesResult = Annotated[
    IssueInvoicesSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("IssueInvoicesResult", description="How `issueInvoices` can end."),
]
RecordPaymentResult = Annotated[
    RecordPaymentSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("RecordPaymentResult", description="How `recordPayment` can end."),
]
VoidInvoiceResult = Annotated[
    VoidInvoiceSuccess | InvalidInput | NotFound | Conflict,
    strawberry.union("VoidInvoiceResult", description="How `voidInvoice` can end."),
]
