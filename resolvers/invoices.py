"""Resolvers of invoices and payments."""

from datetime import timedelta
from functools import partial
from typing import Final

import strawberry

from domain.bulk.queries import BULK_OPERATIONS
from domain.invoices.issuing import issue_invoices as issue
from domain.invoices.paying import record_payment as pay
from domain.invoices.queries import INVOICES, PAYMENTS
from domain.invoices.voiding import void_invoice as take_back
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_by_id, read_page, read_written
from schema.context import Info
from schema.downloads import Download
from schema.invoices import (
    Invoice,
    InvoiceSort,
    InvoiceWhere,
    IssueInvoicesInput,
    IssueInvoicesResult,
    IssueInvoicesSuccess,
    Payment,
    PaymentWhere,
    RecordPaymentInput,
    RecordPaymentResult,
    RecordPaymentSuccess,
    VoidInvoiceInput,
    VoidInvoiceResult,
    VoidInvoiceSuccess,
)
from schema.pages import After, Before, Connection, First, Last, page_request

LINK_HOLDS: Final = timedelta(minutes=5)


async def invoices(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: InvoiceWhere | None = None,
    sort: list[InvoiceSort] | None = None,
) -> Connection[Invoice]:
    """What you ask of your buyers and, with COSTS_READ, your seller of you; newest first unless sorted."""
    return await read_page(info, "Invoice", INVOICES, page_request(first, after, last, before), where=where, sort=sort)


async def invoice(info: Info, id: strawberry.ID) -> Invoice | None:  # noqa: A002 - the argument's public name
    """One invoice to which you are a party; null if there is none."""
    return await read_by_id(info, "Invoice", INVOICES, id)


async def payments(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: PaymentWhere | None = None,
) -> Connection[Payment]:
    """The payments of those invoices, newest first."""
    return await read_page(info, "Payment", PAYMENTS, page_request(first, after, last, before), where=where)


async def invoice_download(info: Info, id: strawberry.ID) -> Download | None:  # noqa: A002 - the argument's public name
    """Where an invoice to which you are a party may be fetched as PDF, for five minutes; null if there is none."""
    if not await INVOICES.by_ids(actor_of(info), [decode("Invoice", id)], ()):
        return None
    house = info.context.house
    until = house.clock.now() + LINK_HOLDS
    return Download(url=house.sign_link(f"/invoices/{id}", {}, until), expires_at=until)


async def issue_invoices(info: Info, input: IssueInvoicesInput) -> IssueInvoicesResult:  # noqa: A002 - the argument's public name
    """Invoice what your buyers owe you until a day, each billing account its own; in steps, as a bulk operation."""
    buyer_id = decode("Organization", input.buyer_id, path="buyerId") if input.buyer_id else None
    act = partial(issue, start_on=input.period_start, last_day=input.period_last_day, buyer_id=buyer_id)
    made = await run_once(info, input, lambda: act(actor_of(info)))
    operation = await read_written(info, "BulkOperation", BULK_OPERATIONS, made, "bulkOperation")
    return IssueInvoicesSuccess(bulk_operation=operation)


async def record_payment(info: Info, input: RecordPaymentInput) -> RecordPaymentResult:  # noqa: A002 - the argument's public name
    """Record what was paid of an invoice of yours, all or a part; what is paid beyond goes into the wallet."""
    invoice_id = decode("Invoice", input.invoice_id, path="invoiceId")
    act = partial(pay, amount=input.amount, method=input.method, paid_on=input.paid_on, note=input.note)
    made = await run_once(info, input, lambda: act(actor_of(info), invoice_id=invoice_id))
    return RecordPaymentSuccess(payment=await read_written(info, "Payment", PAYMENTS, made, "payment"))


async def void_invoice(info: Info, input: VoidInvoiceInput) -> VoidInvoiceResult:  # noqa: A002 - the argument's public name
    """Take back an invoice of yours by a credit note; what was paid of it stays in the account's balance."""
    invoice_id = decode("Invoice", input.invoice_id, path="invoiceId")
    act = partial(take_back, reason=input.reason, charges=input.charges)
    made = await run_once(info, input, lambda: act(actor_of(info), invoice_id=invoice_id))
    return VoidInvoiceSuccess(invoice=await read_written(info, "Invoice", INVOICES, made, "invoice"))
