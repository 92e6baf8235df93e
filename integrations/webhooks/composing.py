"""What a delivery carries: its event as the endpoint may see it, and the secrets that sign it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from secrets import token_bytes
from typing import Any, Final

import orjson

from domain.events.queries import body_for
from domain.shared.ids import encode
from domain.shared.tenancy import Scope
from domain.webhooks.actions import SigningKey
from integrations.vault import Vault
from integrations.webhooks.sender import OutgoingWebhook
from integrations.webhooks.signing import SEED_BYTES, new_key_pair

_OPENED_KEPT: Final = 4096
# What signs, each followed by the one before it.
_SECRETS: Final = ("secret_sealed", "previous_secret_sealed", "signing_key_sealed", "previous_signing_key_sealed")


def compose(vault: Vault, row: Mapping[str, Any], at: datetime, traceparent: str | None = None) -> OutgoingWebhook:
    """A webhook as it goes over the wire at this time; `row` is an endpoint with an event."""
    return OutgoingWebhook(
        url=row["url"],
        secrets=secrets_in_force(vault, row, at),
        message_id=encode("Event", row["event_id"]),
        timestamp=int(at.timestamp()),
        body=orjson.dumps(
            body_for({**row, "id": row["event_id"]}, Scope(row["viewer_scope"]), api_version=row["api_version"])
        ),
        traceparent=traceparent,
    )


def signing_key(vault: Vault) -> SigningKey:
    """A fresh key for an endpoint, its private half sealed."""
    private, public = new_key_pair(token_bytes(SEED_BYTES))
    return SigningKey(vault.seal(private), public)


def secrets_in_force(vault: Vault, endpoint: Mapping[str, Any], at: datetime) -> list[str]:
    """The endpoint's secret and its signing key, if it has one; the previous ones for as long as they still sign."""
    is_rotated = endpoint["previous_secret_until"] is not None and endpoint["previous_secret_until"] > at
    kept = _SECRETS if is_rotated else _SECRETS[::2]
    return [_opened(vault.open, endpoint[name]) for name in kept if endpoint[name]]


@lru_cache(maxsize=_OPENED_KEPT)
def _opened(open_sealed: Callable[[bytes], str], sealed: bytes) -> str:
    """A secret opened before: to decrypt it costs as much as to sign and send."""
    return open_sealed(sealed)
