"""Outgoing mails: claimed, composed, sent, settled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from asyncpg import Record
from cryptography.fernet import InvalidToken

from domain.invoices.document import document_of
from domain.invoices.queries import invoice_with_lines
from domain.mail.actions import MAILS, Template, settle_failed, settle_sent
from domain.mail.rules import retry_delay
from domain.shared.ids import decode
from integrations.doorbell import Bell
from integrations.invoices.pdf import print_invoice
from integrations.mail.mailer import MailFailed, MailRefused
from integrations.mail.mailroom import Mail, Mailroom
from jobs.pump import Pump
from jobs.workshop import Workshop

log = structlog.get_logger(__name__)

_SLOTS: Final = 5


def mail_pump(shop: Workshop, mailroom: Mailroom, poll_seconds: float) -> Pump:
    """The pump of outgoing mails."""

    async def send_all(shop: Workshop, mails: Sequence[Record]) -> None:
        for mail in mails:
            await send(shop, mailroom, mail)

    return Pump(shop, MAILS, Bell.MAIL, send_all, poll_seconds, slots=_SLOTS)


async def send(shop: Workshop, mailroom: Mailroom, row: Record) -> None:
    """One attempt of one mail."""
    try:
        await mailroom.send(await _mail(shop, row))
    except (MailFailed, MailRefused, InvalidToken) as error:
        retry_at = _retry_at(shop, row) if isinstance(error, MailFailed) else None
        reason = str(error) or "its secret was sealed with a key that is not here"
        log.warning("mail.not_taken", mail_id=str(row["id"]), reason=reason, retries=retry_at is not None)
        await settle_failed(row["id"], row["lease_token"], error=reason, retry_at=retry_at, at=shop.now())
    else:
        await settle_sent(row["id"], row["lease_token"], at=shop.now())


async def _mail(shop: Workshop, row: Record) -> Mail:
    return Mail(
        name=str(row["id"]),
        template=row["template"],
        recipient=row["recipient"],
        facts=row["facts"],
        token=shop.vault.open(row["token_sealed"]) if row["token_sealed"] else None,
        written_at=row["created_at"],
        attachment=await _attachment(row) if row["template"] == Template.INVOICE else None,
    )


async def _attachment(row: Record) -> tuple[str, bytes] | None:
    """The invoice that a mail brings."""
    found = await invoice_with_lines(decode("Invoice", row["facts"]["invoice_id"]))
    if found is None:
        return None
    invoice, lines = found
    return f"{invoice['number']}.pdf", await print_invoice(document_of(invoice, lines))


def _retry_at(shop: Workshop, row: Record) -> datetime | None:
    delay = retry_delay(row["attempts"], jitter_permille=shop.jitter_permille())
    return None if delay is None else shop.now() + delay
