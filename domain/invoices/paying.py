"""Recording what was paid of an invoice: payments are recorded here, not collected."""

from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.billing.actions import pay_in
from domain.events.actions import record_with
from domain.events.types import EventType
from domain.invoices.events import invoice_event
from domain.invoices.issuing import payment_row
from domain.invoices.models import PaymentMethod
from domain.invoices.rules import check_payment
from domain.invoices.states import INVOICE, InvoiceState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.shared.errors import FieldCode, FieldError, Forbidden, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.money import Money
from domain.shared.texts import check_optional_text
from domain.shared.writes import Writes

_LOCK: Final = """
SELECT i.*, o.time_zone FROM invoices i JOIN organizations o ON o.id = i.seller_id
WHERE i.id = $1 AND (i.seller_scope = $2 OR i.scope = $2) FOR UPDATE OF i
"""


async def record_payment(
    actor: Actor, *, invoice_id: UUID, amount: Decimal, method: PaymentMethod, paid_on: date | None, note: str | None
) -> UUID:
    """Note that so much (major units) of an ISSUED invoice was paid; the last of it makes it PAID.

    On a customer's invoice its account's balance rises by it.
    """
    async with database.transaction():
        row = await lock_as_seller(actor, invoice_id)
        INVOICE.check(InvoiceState(row["state"]), InvoiceState.PAID)
        today = local_date(actor.at, row["time_zone"])
        outstanding = Money(row["total_minor"] - row["paid_minor"], row["currency"])
        problems = check_payment(amount, outstanding, paid_on or today, today=today)
        if method is PaymentMethod.WALLET:
            message = "a balance pays by itself as an invoice is issued"
            problems.append(FieldError("method", FieldCode.NOT_ALLOWED, message))
        if problems := problems + check_optional_text("note", note, max_length=200):
            raise Invalid(problems)
        paid_minor = Money.of(amount, row["currency"]).minor
        is_whole = paid_minor == outstanding.minor
        payment = payment_row(actor, row, paid_minor, method, paid_on or today, note)
        writes = Writes()
        writes.insert("payments", payment)
        writes.add(
            "UPDATE invoices SET paid_minor = paid_minor + $2, state = $3, paid_at = $4 WHERE id = $1",
            row["id"],
            paid_minor,
            (InvoiceState.PAID if is_whole else InvoiceState.ISSUED).value,
            actor.at if is_whole else None,
        )
        told = [invoice_event(EventType.PAYMENT_RECORDED, row, paid_minor)]
        if is_whole:
            told.append(invoice_event(EventType.INVOICE_PAID, row, row["total_minor"]))
        record_with(writes, actor, *told)
        await writes.send()
        if row["account_id"] is not None:
            await pay_in(actor, row["account_id"], paid_minor, note=row["number"])
        made: UUID = payment["id"]
        return made


async def lock_as_seller(actor: Actor, invoice_id: UUID) -> Record:
    """An invoice of the actor's organization, locked; NotFound if it is no party to it, Forbidden for its buyer."""
    row = await database.fetch_row(_LOCK, invoice_id, actor.scope.path)
    if row is None:
        raise NotFound("invoice", encode("Invoice", invoice_id))
    if row["seller_scope"] != actor.scope.path:
        raise Forbidden("only the seller of an invoice may do this")
    return row
