"""Issuing invoices: the open charges of each billing account, in steps of a bulk operation."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from domain.bulk.actions import NewBulk, Progress, on_behalf, start
from domain.bulk.rules import BulkKind
from domain.events.actions import record_with
from domain.events.types import EventType
from domain.invoices.events import invoice_event
from domain.invoices.models import PaymentMethod
from domain.invoices.rules import (
    DUE_AFTER,
    SERIES,
    check_period,
    document_number,
    paid_before,
    party_of,
    period_of,
    recipients_of,
)
from domain.invoices.states import InvoiceState
from domain.mail.actions import Letter, Template, post_with
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import Term, local_date
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.ids import encode
from domain.shared.money import format_minor
from domain.shared.writes import Writes

_STEP: Final = 20  # buyers at a time
_BUYERS: Final = """
SELECT buyer_id FROM charges
WHERE seller_id = $1 AND invoice_id IS NULL AND charged_on < $2 AND buyer_id > $3
  AND ($4::uuid IS NULL OR buyer_id = $4)
GROUP BY buyer_id ORDER BY buyer_id LIMIT $5
"""
_ACCOUNTS: Final = """
SELECT account_id, currency FROM charges
WHERE seller_id = $1 AND invoice_id IS NULL AND charged_on < $2 AND buyer_id = $3
GROUP BY account_id, currency ORDER BY min(created_at), account_id, currency
"""
# Locked: of two that issue at once the second finds them taken.
_OPEN: Final = """
SELECT id, amount_minor FROM charges
WHERE seller_id = $1 AND invoice_id IS NULL AND charged_on < $2 AND buyer_id = $3
  AND account_id IS NOT DISTINCT FROM $4 AND currency = $5 FOR UPDATE
"""
_NEXT_NUMBER: Final = """
INSERT INTO document_numbers AS n (id, seller_id, series, given) VALUES ($1, $2, $3, 1)
ON CONFLICT (seller_id, series) DO UPDATE SET given = n.given + 1 RETURNING given
"""
_CREDIT: Final = """
SELECT a.balance_minor,
       coalesce((SELECT sum(total_minor - paid_minor) FROM invoices WHERE account_id = a.id AND state = 'ISSUED'), 0)
         AS unpaid_minor,
       coalesce((SELECT sum(amount_minor) FROM charges WHERE account_id = a.id AND invoice_id IS NULL), 0) AS open_minor
FROM accounts a WHERE a.id = $1
"""


async def issue_invoices(actor: Actor, *, start_on: date, last_day: date, buyer_id: UUID | None) -> UUID:
    """Ask all buyers of the actor's organization, or one, for what is open until a day; the bulk operation's id."""
    if problems := check_period(start_on, last_day):
        raise Invalid(problems)
    if buyer_id is not None and not await database.fetch_value(
        "SELECT EXISTS (SELECT FROM organizations WHERE id = $1 AND parent_id = $2)", buyer_id, actor.organization_id
    ):
        raise Invalid([FieldError("buyerId", FieldCode.NOT_FOUND, "you have no such buyer")])
    parameters = {
        "start": start_on.isoformat(),
        "last_day": last_day.isoformat(),
        "buyer_id": str(buyer_id) if buyer_id else None,
    }
    return await start(actor, NewBulk(BulkKind.INVOICES, actor.organization_id, actor.scope.path, parameters))


async def issue_step(actor: Actor, operation: Record) -> Progress:
    """Invoice the next few buyers, in the caller's transaction; `done` counts invoices."""
    asked, acting = operation["parameters"], on_behalf(actor, operation)
    period = period_of(date.fromisoformat(asked["start"]), date.fromisoformat(asked["last_day"]))
    after = UUID(operation["cursor"] or str(UUID(int=0)))
    only = UUID(asked["buyer_id"]) if asked["buyer_id"] else None
    buyers = await database.fetch(_BUYERS, operation["organization_id"], period.end, after, only, _STEP)
    made = 0
    for row in buyers:
        made += len(await issue_for(acting, row["buyer_id"], period))
    is_last = len(buyers) < _STEP
    return Progress(made, 0, str(buyers[-1]["buyer_id"]) if buyers else operation["cursor"], is_last)


async def issue_for(actor: Actor, buyer_id: UUID, period: Term) -> list[UUID]:
    """An invoice for each account of a buyer that owes the actor's organization something charged within the period.

    What was open before it counts. Where credits outweigh what is owed, they wait for more charges.
    """
    made = []
    async with database.transaction():
        for row in await database.fetch(_ACCOUNTS, actor.organization_id, period.end, buyer_id):
            invoice_id = await _issue(actor, buyer_id, row["account_id"], row["currency"], period)
            if invoice_id is not None:
                made.append(invoice_id)
    return made


async def _issue(actor: Actor, buyer_id: UUID, account_id: UUID | None, currency: str, period: Term) -> UUID | None:
    if account_id is not None:
        await database.execute("SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE", account_id)
    charges = await database.fetch(_OPEN, actor.organization_id, period.end, buyer_id, account_id, currency)
    total = sum(row["amount_minor"] for row in charges)
    if total <= 0:
        return None
    seller, buyer = [
        await database.fetch_row("SELECT * FROM organizations WHERE id = $1", one)
        for one in (actor.organization_id, buyer_id)
    ]
    if seller is None or buyer is None:
        return None
    today = local_date(actor.at, seller["time_zone"])
    row = {
        "id": actor.new_id(),
        "seller_id": seller["id"],
        "buyer_id": buyer_id,
        "account_id": account_id,
        "scope": buyer["scope"],
        "seller_scope": seller["scope"],
        "number": await next_number(actor, SERIES),
        "state": InvoiceState.ISSUED.value,
        "currency": currency,
        "total_minor": total,
        "paid_minor": 0,
        "period_start": period.start,
        "period_end": period.end,
        "issued_on": today,
        "due_on": today + DUE_AFTER,
        "parties": orjson.dumps({"seller": party_of(seller), "buyer": party_of(buyer)}).decode(),
        "credit_note_number": None,
        "issued_at": actor.at,
    }
    await _write(actor, row, [charge["id"] for charge in charges], recipients_of(buyer))
    made: UUID = row["id"]
    return made


async def next_number(actor: Actor, series: str) -> str:
    """The next number of the actor's organization: whoever wants one meanwhile waits for this transaction's end."""
    given = await database.fetch_value(_NEXT_NUMBER, actor.new_id(), actor.organization_id, series)
    return document_number(series, given)


async def _write(actor: Actor, row: dict[str, Any], charge_ids: list[UUID], recipients: list[str]) -> None:
    covered = 0
    if row["account_id"] is not None:
        # Before the charges are on it: what is open still holds its own.
        credit = await database.fetch_row(_CREDIT, row["account_id"])
        if credit is not None:
            open_minor = int(credit["open_minor"]) - row["total_minor"]
            known = (credit["balance_minor"], int(credit["unpaid_minor"]), open_minor)
            covered = paid_before(*known, row["total_minor"])
    writes = Writes()
    row |= {"paid_minor": covered}
    if covered == row["total_minor"]:
        row |= {"state": InvoiceState.PAID.value, "paid_at": actor.at}
    writes.insert("invoices", row)
    if covered:
        payment = payment_row(actor, row, covered, PaymentMethod.WALLET, row["issued_on"], None)
        writes.insert("payments", payment)
    happened = [EventType.INVOICE_ISSUED, *[EventType.INVOICE_PAID] * (covered == row["total_minor"])]
    record_with(writes, actor, *(invoice_event(event, row, row["total_minor"]) for event in happened))
    for recipient in recipients:
        post_with(writes, actor, _letter(row, recipient))
    await writes.send()
    await database.execute("UPDATE charges SET invoice_id = $1 WHERE id = ANY($2)", row["id"], charge_ids)


def payment_row(
    actor: Actor, invoice: Any, amount_minor: int, method: PaymentMethod, paid_on: date, note: str | None
) -> dict[str, Any]:
    """A row of `payments` for an invoice."""
    return {
        "id": actor.new_id(),
        "invoice_id": invoice["id"],
        "scope": invoice["scope"],
        "seller_scope": invoice["seller_scope"],
        "amount_minor": amount_minor,
        "currency": invoice["currency"],
        "method": method.value,
        "paid_on": paid_on,
        "note": note or None,
        "created_by": actor.principal,
        "created_at": actor.at,
    }


def _letter(row: dict[str, Any], recipient: str) -> Letter:
    parties = orjson.loads(row["parties"])
    facts = {
        "invoice_id": encode("Invoice", row["id"]),
        "number": row["number"],
        "seller": parties["seller"]["name"],
        "buyer": parties["buyer"]["name"],
        "total": f"{format_minor(row['total_minor'], row['currency'])} {row['currency']}",
        "outstanding": f"{format_minor(row['total_minor'] - row['paid_minor'], row['currency'])} {row['currency']}",
        "due_on": row["due_on"].isoformat(),
    }
    return Letter(Template.INVOICE, recipient, facts)
