"""What a delivery carries: its event as the endpoint may see it, and the secrets that sign it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import orjson

from domain.events.queries import body_for
from domain.shared.ids import encode
from domain.shared.tenancy import Scope
from integrations.vault import Vault
from integrations.webhooks.sender import OutgoingWebhook

_OPENED_KEPT: Final = 4096


def compose(vault: Vault, row: Mapping[str, Any], at: datetime) -> OutgoingWebhook:
    """A webhook as it goes over the wire at this time; `row` is an endpoint with an event."""
    return OutgoingWebhook(
        url=row["url"],
        secrets=secrets_in_force(vault, row, at),
        message_id=encode("Event", row["event_id"]),
        timestamp=int(at.timestamp()),
        body=orjson.dumps(body_for({**row, "id": row["event_id"]}, Scope(row["viewer_scope"]))),
    )


def secrets_in_force(vault: Vault, endpoint: Mapping[str, Any], at: datetime) -> list[str]:
    """The endpoint's secret, and the previous one for as long as it still signs."""
    secrets = [_opened(vault.open, endpoint["secret_sealed"])]
    if endpoint["previous_secret_sealed"] and endpoint["previous_secret_until"] > at:
        secrets.append(_opened(vault.open, endpoint["previous_secret_sealed"]))
    return secrets


@lru_cache(maxsize=_OPENED_KEPT)
def _opened(open_sealed: Callable[[bytes], str], sealed: bytes) -> str:
    """A secret opened before: to decrypt it costs as much as to sign and send."""
    return open_sealed(sealed)
