"""Holding numbers for somebody for a time: claiming them, letting go, and the end of what was held.

Each runs in its caller's transaction. A number is claimed by a conditional update of its locked row: of any who want
it at once, one gets it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.events.actions import record
from domain.events.types import EventType
from domain.numbers.events import number_event
from domain.numbers.rules import Wanted
from domain.numbers.states import NUMBER, NumberState, S
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.tenancy import Scope

RESERVED_FOR: Final = timedelta(minutes=15)

# $1 the instant, $2 the chain of sellers, $3 and $4 the order or subscription whose own they may be already.
_CLAIMABLE: Final = """
FROM numbers n WHERE (n.free_from <= $1 OR n.state = 'RESERVED' AND (n.order_id = $3 OR n.subscription_id = $4))
AND n.seller_id IN (SELECT id FROM organizations WHERE scope = ANY($2)) AND
"""
# In one order, so that two who want the same wait for each other and never for ever.
_THESE: Final = f"SELECT n.* {_CLAIMABLE} n.e164 = ANY($5) ORDER BY n.e164 FOR UPDATE"
_SEEN: Final = f"SELECT n.* {_CLAIMABLE} n.e164 = ANY($5) ORDER BY n.e164"
# Who takes any takes what nobody is about to take.
_ANY: Final = f"""
SELECT n.* {_CLAIMABLE} n.free_from <= $1 AND n.e164 >= $5 AND n.e164 < $6 AND ($7::uuid IS NULL OR n.plan_id = $7)
ORDER BY n.e164 LIMIT $8 FOR UPDATE SKIP LOCKED
"""
_RESERVE: Final = """
UPDATE numbers SET state = 'RESERVED', free_from = $2, customer_id = $3, scope = $4, order_id = $5,
       order_line_id = NULL, subscription_id = $6, changed_at = $7
WHERE id = ANY($1) RETURNING *
"""
_LET_GO: Final = """
UPDATE numbers n SET state = 'AVAILABLE', free_from = $2, scope = o.scope, customer_id = NULL, order_id = NULL,
       order_line_id = NULL, subscription_id = NULL, changed_at = $2
FROM organizations o WHERE n.id = ANY($1) AND o.id = n.seller_id
"""
_OVER: Final = """
SELECT * FROM numbers WHERE state IN ('RESERVED', 'QUARANTINED') AND free_from <= $1
ORDER BY free_from LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_HELD: Final = """
SELECT count(*)::int AS count, plan_id FROM numbers
WHERE (order_id = $1 OR subscription_id = $2) AND (state = 'ASSIGNED' OR state = 'RESERVED' AND free_from > $3)
GROUP BY plan_id
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom numbers are held: a customer at its place, by an order or by a subscription."""

    customer_id: UUID
    scope: str
    order_id: UUID | None = None
    subscription_id: UUID | None = None


async def claim(actor: Actor, holder: Holder, numbers: Sequence[str], until: datetime | None) -> list[Record]:
    """Hold these numbers (E.164), as far as they are to be had, until then (None: until their order ends); their rows.

    What the holder has reserved already is held for longer.
    """
    seen = (actor.at, Scope(holder.scope).chain, holder.order_id, holder.subscription_id)
    return await _reserve(actor, holder, await database.fetch(_THESE, *seen, list(numbers)), until)


async def claimable(actor: Actor, holder: Holder, numbers: Sequence[str]) -> list[Record]:
    """Those of these numbers that `claim` would hold; nothing is held."""
    seen = (actor.at, Scope(holder.scope).chain, holder.order_id, holder.subscription_id)
    return await database.fetch(_SEEN, *seen, list(numbers))


async def claim_any(actor: Actor, holder: Holder, wanted: Wanted, until: datetime | None) -> list[Record]:
    """Hold as many numbers of an exchange as are wanted and to be had; the rows of those that are held now."""
    seen = (actor.at, Scope(holder.scope).chain, holder.order_id, holder.subscription_id)
    low = f"+1{wanted.npa}{wanted.nxx}"
    rows = await database.fetch(_ANY, *seen, low, f"{low}:", wanted.plan_id, wanted.quantity)
    return await _reserve(actor, holder, rows, until)


async def _reserve(actor: Actor, holder: Holder, rows: Sequence[Record], until: datetime | None) -> list[Record]:
    if not rows:
        return []
    # Somebody's reservation of it was over: that is told before the new one.
    over = [row for row in rows if _is_held(row) and not _is_of(row, holder)]
    held = await database.fetch(
        _RESERVE,
        [row["id"] for row in rows],
        until,
        holder.customer_id,
        holder.scope,
        holder.order_id,
        holder.subscription_id,
        actor.at,
    )
    if over:
        await record(actor, *(number_event(EventType.NUMBER_RELEASED, row) for row in over))
    await record(actor, *(number_event(EventType.NUMBER_RESERVED, row, reserved_until=until) for row in held))
    return held


def _is_held(row: Record) -> bool:
    return bool(row["state"] == NumberState.RESERVED)


def _is_of(row: Record, holder: Holder) -> bool:
    return (row["order_id"], row["subscription_id"]) == (holder.order_id, holder.subscription_id)


async def let_go(actor: Actor, rows: Sequence[Record]) -> None:
    """Put numbers back into stock, whose locked rows these are; what was reserved is told to whom it was for."""
    for row in rows:
        NUMBER.check(NumberState(row["state"]), S.AVAILABLE)
    await database.execute(_LET_GO, [row["id"] for row in rows], actor.at)
    if held := [row for row in rows if _is_held(row)]:
        await record(actor, *(number_event(EventType.NUMBER_RELEASED, row) for row in held))


async def end_what_is_over(actor: Actor, *, limit: int) -> int:
    """Put back what was reserved or in quarantine until now, at most so many; how many there were.

    Whoever wants such a number gets it without this: it only makes the rows say so, and tells of it.
    """
    async with database.transaction():
        rows = await database.fetch(_OVER, actor.at, limit)
        if rows:
            await let_go(actor, rows)
        return len(rows)


async def selected_by(order_id: UUID | None, subscription_id: UUID | None, at: datetime) -> Counter[UUID]:
    """How many numbers an order or a subscription has or holds, by SKU."""
    rows = await database.fetch(_HELD, order_id, subscription_id, at)
    return Counter({row["plan_id"]: row["count"] for row in rows})
