"""What takes a composed mail away."""

from email.message import EmailMessage
from typing import Protocol


class MailFailed(Exception):
    """The mail was not taken this time; it may be the next time."""


class MailRefused(Exception):
    """The mail was refused and always would be."""


class Mailer(Protocol):
    """A way out for mails. The same Message-ID may come twice: who sent it and died may not have said so."""

    async def send(self, message: EmailMessage) -> None:
        """Hand a mail on; MailFailed or MailRefused when it was not taken."""
        ...
