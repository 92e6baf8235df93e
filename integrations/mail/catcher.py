"""Mails on a laptop: each is a file that any mail program opens, and none leaves it."""

import asyncio
from email.message import EmailMessage
from pathlib import Path

from integrations.mail.mailer import MailFailed


class MailCatcher:
    """Writes `<Message-ID>.eml` into a folder, readable by its owner alone: links in mails are secrets."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        """Write a mail; MailFailed when the disk does not take it."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise MailFailed(type(error).__name__) from error

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        fresh = self._folder / f".{name}"
        fresh.touch(mode=0o600)
        fresh.write_bytes(message.as_bytes())
        fresh.rename(self._folder / f"{name}.eml")
