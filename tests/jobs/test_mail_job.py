"""Outgoing mails: one row a mail, sent once it is taken, tried again while it may be, its secret gone afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from domain.access.inviting import InvitationDraft, Secret, invite_member
from domain.access.permissions import Role
from domain.mail.rules import RETRY_AFTER, retry_delay
from domain.shared import database
from domain.shared.errors import Invalid
from domain.shared.ids import decode
from integrations.mail.mailroom import Mailroom
from integrations.mail.smtp import SmtpMailer
from integrations.vault import Vault
from jobs.mail import mail_pump, send
from jobs.sweeping import sweep_rows
from tests.integrations.mailserver import MailServer, mail_server
from tests.jobs.bench import Bench
from tests.people import fresh_email

TOKEN = "pvi_known-to-the-test"


def room(server: MailServer) -> Mailroom:
    """A mailroom before this server."""
    mailer = SmtpMailer(f"smtp://127.0.0.1:{server.port}")
    return Mailroom(mailer, sender="no-reply@provender.example", web_url="https://app.example")


async def invite(bench: Bench, email: str = "") -> str:
    """An invitation whose mail waits; answers its address."""
    await database.execute("UPDATE outgoing_mails SET due_at = NULL WHERE due_at IS NOT NULL")
    address = email or fresh_email()
    draft = InvitationDraft(decode("Organization", bench.tree.partner_id), address, Role.VIEWER)
    await invite_member(bench.actor(), draft, Secret(TOKEN + address, bench.shop.vault.seal(TOKEN)))
    return address


async def work(bench: Bench, mailroom: Mailroom) -> int:
    """One round of the pump; answers how many were due."""
    rows = await mail_pump(bench.shop, mailroom, 1.0).claim(10)
    for row in rows:
        await send(bench.shop, mailroom, row)
    return len(rows)


async def stored(email: str) -> Any:
    """The one mail to an address."""
    (row,) = await database.fetch("SELECT * FROM outgoing_mails WHERE recipient = $1", email)
    return row


async def test_a7_an_invitation_is_mailed_once(bench: Bench) -> None:
    """The mail carries the link with its secret; then the queue holds neither work nor secret."""
    email = await invite(bench)
    async with mail_server() as server:
        assert [await work(bench, room(server)), await work(bench, room(server))] == [1, 0]
    (mail,) = server.mails
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"https://app.example/accept-invitation#token={TOKEN}" in body.get_content()
    row = await stored(email)
    assert (row["state"], row["token_sealed"], row["due_at"], row["error"]) == ("SENT", None, None, None)


async def test_a_refused_action_posts_nothing(bench: Bench) -> None:
    """A mail is written in the transaction of its cause, and goes with it."""
    email = await invite(bench)
    with pytest.raises(Invalid):
        await invite(bench, email)
    assert (await stored(email))["state"] == "QUEUED"


async def test_a_mail_that_is_not_taken_is_tried_again(bench: Bench) -> None:
    """While the server is busy or away it comes due again, later each time; then it goes out, once."""
    email = await invite(bench)
    async with mail_server() as server:
        server.answer = "451 later"
        for attempt in (1, 2):
            assert await work(bench, room(server)) == 1
            row = await stored(email)
            assert (row["state"], row["attempts"], row["error"]) == ("QUEUED", attempt, "SMTPDataError 451")
            assert await work(bench, room(server)) == 0
            bench.clock.pass_by(seconds=1.2 * RETRY_AFTER[attempt - 1].total_seconds())
        server.answer = "250 taken"
        assert await work(bench, room(server)) == 1
    assert len(server.mails) == 1
    assert (await stored(email))["state"] == "SENT"


async def test_a_mail_that_nobody_takes_ends(bench: Bench) -> None:
    """Refused for good, or when every attempt is used up: FAILED, and its secret is gone."""
    email = await invite(bench)
    async with mail_server() as server:
        server.recipients = "550 unknown"
        with capture_logs() as lines:
            await work(bench, room(server))
    row = await stored(email)
    assert (row["state"], row["token_sealed"], row["due_at"]) == ("FAILED", None, None)
    assert [line["event"] for line in lines] == ["mail.not_taken"]
    assert email not in repr(lines)
    assert TOKEN not in repr(lines)


async def test_a_secret_that_cannot_be_opened_ends_its_mail(bench: Bench) -> None:
    """Without the key of its time no attempt helps."""
    email = await invite(bench)
    foreign = Vault(["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]).seal(TOKEN)
    await database.execute("UPDATE outgoing_mails SET token_sealed = $2 WHERE recipient = $1", email, foreign)
    async with mail_server() as server:
        await work(bench, room(server))
    row = await stored(email)
    assert (row["state"], server.mails) == ("FAILED", [])


def test_mails_are_tried_for_a_day() -> None:
    """Eight attempts over more than 20 hours, each later than the one before; then never."""
    delays = [retry_delay(attempt, jitter_permille=1000) for attempt in range(1, len(RETRY_AFTER) + 2)]
    assert delays[-1] is None
    waits = [delay for delay in delays if delay is not None]
    assert waits == sorted(waits)
    assert sum(waits, timedelta()) > timedelta(hours=20)


async def test_mails_are_kept_for_90_days(bench: Bench) -> None:
    """Then those that were sent or given up go; one that still waits stays."""
    sent, waiting = await invite(bench), await invite(bench)
    await database.execute(
        "UPDATE outgoing_mails SET state = 'SENT', finished_at = created_at, due_at = NULL WHERE recipient = $1", sent
    )
    sql = "SELECT recipient FROM outgoing_mails WHERE recipient = ANY($1)"
    bench.clock.pass_by(days=89)
    await sweep_rows(bench.shop, ["mails"])
    assert {row["recipient"] for row in await database.fetch(sql, [sent, waiting])} == {sent, waiting}
    bench.clock.pass_by(days=2)
    await sweep_rows(bench.shop, ["mails"])
    assert [row["recipient"] for row in await database.fetch(sql, [sent, waiting])] == [waiting]
