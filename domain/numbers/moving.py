"""Numbers in the hands of customers: assigned, swapped, given back, ported in and out.

Each runs in the transaction of its caller, who knows what it is charged for; each locks the rows that it moves.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.events.actions import record
from domain.events.types import EventType
from domain.numbers.errors import NumbersTaken
from domain.numbers.events import number_event
from domain.numbers.holding import Holder, let_go
from domain.numbers.models import NumberKind
from domain.numbers.rules import npa_nxx
from domain.numbers.states import NUMBER, NumberState, S
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.tenancy import Scope

# How long a number rests before somebody else gets its calls: at least 45 days (47 CFR 52.15(f), aging numbers).
QUARANTINE: Final[Mapping[NumberKind, timedelta]] = {
    NumberKind.LOCAL: timedelta(days=45),
    NumberKind.TOLL_FREE: timedelta(days=90),
    NumberKind.MOBILE: timedelta(days=90),
}

_OF_SUBSCRIPTION: Final = """
SELECT * FROM numbers WHERE subscription_id = $1 AND state = 'ASSIGNED' AND e164 = ANY($2) ORDER BY e164 FOR UPDATE
"""
_ASSIGN: Final = """
UPDATE numbers SET state = 'ASSIGNED', free_from = NULL, subscription_id = $2, changed_at = $3
WHERE id = ANY($1) RETURNING *
"""
_REST: Final = """
UPDATE numbers n SET state = 'QUARANTINED', free_from = rest.until, scope = o.scope, customer_id = NULL,
       order_id = NULL, order_line_id = NULL, subscription_id = NULL, changed_at = $3
FROM unnest($1::uuid[], $2::timestamptz[]) AS rest(id, until), organizations o
WHERE n.id = rest.id AND o.id = n.seller_id
"""
_HAND_OVER: Final = """
UPDATE numbers SET customer_id = $2, scope = $3, changed_at = $4
WHERE subscription_id = $1 AND state = 'ASSIGNED' RETURNING *
"""
_OF_OTHER_SELLERS: Final = """
SELECT n.e164 FROM numbers n JOIN organizations o ON o.id = n.seller_id
WHERE n.subscription_id = $1 AND n.state = 'ASSIGNED' AND NOT starts_with($2, o.scope) LIMIT 1
"""
_BRING_IN: Final = """
INSERT INTO numbers AS n (id, seller_id, scope, e164, country, npa, nxx, rate_center, kind, plan_id, state,
                          customer_id, created_at, changed_at)
SELECT new.id, $1, $2, new.e164, $3, new.npa, new.nxx, $4, $5, $6, 'PORTING_IN', $7, $8, $8
FROM unnest($9::uuid[], $10::text[], $11::text[], $12::text[]) AS new(id, e164, npa, nxx)
ON CONFLICT (e164, split_part(scope, '.', 1)) DO UPDATE
SET seller_id = excluded.seller_id, scope = excluded.scope, state = 'PORTING_IN', plan_id = excluded.plan_id,
    customer_id = excluded.customer_id, order_id = NULL, order_line_id = NULL, subscription_id = NULL,
    changed_at = excluded.changed_at
WHERE n.state = 'PORTED_OUT' RETURNING n.*
"""
_HELD_BY: Final = """
SELECT * FROM numbers WHERE subscription_id = ANY($1) AND state IN ('ASSIGNED', 'RESERVED') ORDER BY e164 FOR UPDATE
"""
_COMING_IN: Final = "SELECT * FROM numbers WHERE id = ANY($1) AND state = 'PORTING_IN' ORDER BY e164 FOR UPDATE"
_GONE: Final = """
UPDATE numbers n SET state = 'PORTED_OUT', free_from = NULL, scope = o.scope, customer_id = NULL, order_id = NULL,
       order_line_id = NULL, subscription_id = NULL, changed_at = $2
FROM organizations o WHERE n.id = ANY($1) AND o.id = n.seller_id
"""


async def assign(actor: Actor, rows: Sequence[Record], subscription_id: UUID) -> list[Record]:
    """RESERVED | PORTING_IN -> ASSIGNED: what these locked rows are held for has the numbers from now on."""
    for row in rows:
        NUMBER.check(NumberState(row["state"]), S.ASSIGNED)
    if not rows:
        return []
    assigned = await database.fetch(_ASSIGN, [row["id"] for row in rows], subscription_id, actor.at)
    await record(actor, *(number_event(EventType.NUMBER_ASSIGNED, row) for row in assigned))
    return assigned


async def numbers_of(subscription_id: UUID, numbers: Sequence[str], path: str) -> list[Record]:
    """The locked rows of numbers that a subscription has; the others are refused as Invalid below `path`."""
    rows = await database.fetch(_OF_SUBSCRIPTION, subscription_id, list(numbers))
    has = {row["e164"] for row in rows}
    message = "is no number of this subscription"
    if missing := [place for place, number in enumerate(numbers) if number not in has]:
        raise Invalid([FieldError(f"{path}.{place}", FieldCode.NOT_FOUND, message) for place in missing])
    return rows


async def give_back(actor: Actor, rows: Sequence[Record]) -> None:
    """ASSIGNED -> QUARANTINED: locked rows of numbers that their customer has no more; nothing is refunded here."""
    for row in rows:
        NUMBER.check(NumberState(row["state"]), S.QUARANTINED)
    if not rows:
        return
    until = [actor.at + QUARANTINE[NumberKind(row["kind"])] for row in rows]
    await database.execute(_REST, [row["id"] for row in rows], until, actor.at)
    await record(actor, *(number_event(EventType.NUMBER_REMOVED, row) for row in rows))


def check_swap(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[FieldError]:
    """Whether one number may be had for another: within one SKU, for nothing; to another SKU never (B3-S)."""
    if old["plan_id"] == new["plan_id"]:
        return []
    message = "is of another SKU: numbers are swapped within one; remove the one and add the other"
    return [FieldError("newNumber", FieldCode.NOT_ALLOWED, message)]


async def hand_over(actor: Actor, subscription_id: UUID, *, customer_id: UUID, scope: str) -> list[Record]:
    """The numbers of a subscription go with it to another customer; Invalid where one is of no seller of that."""
    if strange := await database.fetch_value(_OF_OTHER_SELLERS, subscription_id, scope):
        message = f"{strange} is of the stock of a seller that does not serve this customer"
        raise Invalid([FieldError("owner", FieldCode.NOT_APPLICABLE, message)])
    rows = await database.fetch(_HAND_OVER, subscription_id, customer_id, scope, actor.at)
    if rows:
        await record(actor, *(number_event(EventType.NUMBER_ASSIGNED, row) for row in rows))
    return rows


async def give_back_all(actor: Actor, subscription_ids: Sequence[UUID]) -> None:
    """Subscriptions that have ended give all their numbers back, and let go what they have reserved."""
    rows = await database.fetch(_HELD_BY, list(subscription_ids))
    await give_back(actor, [row for row in rows if row["state"] == S.ASSIGNED])
    if reserved := [row for row in rows if row["state"] == S.RESERVED]:
        await let_go(actor, reserved)


async def bring_in(
    actor: Actor,
    holder: Holder,
    numbers: Sequence[str],
    *,
    plan_id: UUID,
    country: str,
    rate_center: str,
    kind: NumberKind = NumberKind.LOCAL,
) -> list[Record]:
    """Numbers (E.164) begin to come in from another carrier for a customer: PORTING_IN, in nobody's stock.

    They will be of the root's inventory. NumbersTaken names those that somebody in the tree has already.
    """
    seller = await database.fetch_row("SELECT id FROM organizations WHERE scope = $1", Scope(holder.scope).chain[0])
    if seller is None:
        raise LookupError("every place has a root")
    split = [npa_nxx(number) for number in numbers]
    rows = await database.fetch(
        _BRING_IN, seller["id"], holder.scope, country, rate_center.upper(), kind.value, plan_id,
        holder.customer_id, actor.at, [actor.new_id() for _ in numbers], list(numbers),
        [npa for npa, _ in split], [nxx for _, nxx in split],
    )  # fmt: skip
    came = {row["e164"] for row in rows}
    if taken := [number for number in numbers if number not in came]:
        raise NumbersTaken(taken)
    await record(actor, *(number_event(EventType.NUMBER_PORTING_IN, row) for row in rows))
    return rows


async def take_ported_in(actor: Actor, number_ids: Sequence[UUID], subscription_id: UUID) -> list[Record]:
    """PORTING_IN -> ASSIGNED, on the day that the numbers are here; those that are here already stay as they are."""
    return await assign(actor, await database.fetch(_COMING_IN, list(number_ids)), subscription_id)


async def stay_away(actor: Actor, number_ids: Sequence[UUID]) -> None:
    """PORTING_IN -> PORTED_OUT: they do not come after all and stay with their carrier."""
    rows = await database.fetch(_COMING_IN, list(number_ids))
    await database.execute(_GONE, [row["id"] for row in rows], actor.at)
    if rows:
        await record(actor, *(number_event(EventType.NUMBER_PORTED_OUT, row) for row in rows))
