"""Voiding an invoice: a credit note of rows that correct its own; nothing of it is changed or removed."""

from enum import StrEnum
from typing import Final
from uuid import UUID

import orjson

from domain.billing.holding import take
from domain.events.actions import record
from domain.events.types import EventType
from domain.invoices.events import invoice_event
from domain.invoices.issuing import next_number
from domain.invoices.paying import lock_as_seller
from domain.invoices.rules import CREDIT_NOTES
from domain.invoices.states import INVOICE, InvoiceState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.shared.errors import Invalid
from domain.shared.money import format_minor
from domain.shared.texts import check_text


class AfterVoid(StrEnum):
    """What becomes of the charges of a void invoice: no longer owed, or open again for the next one."""

    FORGIVE = "FORGIVE"
    CHARGE_AGAIN = "CHARGE_AGAIN"


_COLUMNS: Final = """seller_id, buyer_id, customer_id, scope, seller_scope, account_id, group_id, currency,
                     period_start, period_end, description, subscription_id, order_id, order_line_id, plan_id,
                     reference"""
# The credit stands on the void invoice beside what it takes back; what is charged again is open.
_CREDIT: Final = f"""
INSERT INTO charges (id, kind, amount_minor, charged_on, explanation, invoice_id, source_key, created_at, {_COLUMNS})
SELECT n.id, 'CREDIT', -c.amount_minor, $3, n.explanation, $4, 'void:' || c.id, $5, {_COLUMNS}
FROM unnest($1::uuid[], $2::uuid[], $6::jsonb[]) AS n(charge_id, id, explanation)
JOIN charges c ON c.id = n.charge_id
"""  # noqa: S608 - constants
_AGAIN: Final = f"""
INSERT INTO charges (id, kind, amount_minor, charged_on, explanation, source_key, created_at, {_COLUMNS})
SELECT n.id, c.kind, c.amount_minor, c.charged_on, c.explanation, 'again:' || c.id, $3, {_COLUMNS}
FROM unnest($1::uuid[], $2::uuid[]) AS n(charge_id, id) JOIN charges c ON c.id = n.charge_id
"""  # noqa: S608 - constants


async def void_invoice(actor: Actor, *, invoice_id: UUID, reason: str, charges: AfterVoid) -> UUID:
    """ISSUED -> VOID, with a credit note: what was paid of it stays in the account's balance."""
    if problems := check_text("reason", reason, max_length=200):
        raise Invalid(problems)
    async with database.transaction():
        row = await lock_as_seller(actor, invoice_id)
        INVOICE.check(InvoiceState(row["state"]), InvoiceState.VOID)
        number = await next_number(actor, CREDIT_NOTES)
        on = local_date(actor.at, row["time_zone"])
        lines = await database.fetch("SELECT id, amount_minor FROM charges WHERE invoice_id = $1", invoice_id)
        ids = [line["id"] for line in lines]
        told = [_explanation(row["number"], number, line["amount_minor"], row["currency"]) for line in lines]
        await database.execute(_CREDIT, ids, [actor.new_id() for _ in ids], on, invoice_id, actor.at, told)
        owed = 0
        if charges is AfterVoid.CHARGE_AGAIN:
            await database.execute(_AGAIN, ids, [actor.new_id() for _ in ids], actor.at)
            owed = row["total_minor"]
        if row["account_id"] is not None and owed != row["total_minor"]:
            await take(actor, row["account_id"], owed - row["total_minor"], order_id=None)
        await database.execute(
            "UPDATE invoices SET state = $2, voided_at = $3, void_reason = $4, credit_note_number = $5 WHERE id = $1",
            invoice_id,
            InvoiceState.VOID.value,
            actor.at,
            reason.strip(),
            number,
        )
        voided = dict(row) | {"credit_note_number": number}
        await record(actor, invoice_event(EventType.INVOICE_VOIDED, voided, row["total_minor"]))
        return invoice_id


def _explanation(invoice: str, credit_note: str, amount_minor: int, currency: str) -> str:
    amount = f"{format_minor(amount_minor, currency)} {currency}"
    sentence = f"Credit note {credit_note} on invoice {invoice}, which is void: {amount} taken back."
    return orjson.dumps(
        {"sentence": sentence, "formula": "-unit", "unit_minor": amount_minor, "rounded": False}
    ).decode()
