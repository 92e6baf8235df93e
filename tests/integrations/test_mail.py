"""Mails as they travel: text and HTML, to a real SMTP server in the clear and over TLS, or into a folder."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from integrations.mail.catcher import MailCatcher
from integrations.mail.mailer import MailFailed, MailRefused
from integrations.mail.mailroom import LINKS, Mail, Mailroom
from integrations.mail.smtp import SmtpMailer
from tests.integrations.mailserver import PASSWORD, USER, certificates, mail_server

MAIL = Mail(
    name="0199",
    template="invitation",
    recipient="pia@people.example",
    facts={"organization": 'Müller & <b>Söhne</b>\nBcc: mallory@evil.example "', "role": "admin"},
    token="pvi_secret",
    written_at=datetime(2026, 11, 21, 8, tzinfo=UTC),
)

# What the templates with a link are filled with.
FACTS = (
    *("organization", "role", "name", "number", "product", "subject", "details", "desk"),
    *("subscription", "customer", "day", "continues"),
)


def mailroom(mailer: Any) -> Mailroom:
    """A mailroom of this mailer."""
    return Mailroom(mailer, sender="Pröv <no-reply@provender.example>", web_url="https://app.example/")


@pytest.mark.parametrize("template", LINKS)
def test_a_mail_has_text_and_html(template: str, tmp_path: Path) -> None:
    """Both parts carry the link with its secret behind the #; the headers say who writes, and that no one did."""
    facts = dict.fromkeys(FACTS, "Alpha")
    message = mailroom(MailCatcher(tmp_path)).compose(replace(MAIL, template=template, facts=facts))
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    for part in message.iter_parts():
        assert f"https://app.example/{LINKS[template]}#token=pvi_secret" in part.get_content()
    assert message["From"].addresses[0].addr_spec == "no-reply@provender.example"
    assert message["Message-ID"] == "<0199@provender.example>"
    assert message["Auto-Submitted"] == "auto-generated"


def only_mail(folder: Path) -> EmailMessage:
    """The mail that was caught in a folder, where nobody else may read it."""
    (file,) = folder.glob("*.eml")
    assert file.stat().st_mode & 0o077 == 0
    return message_from_bytes(file.read_bytes(), policy=policy.default)


async def test_facts_are_escaped_and_make_no_headers(tmp_path: Path) -> None:
    """Names are text in HTML, and a line break in one ends the subject, not the header."""
    await mailroom(MailCatcher(tmp_path)).send(MAIL)
    caught = only_mail(tmp_path)
    assert caught["Subject"] == "You are invited to Müller & <b>Söhne</b>"
    assert caught["Bcc"] is None
    body = caught.get_body(("html",))
    assert body is not None
    html = body.get_content()
    assert "Müller &amp; &lt;b&gt;Söhne&lt;/b&gt;" in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    "recipient", ["", "nobody", "a,b@c.example", "a@b.example\r\nBcc: c@d.example", "<a@b.example>"]
)
def test_a_recipient_is_one_address(recipient: str, tmp_path: Path) -> None:
    """What is not is refused for good."""
    with pytest.raises(MailRefused):
        mailroom(MailCatcher(tmp_path)).compose(replace(MAIL, recipient=recipient))


async def test_a_mail_goes_to_a_server() -> None:
    """In the clear where the server offers nothing better and no password is sent."""
    async with mail_server() as server:
        await mailroom(SmtpMailer(f"smtp://127.0.0.1:{server.port}")).send(MAIL)
    (mail,) = server.mails
    assert mail["To"] == "pia@people.example"
    assert server.envelopes == [("no-reply@provender.example", ["pia@people.example"])]
    assert server.encrypted == [False]


async def test_a_password_goes_over_tls_only(tmp_path: Path) -> None:
    """With a user the server must offer STARTTLS, under a certificate for its name; else nothing is said."""
    server_tls, client_tls = certificates(tmp_path)
    login = f"{USER}:{quote(PASSWORD, safe='')}"
    async with mail_server(server_tls, requires_login=True) as server:
        url = f"smtp://{login}@localhost:{server.port}"
        await mailroom(SmtpMailer(url, tls=client_tls)).send(MAIL)
        assert server.encrypted == [True]
        with pytest.raises(MailFailed):
            await mailroom(SmtpMailer(url)).send(MAIL)  # an unknown authority
        mallory = SmtpMailer(url.replace(USER, "mallory"), tls=client_tls, timeout_seconds=2)  # it is told nothing more
        with pytest.raises(MailFailed):
            await mailroom(mallory).send(MAIL)
    async with mail_server() as plain:
        for url in (f"smtp://{login}@localhost:{plain.port}", f"smtp://localhost:{plain.port}?starttls=required"):
            with pytest.raises(MailFailed):
                await mailroom(SmtpMailer(url)).send(MAIL)
    assert len(server.mails) == 1
    assert not plain.mails


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"answer": "451 later"}, MailFailed),
        ({"answer": "554 never"}, MailRefused),
        ({"recipients": "450 busy"}, MailFailed),
        ({"recipients": "550 unknown"}, MailRefused),
    ],
)
async def test_what_the_server_says_decides(changes: dict[str, str], verdict: type[Exception]) -> None:
    """4xx may be taken the next time, 5xx never; the server's own words are not kept."""
    async with mail_server() as server:
        for name, value in changes.items():
            setattr(server, name, value)
        with pytest.raises(verdict) as raised:
            await mailroom(SmtpMailer(f"smtp://127.0.0.1:{server.port}")).send(MAIL)
    assert str(raised.value).endswith(next(iter(changes.values()))[:3])


async def test_a_server_that_is_away_may_come_back(tmp_path: Path) -> None:
    """Nobody listening, or no disk to write to, is a failure of this time only."""
    with pytest.raises(MailFailed):
        await mailroom(SmtpMailer("smtp://127.0.0.1:1")).send(MAIL)
    (tmp_path / "file").touch()
    with pytest.raises(MailFailed):
        await mailroom(MailCatcher(tmp_path / "file")).send(MAIL)


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25"])
def test_an_address_of_a_server_is_checked_at_the_start(url: str) -> None:
    """Neither another scheme nor a missing host."""
    with pytest.raises(ValueError, match="smtp://host"):
        SmtpMailer(url)
