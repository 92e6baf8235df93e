"""Usage: asking provisioners how many users the instances of postpaid subscriptions have, month by month."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from asyncpg import Record

from domain.shared.ids import encode
from domain.usage.rules import Reading, retry_after
from domain.usage.settling import USAGE_QUEUE, instance_to_ask, postpone, take_in
from integrations.doorbell import Bell
from integrations.provisioners.base import InstanceGone, ProvisionerUnavailable
from integrations.provisioners.registry import UnknownProvisioner
from jobs.pump import Pump
from jobs.workshop import Workshop

log = structlog.get_logger(__name__)

_SLOTS: Final = 20


def usage_pump(shop: Workshop, poll_seconds: float) -> Pump:
    """The pump of months that are charged by usage."""
    return Pump(shop, USAGE_QUEUE, Bell.USAGE, look_at_all, poll_seconds, slots=_SLOTS)


async def look_at_all(shop: Workshop, months: Sequence[Record]) -> None:
    """Ask for the counts of each, one after the other."""
    for month in months:
        await _look(shop, month)


async def _look(shop: Workshop, month: Record) -> None:
    """Fetch the counts of a month and settle it; a provisioner that gives none now is asked later, for ever."""
    instance, since = await instance_to_ask(month)
    readings: list[Reading] = []
    if instance is not None:
        instance_id = encode("Instance", instance["id"])
        try:
            found = await shop.provisioners.get(instance["provisioner"]).usage(instance_id, since)
            readings = [Reading(one.at, one.users) for one in found]
        except InstanceGone:
            # It has no counts any more: what was fetched before is all there is.
            log.info("usage.instance_gone", instance_id=instance_id)
        except (ProvisionerUnavailable, UnknownProvisioner) as error:
            await _later(shop, month, error)
            return
    await take_in(shop.actor(), month, instance["id"] if instance else None, readings)
    shop.wake(Bell.OUTBOX)


async def _later(shop: Workshop, month: Record, error: ProvisionerUnavailable | UnknownProvisioner) -> None:
    seconds = error.retry_after_seconds if isinstance(error, ProvisionerUnavailable) else None
    asked = None if seconds is None else timedelta(seconds=seconds)
    pause = retry_after(month["attempts"], jitter_permille=shop.jitter_permille(), asked=asked)
    subscription_id = encode("Subscription", month["subscription_id"])
    log.warning("usage.unavailable", subscription_id=subscription_id, reason=str(error))
    await postpone(month, until=shop.now() + pause)
