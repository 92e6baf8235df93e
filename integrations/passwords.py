"""Passwords as argon2id hashes; a few at a time, for each takes 64 MiB."""

import asyncio
from typing import Final
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

_AT_ONCE: Final = 2


class Argon2Passwords:
    """By RFC 9106 with 64 MiB; the hash of nobody costs as much to compare as anybody's."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._nobodys = ""
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, _as_bytes(password))

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; None, of nobody, is compared with a hash that nothing fits."""
        if not self._nobodys:
            self._nobodys = await self.hash("the password of nobody")
        is_equal = await self._compare(password_hash or self._nobodys, password)
        return is_equal and password_hash is not None

    async def _compare(self, password_hash: str, password: str) -> bool:
        async with self._slots:
            try:
                return await asyncio.to_thread(self._hasher.verify, password_hash, _as_bytes(password))
            except VerificationError:
                return False


def _as_bytes(password: str) -> bytes:
    """One and the same text however a keyboard composes it (NIST SP 800-63B, 5.1.1.2)."""
    return normalize("NFKC", password).encode("utf-8", "surrogatepass")
