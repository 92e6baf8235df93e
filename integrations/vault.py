"""Secrets at rest: sealed with the newest key, opened with any that is still configured; unguessable address marks."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from domain.shared.resealing import Unreadable

_MARK_BYTES: Final = 24


class Vault:
    """`keys` are Fernet keys (32 random bytes, URL-safe base64), newest first: put a new one in front to rotate."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("at least one secret key is needed")
        self._newest = Fernet(keys[0])
        self._fernet = MultiFernet([self._newest, *(Fernet(key) for key in keys[1:])])
        self._mark_keys = [hmac.digest(urlsafe_b64decode(key), b"provender address mark", "sha256") for key in keys]

    def seal(self, text: str) -> bytes:
        """Encrypt and authenticate a text."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt what `seal` made; cryptography's InvalidToken when no configured key fits."""
        return self._fernet.decrypt(sealed).decode()

    def seal_anew(self, sealed: bytes) -> bytes | None:
        """The same sealed with the newest key; None where it is. Unreadable when no configured key fits."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            pass
        else:
            return None
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken as error:
            raise Unreadable from error

    def mark(self, name: str) -> str:
        """The unguessable part of an address that belongs to `name`: it needs no storage and always comes out alike."""
        return _mark(self._mark_keys[0], name)

    def is_mark(self, name: str, candidate: str) -> bool:
        """Whether `candidate` is the mark of `name` under any configured key; compared in constant time."""
        return any(hmac.compare_digest(_mark(key, name).encode(), candidate.encode()) for key in self._mark_keys)


def _mark(key: bytes, name: str) -> str:
    return urlsafe_b64encode(hmac.digest(key, name.encode(), "sha256")[:_MARK_BYTES]).decode()
