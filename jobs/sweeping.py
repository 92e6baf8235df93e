"""What nothing needs any more is dropped: how long each kind of row is kept, as data."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog

from domain.access.idempotency import forget_keys
from domain.access.people import forget_sessions
from domain.mail.actions import forget_mails
from domain.provisioning.callbacks import forget_callbacks
from domain.webhooks.claiming import forget_attempts
from jobs.workshop import Workshop

log = structlog.get_logger(__name__)

# For how long rows stay after their time. Keys say themselves until when they count (24 hours); ids of callbacks are
# unique for 7 days (provisioning.md), attempts of deliveries are kept for 90 (events.md).
KEPT: Final[dict[str, tuple[Callable[[datetime], Awaitable[int]], timedelta]]] = {
    "idempotency_keys": (forget_keys, timedelta(0)),
    "callbacks": (forget_callbacks, timedelta(days=7)),
    "sessions": (forget_sessions, timedelta(days=7)),
    "mails": (forget_mails, timedelta(days=90)),
    "webhook_attempts": (forget_attempts, timedelta(days=90)),
}


async def sweep_rows(shop: Workshop, kinds: Iterable[str] = KEPT) -> None:
    """Drop every row that is older than its kind is kept; may be cut short, and run beside others."""
    for kind in kinds:
        forget, kept = KEPT[kind]
        if dropped := await forget(shop.now() - kept):
            log.info("sweep.dropped", kind=kind, rows=dropped)
