"""Mails to a mail server by SMTP (RFC 5321), over TLS."""

import ssl
from email.message import EmailMessage
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from integrations.mail.mailer import MailFailed, MailRefused

_TIMEOUT_SECONDS: Final = 15.0
_PERMANENT: Final = 500
_PORTS: Final = {"smtp": 587, "smtps": 465}
# What the server says of this mail, not of us: a 5xx of these stays one.
_OF_THE_MAIL: Final = (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)


class SmtpMailer:
    """`smtps://user:password@host:465` is TLS from the start; `smtp://host:587` turns to it by STARTTLS where offered.

    With a user, or `?starttls=required`, nothing is said without it. `tls` replaces the system's authorities.
    The server has `timeout_seconds` for each of its answers.
    """

    def __init__(
        self, url: str, *, tls: ssl.SSLContext | None = None, timeout_seconds: float = _TIMEOUT_SECONDS
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("a mail server's address is smtp://host or smtps://host")
        is_required = parts.username is not None or parse_qs(parts.query).get("starttls") == ["required"]
        self._host = parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._use_tls = parts.scheme == "smtps"
        self._start_tls = False if self._use_tls else (True if is_required else None)
        self._tls = tls or ssl.create_default_context()
        self._timeout_seconds = timeout_seconds

    async def send(self, message: EmailMessage) -> None:
        """Hand a mail to the server; MailRefused when it says that it never will take it, MailFailed otherwise."""
        try:
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=self._port,
                username=self._username,
                password=self._password,
                use_tls=self._use_tls,
                start_tls=self._start_tls,
                tls_context=self._tls,
                timeout=self._timeout_seconds,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _verdict(error.recipients[0]) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise _verdict(error) from error


def _verdict(error: Exception) -> MailFailed | MailRefused:
    """Which of the two it is; a server's words are left out, they may repeat what we said."""
    code = getattr(error, "code", None)
    said = f"{type(error).__name__} {code}" if code else type(error).__name__
    is_final = isinstance(error, _OF_THE_MAIL) and code is not None and code >= _PERMANENT
    return MailRefused(said) if is_final else MailFailed(said)
