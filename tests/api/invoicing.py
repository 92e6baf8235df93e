"""What the tests of invoices share: something that is owed, and invoices of it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from uuid_utils.compat import uuid4

import bootstrap
from domain.access.permissions import GRANTABLE
from domain.billing.charges import ONCE, Rate, one_time
from domain.billing.charging import Subject, write_charges
from domain.invoices.issuing import issue_for
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.calendar import Term
from domain.shared.ids import decode, encode
from domain.shared.tenancy import Scope
from seeding import Planted
from tests.api.bases import fresh_key

PERIOD: Final = Term(date(2020, 1, 1), date(2100, 1, 1))


async def seller_of(organization_id: str) -> Actor:
    """The seller of a buyer, as its own worker."""
    row = await database.fetch_row(
        "SELECT p.id, p.scope FROM organizations o JOIN organizations p ON p.id = o.parent_id WHERE o.id = $1",
        decode("Organization", organization_id),
    )
    assert row is not None
    return Actor(
        principal="system",
        organization_id=row["id"],
        organization_kind=OrganizationKind.PARTNER,
        scope=Scope(row["scope"]),
        permissions=GRANTABLE[OrganizationKind.PARTNER],
        at=datetime.now(UTC),
        new_id=bootstrap.new_id,
    )


async def owe(customer_id: str, *minor: int, reference: str | None = None, description: str = "Setup") -> None:
    """Charge a customer: so much on each edge, the distributor's first; the last amount for what edges are left."""
    scope = Scope(
        await database.fetch_value("SELECT scope FROM organizations WHERE id = $1", decode("Organization", customer_id))
    )
    subject = Subject(
        customer_id=decode("Organization", customer_id),
        scope=scope.path,
        on=datetime.now(UTC).date(),
        description=description,
        subscription_id=None,
        reference=reference,
    )
    amounts = [*minor, *[minor[-1]] * (scope.depth - 1 - len(minor))]
    edges = [[one_time(Rate(amount, 1, "USD", ONCE))] for amount in amounts]
    async with database.transaction():
        await write_charges(await seller_of(customer_id), subject, edges, source=f"test:{uuid4()}")


async def invoiced(buyer_id: str) -> str:
    """The first invoice of what a buyer owes its seller."""
    made = await issue_for(await seller_of(buyer_id), decode("Organization", buyer_id), PERIOD)
    return encode("Invoice", made[0])


async def new_invoice(tree: Planted, minor: int = 10_000) -> str:
    """An invoice of the tree's customer."""
    await owe(tree.customer_id, minor)
    return await invoiced(tree.customer_id)


def payment_input(invoice_id: str, **changes: Any) -> dict[str, Any]:
    """A part of an invoice, paid."""
    content = {"invoiceId": invoice_id, "amount": "10.00", "method": "BANK_TRANSFER", "idempotencyKey": fresh_key()}
    paid_on = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    return content | {"paidOn": paid_on, "note": "statement 7"} | changes


def issue_input(tree: Planted, **changes: Any) -> dict[str, Any]:
    """All that the tree's customer owes."""
    content = {"periodStart": "2026-01-01", "periodLastDay": "2026-12-31", "buyerId": tree.customer_id}
    return content | {"idempotencyKey": fresh_key()} | changes


def void_input(invoice_id: str, **changes: Any) -> dict[str, Any]:
    """A mistake."""
    content = {"invoiceId": invoice_id, "reason": "ordered twice", "charges": "CHARGE_AGAIN"}
    return content | {"idempotencyKey": fresh_key()} | changes


INVOICE_BASES: Final[Mapping[str, Any]] = {
    "issueInvoices": lambda tree, _: issue_input(tree),
    "recordPayment": lambda _, targets: payment_input(targets.invoice_id),
    "voidInvoice": lambda _, targets: void_input(targets.invoice_id),
}
