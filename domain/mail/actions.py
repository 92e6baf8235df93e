"""Posting mails with the change that causes them, and settling what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import orjson

from domain.mail.models import MailState
from domain.shared.actor import Actor
from domain.shared.forgetting import forget
from domain.shared.ids import first_id
from domain.shared.leases import Queue
from domain.shared.writes import Writes

MAILS: Final = Queue("outgoing_mails")
_ERROR_LENGTH: Final = 200


class Template(StrEnum):
    """The mails there are."""

    INVITATION = "invitation"
    INVOICE = "invoice"
    SUBSCRIPTION_ENDING = "subscription_ending"
    CREDENTIALS = "credentials"
    ORDER_SUBMITTED = "order_submitted"
    TICKET_OPENED = "ticket_opened"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a name, not a secret
    WEBHOOK_FAILING = "webhook_failing"
    WEBHOOK_DISABLED = "webhook_disabled"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to send: `facts` fill the template; `token_sealed` opens to the secret that its link carries."""

    template: Template
    recipient: str
    facts: Mapping[str, str]
    token_sealed: bytes | None = None


def post_with(writes: Writes, actor: Actor, letter: Letter) -> None:
    """Queue a mail with the writes of the change that causes it."""
    row = {
        "id": actor.new_id(),
        "template": letter.template.value,
        "recipient": letter.recipient,
        "facts": orjson.dumps(letter.facts).decode(),
        "token_sealed": letter.token_sealed,
        "state": MailState.QUEUED.value,
        "created_at": actor.at,
        "due_at": actor.at,
        "attempts": 0,
    }
    writes.insert("outgoing_mails", row)


async def forget_mails(before: datetime) -> int:
    """Drop mails that were written before a time, and sent or given up since; answers how many."""
    return await forget("outgoing_mails", "id < $1 AND finished_at IS NOT NULL", first_id(before))


async def settle_sent(mail_id: UUID, lease_token: UUID, *, at: datetime) -> bool:
    """The mail was taken: its secret is not needed any more. False when the lease was lost."""
    return await MAILS.settle(
        mail_id, lease_token, due_at=None, state=MailState.SENT.value, error=None, token_sealed=None, finished_at=at
    )


async def settle_failed(
    mail_id: UUID, lease_token: UUID, *, error: str, retry_at: datetime | None, at: datetime
) -> bool:
    """The mail was not taken: it is tried again at `retry_at`, or never; then its secret goes. False without lease."""
    if retry_at is not None:
        return await MAILS.settle(mail_id, lease_token, due_at=retry_at, error=error[:_ERROR_LENGTH])
    return await MAILS.settle(
        mail_id,
        lease_token,
        due_at=None,
        state=MailState.FAILED.value,
        error=error[:_ERROR_LENGTH],
        token_sealed=None,
        finished_at=at,
    )
