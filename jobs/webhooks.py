"""Webhook deliveries: claimed, signed, sent, settled; every attempt is logged."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from asyncpg import Record

from domain.events.queries import body_for
from domain.shared.ids import encode
from domain.shared.tenancy import Scope
from domain.webhooks.actions import DELIVERIES_QUEUE, Attempt, Leased, give_up, settle_attempt
from domain.webhooks.queries import with_endpoint_and_event
from domain.webhooks.rules import retry_delay
from integrations.doorbell import Bell
from integrations.webhooks.sender import AttemptOutcome, OutgoingWebhook, Verdict
from jobs.pump import Pump
from jobs.workshop import Workshop


def webhook_pump(shop: Workshop, poll_seconds: float) -> Pump:
    """The pump of webhook deliveries."""
    return Pump(shop, DELIVERIES_QUEUE, Bell.WEBHOOKS, deliver_all, poll_seconds, slots=50)


async def deliver_all(shop: Workshop, deliveries: Sequence[Record]) -> None:
    """One attempt of each, one after the other."""
    for delivery in deliveries:
        await deliver(shop, delivery)


async def deliver(shop: Workshop, delivery: Record) -> None:
    """One attempt of one delivery."""
    found = await with_endpoint_and_event([delivery["id"]])
    material = found[delivery["id"]]
    leased = Leased(delivery["id"], delivery["lease_token"])
    if material["deleted_at"] is not None:
        await give_up(shop.actor(), leased)
        return
    at = shop.now()
    outgoing = OutgoingWebhook(
        url=material["url"],
        secrets=secrets_in_force(shop, material, at),
        message_id=encode("Event", material["id"]),
        timestamp=int(at.timestamp()),
        body=orjson.dumps(body_for(material, Scope(material["viewer_scope"]))),
    )
    outcome = await shop.sender.send(outgoing)
    attempt = Attempt(
        number=delivery["attempts"],
        at=at,
        duration_ms=outcome.duration_ms,
        status=outcome.status,
        error=outcome.error,
        request_headers=outcome.request_headers,
        response_head=outcome.answer_head or outcome.error_message or "",
    )
    await settle_attempt(shop.actor(), leased, attempt, retry_at=_retry_at(shop, delivery, outcome))


def secrets_in_force(shop: Workshop, endpoint: Record, at: datetime) -> list[str]:
    """The endpoint's secret, and the previous one for as long as it still signs."""
    secrets = [shop.vault.open(endpoint["secret_sealed"])]
    if endpoint["previous_secret_sealed"] and endpoint["previous_secret_until"] > at:
        secrets.append(shop.vault.open(endpoint["previous_secret_sealed"]))
    return secrets


def _retry_at(shop: Workshop, delivery: Record, outcome: AttemptOutcome) -> datetime | None:
    if outcome.verdict in {Verdict.DELIVERED, Verdict.GONE}:
        return None
    asked = None if outcome.retry_after_seconds is None else timedelta(seconds=outcome.retry_after_seconds)
    attempts = delivery["attempts"] - delivery["attempts_before"]
    delay = retry_delay(attempts, jitter_permille=shop.jitter_permille(), retry_after=asked)
    return None if delay is None else shop.now() + delay
