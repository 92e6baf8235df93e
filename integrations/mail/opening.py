"""Which way mails leave."""

from pathlib import Path

from integrations.mail.catcher import MailCatcher
from integrations.mail.mailer import Mailer
from integrations.mail.smtp import SmtpMailer


def open_mailer(smtp_url: str | None, folder: Path | None) -> Mailer | None:
    """By a mail server if there is one, else into a folder if there is one, else not at all."""
    if smtp_url is not None:
        return SmtpMailer(smtp_url)
    return None if folder is None else MailCatcher(folder)
