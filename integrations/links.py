"""Signed links to our own routes: who holds one needs no other leave, until it expires."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from integrations.vault import Vault

_EXPIRES: Final = "expires"
_SIGNATURE: Final = "signature"


class BadLink(Exception):
    """The link is not ours, was changed, or holds no longer."""


@dataclass(frozen=True, slots=True)
class SignedLinks:
    """Links below `public_url`; the signature covers the path, every parameter and the time."""

    public_url: str
    vault: Vault

    def sign(self, path: str, parameters: Mapping[str, str], until: datetime) -> str:
        """The address under which a path, with these parameters, may be fetched until then."""
        told = {**parameters, _EXPIRES: str(int(until.timestamp()))}
        signature = self.vault.mark(_name(path, told))
        return f"{self.public_url}{path}?{urlencode({**told, _SIGNATURE: signature})}"

    def open(self, path: str, query: Mapping[str, str], now: datetime) -> dict[str, str]:
        """The parameters of a genuine link that still holds; BadLink otherwise."""
        told = {name: value for name, value in query.items() if name != _SIGNATURE}
        if not self.vault.is_mark(_name(path, told), query.get(_SIGNATURE, "")):
            raise BadLink("this address was not made here")
        if int(told.pop(_EXPIRES)) < now.timestamp():
            raise BadLink("this address holds no longer")
        return told


def _name(path: str, parameters: Mapping[str, str]) -> str:
    return f"GET {path}?{urlencode(sorted(parameters.items()))}"
