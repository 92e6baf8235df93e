"""Composes mails from their templates, as text and as HTML, and sends them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from integrations.mail.mailer import Mailer, MailRefused

# Where a template's link leads, below the address of the web application. Secrets stand behind the #: browsers send
# that to no server, and no proxy logs it.
LINKS: Final[Mapping[str, str]] = {
    "invitation": "accept-invitation",
    "password_reset": "reset-password",
    "subscription_ending": "subscriptions",
    "ticket_opened": "tickets",
    "credentials": "credentials",
}
_SUBJECT_LENGTH: Final = 150
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to send: `facts` fill the template, `token` is the secret of its link, `name` its own for ever.

    `attachment` is the name and the content of a PDF.
    """

    name: str
    template: str
    recipient: str
    facts: Mapping[str, str]
    token: str | None
    written_at: datetime
    attachment: tuple[str, bytes] | None = None


class Mailroom:
    """Mails of one house: from `sender` (`Name <address>`), with links below `web_url`."""

    def __init__(self, mailer: Mailer, *, sender: str, web_url: str) -> None:
        name, address = parseaddr(sender)
        self._sender = Address(display_name=name, addr_spec=address)
        self._mailer = mailer
        self._web_url = web_url.rstrip("/")

    async def send(self, mail: Mail) -> None:
        """Compose and hand on; MailFailed or MailRefused when it was not taken."""
        await self._mailer.send(self.compose(mail))

    def compose(self, mail: Mail) -> EmailMessage:
        """The mail as it travels: composed again, it is the same. MailRefused for an address that is none."""
        facts = {**mail.facts, "link": self._link(mail)}
        # The text's first line is the subject; a name in it cannot begin another header.
        subject, _, text = _TEMPLATES.get_template(f"{mail.template}.txt.j2").render(facts).partition("\n")
        message = EmailMessage()
        try:
            message["To"] = Address(addr_spec=mail.recipient)
        except Exception as error:  # the parser of addresses raises whatever it stumbles over
            raise MailRefused("the recipient is no e-mail address") from error
        message["From"] = self._sender
        message["Subject"] = " ".join(subject.split())[:_SUBJECT_LENGTH]
        message["Date"] = format_datetime(mail.written_at)
        message["Message-ID"] = f"<{mail.name}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers it
        message.set_content(text.lstrip("\n"))
        html = _TEMPLATES.get_template(f"{mail.template}.html.j2").render(facts)
        message.add_alternative(html, subtype="html")
        if mail.attachment is not None:
            name, content = mail.attachment
            message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        return message

    def _link(self, mail: Mail) -> str:
        place = f"{self._web_url}/{LINKS[mail.template]}" if mail.template in LINKS else self._web_url
        return place if mail.token is None else f"{place}#token={mail.token}"
