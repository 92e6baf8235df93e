"""The numbers of an order on its way: kept from its submission on, assigned with its lines, or let go.

Each runs in the transaction that moves the order, whose lock its caller holds.
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
from domain.numbers.allotting import allot
from domain.numbers.allowance import Part, allowance_of, check_selection
from domain.numbers.events import number_event
from domain.numbers.holding import RESERVED_FOR, let_go
from domain.numbers.moving import assign
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import ErrorCode, Invalid

# A line that failed may be tried again: its numbers wait for that so long.
KEPT_AFTER_FAILURE: Final = timedelta(hours=24)

_SELECTED: Final = "SELECT * FROM numbers WHERE order_id = $1 AND state = 'RESERVED' ORDER BY e164 FOR UPDATE"
_OF_LINE: Final = "SELECT * FROM numbers WHERE order_line_id = $1 AND state = 'RESERVED' ORDER BY e164 FOR UPDATE"
_KEEP: Final = """
UPDATE numbers SET free_from = NULL, order_line_id = given.line_id, changed_at = $3
FROM unnest($1::uuid[], $2::uuid[]) AS given(id, line_id) WHERE numbers.id = given.id
"""
_HOLD_UNTIL: Final = "UPDATE numbers SET free_from = $2 WHERE id = ANY($1)"


@dataclass(frozen=True, slots=True)
class LinePart:
    """A line of an order, or a part of one that is a bundle, by what it allows."""

    line_id: UUID
    part: Part


async def keep_selected(
    actor: Actor, order_id: UUID, lines: Sequence[LinePart], *, other_seats: int
) -> list[tuple[UUID, int]]:
    """What a draft has selected is held until the order ends; refused as Invalid if its lines allow less by now.

    Answers for each line how many more it has room for.
    """
    rows = await database.fetch(_SELECTED, order_id)
    parts = [line.part for line in lines]
    selected = Counter(row["plan_id"] for row in rows)
    if problems := check_selection(allowance_of(parts, selected, other_seats=other_seats), "numbers"):
        raise Invalid(problems, ErrorCode.ORDER_INCOMPLETE)
    given = allot(parts, [(row["id"], row["plan_id"]) for row in rows])
    line_ids = [lines[place].line_id for _, place in given]
    if rows:
        await database.execute(_KEEP, [number_id for number_id, _ in given], line_ids, actor.at)
        await record(actor, *(number_event(EventType.NUMBER_RESERVED, row) for row in rows))
    room = Counter[UUID]()
    for line in lines:
        room[line.line_id] += line.part.allows
    room.subtract(line_ids)
    return list(room.items())


async def assign_to_line(actor: Actor, line_id: UUID, subscription_id: UUID) -> None:
    """The line is there: its subscription has its numbers."""
    await assign(actor, await database.fetch(_OF_LINE, line_id), subscription_id)


async def hold_for_retry(actor: Actor, line_id: UUID) -> None:
    """The line failed: its numbers wait a day for another try, then they are free by themselves."""
    await _hold_until(actor, await database.fetch(_OF_LINE, line_id), actor.at + KEPT_AFTER_FAILURE)


async def keep_for_retry(actor: Actor, line_id: UUID) -> None:
    """The line is tried again: what is still held of its numbers is held until it ends."""
    await _hold_until(actor, await database.fetch(_OF_LINE, line_id), None)


async def reopen_selection(actor: Actor, order_id: UUID) -> None:
    """The order is a draft again: its numbers are reserved as a draft's are."""
    await _hold_until(actor, await database.fetch(_SELECTED, order_id), actor.at + RESERVED_FOR)


async def release_selected(actor: Actor, order_id: UUID) -> None:
    """The order came to nothing: its numbers are in stock again."""
    if rows := await database.fetch(_SELECTED, order_id):
        await let_go(actor, rows)


async def release_of_line(actor: Actor, line_id: UUID) -> None:
    """The line came to nothing: what is held for it is in stock again."""
    if rows := await database.fetch(_OF_LINE, line_id):
        await let_go(actor, rows)


async def _hold_until(actor: Actor, rows: Sequence[Record], until: datetime | None) -> None:
    if rows:
        await database.execute(_HOLD_UNTIL, [row["id"] for row in rows], until)
        await record(actor, *(number_event(EventType.NUMBER_RESERVED, row, reserved_until=until) for row in rows))
