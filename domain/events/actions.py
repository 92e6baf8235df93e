"""Recording events in the transaction of the change they tell of, and settling what the outbox carried on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from domain.events.catalogue import CATALOGUE
from domain.events.types import EventType
from domain.shared.actor import Actor
from domain.shared.leases import Queue
from domain.shared.traces import TRACEPARENT
from domain.shared.writes import Writes

OUTBOX: Final = Queue("events")
_VERSION: Final = 1
# A webhook has at most 256 kB, its envelope and amounts with it.
MAX_DATA_BYTES: Final = 250_000

_INSERT: Final = """
INSERT INTO events (id, type, version, organization_id, scope, aggregate_type, aggregate_id, aggregate_seq,
                    payload, tier_amounts, actor, occurred_at, due_at, attempts, traceparent)
SELECT n.id, n.type, $10, n.organization_id, n.scope, n.aggregate_type, n.aggregate_id,
       coalesce((SELECT max(e.aggregate_seq) FROM events e WHERE e.aggregate_id = n.aggregate_id), 0)
         + row_number() OVER (PARTITION BY n.aggregate_id ORDER BY n.place),
       n.payload, n.tier_amounts, $8, $9, $9, 0, $12
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::jsonb[], $11::jsonb[])
     WITH ORDINALITY AS n(id, type, organization_id, scope, aggregate_type, aggregate_id, payload, tier_amounts, place)
"""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What happened to one aggregate.

    `data` holds the catalogue's fields; those of money are left out and given as `tier_minor` (minor units by edge of
    the chain of `scope`, in `currency`), so that each receiver sees its own.
    """

    type: EventType
    organization_id: UUID
    scope: str
    aggregate_id: UUID
    data: Mapping[str, Any]
    tier_minor: Sequence[int | None] | None = None
    currency: str | None = None


def _money(event: NewEvent) -> str | None:
    if event.tier_minor is None:
        return None
    return orjson.dumps({"tier_minor": list(event.tier_minor), "currency": event.currency}).decode()


def _payload(event: NewEvent) -> str:
    payload = orjson.dumps(event.data)
    if len(payload) > MAX_DATA_BYTES:
        raise ValueError(f"{event.type} has {len(payload)} bytes of data: no webhook carries them")
    return payload.decode()


async def record(actor: Actor, *events: NewEvent) -> None:
    """Append events to the log, in the caller's transaction, due for the outbox at once.

    The caller holds a lock on the aggregate (or has just made it), so that sequence numbers have no gap.
    """
    writes = Writes()
    record_with(writes, actor, *events)
    await writes.send()


def record_with(writes: Writes, actor: Actor, *events: NewEvent) -> None:
    """As `record`, with the writes of the change that they tell of."""
    writes.add(
        _INSERT,
        [actor.new_id() for _ in events],
        [event.type.value for event in events],
        [event.organization_id for event in events],
        [event.scope for event in events],
        [CATALOGUE[event.type].aggregate for event in events],
        [event.aggregate_id for event in events],
        [_payload(event) for event in events],
        actor.principal,
        actor.at,
        _VERSION,
        [_money(event) for event in events],
        TRACEPARENT.get(),
    )
