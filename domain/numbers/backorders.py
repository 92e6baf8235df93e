"""Backorders: noted with a draft, placed on a line, opened with a ticket, fulfilled or cancelled.

Each runs in the transaction of its caller, who holds the lock of the order.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.desk.actions import NewTicket, open_ticket, withdraw_tickets
from domain.desk.states import TicketKind
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.numbers.holding import Holder
from domain.numbers.states import BACKORDER, B, BackorderState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import ErrorCode, FieldCode, FieldError, Invalid
from domain.shared.ids import encode
from domain.shared.tenancy import Scope

_INSERT: Final = """
INSERT INTO backorders (id, organization_id, scope, order_id, order_line_id, npa, nxx, quantity, fulfilled, state,
                        created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 'PENDING', $9) RETURNING *
"""
_PENDING: Final = "SELECT * FROM backorders WHERE order_id = $1 AND state = 'PENDING' ORDER BY id FOR UPDATE"
_WAITING: Final = "SELECT * FROM backorders WHERE order_id = $1 AND state IN ('PENDING', 'OPEN') ORDER BY id FOR UPDATE"
_MOVE: Final = "UPDATE backorders SET state = $2, fulfilled = $3, finished_at = $4 WHERE id = $1 RETURNING *"


async def wanted_by(order_id: UUID | None) -> int:
    """How many numbers an order waits for."""
    sql = (
        "SELECT coalesce(sum(quantity - fulfilled), 0)::int FROM backorders "
        "WHERE order_id = $1 AND state IN ('PENDING', 'OPEN')"
    )
    return int(await database.fetch_value(sql, order_id))


async def note(actor: Actor, holder: Holder, missing: Mapping[tuple[str, str], int]) -> list[Record]:
    """Note with a draft how many numbers of which exchanges it lacks."""
    made = []
    for (npa, nxx), quantity in sorted(missing.items()):
        made.append(await _insert(actor, holder, None, npa, nxx, quantity))
    return made


async def _insert(actor: Actor, holder: Holder, line_id: UUID | None, npa: str, nxx: str, quantity: int) -> Record:
    given = (actor.new_id(), holder.customer_id, holder.scope, holder.order_id, line_id, npa, nxx, quantity, actor.at)
    (row,) = await database.fetch(_INSERT, *given)
    await record(actor, _event(EventType.BACKORDER_CREATED, row))
    return row


async def place(actor: Actor, order_id: UUID, room: Sequence[tuple[UUID, int]]) -> None:
    """Give each backorder of a submitted draft to the lines that have room (line, how much); Invalid if none has.

    One that takes the room of several lines becomes several.
    """
    left = dict(room)
    for row in await database.fetch(_PENDING, order_id):
        shares: Counter[UUID] = Counter()
        for line_id, count in left.items():
            taken = min(count, row["quantity"] - shares.total())
            left[line_id] = count - taken
            if taken:
                shares[line_id] = taken
        if shares.total() < row["quantity"]:
            message = f"{row['quantity']} numbers of {row['npa']}-{row['nxx']} are more than seats and lines allow"
            raise Invalid([FieldError("numbers", FieldCode.EXHAUSTED, message)], ErrorCode.ORDER_INCOMPLETE)
        (first, quantity), *others = shares.items()
        sql = "UPDATE backorders SET order_line_id = $2, quantity = $3 WHERE id = $1"
        await database.execute(sql, row["id"], first, quantity)
        holder = Holder(row["organization_id"], row["scope"], order_id)
        for line_id, count in others:
            await _insert(actor, holder, line_id, row["npa"], row["nxx"], count)


async def open_backorders(actor: Actor, order_id: UUID) -> None:
    """PENDING -> OPEN: each gets a ticket at the desk of the root of its chain."""
    for row in await database.fetch(_PENDING, order_id):
        sql = "SELECT id FROM organizations WHERE scope = $1"
        desk_id: UUID = await database.fetch_value(sql, Scope(row["scope"]).chain[0])
        subject = f"Get {row['quantity']} numbers of {row['npa']}-{row['nxx']}"
        details = (
            f"An order waits for {row['quantity']} numbers of {row['npa']}-{row['nxx']}. Import them into the stock, "
            f"then fulfil the backorder {encode('Backorder', row['id'])}."
        )
        new = NewTicket(TicketKind.BACKORDER, desk_id, subject, details, row["id"], row["organization_id"])
        await move(actor, row, B.OPEN)
        await open_ticket(actor, new)


async def is_awaited(line_id: UUID) -> bool:
    """Whether a line waits for numbers."""
    sql = "SELECT EXISTS (SELECT FROM backorders WHERE order_line_id = $1 AND state IN ('PENDING', 'OPEN'))"
    return bool(await database.fetch_value(sql, line_id))


async def cancel_waiting(actor: Actor, order_id: UUID, line_id: UUID | None = None) -> None:
    """The order, or one line of it, came to nothing: nobody waits any more."""
    for row in await database.fetch(_WAITING, order_id):
        if line_id in (None, row["order_line_id"]):
            await cancel(actor, row)


async def cancel(actor: Actor, row: Record) -> None:
    """PENDING | OPEN -> CANCELLED: its ticket ends with it."""
    await move(actor, row, B.CANCELLED)
    await withdraw_tickets(actor, row["id"], reason="the backorder was cancelled")


async def move(actor: Actor, row: Record, state: BackorderState, *, fulfilled: int | None = None) -> None:
    """Write a locked backorder's next state, and tell of it; one that is fulfilled in part stays OPEN."""
    if fulfilled is None or state is not B.OPEN:
        BACKORDER.check(BackorderState(row["state"]), state)
    count = row["fulfilled"] if fulfilled is None else fulfilled
    finished_at = actor.at if state in BACKORDER.terminal else None
    (moved,) = await database.fetch(_MOVE, row["id"], state.value, count, finished_at)
    event_type = EventType.BACKORDER_FULFILLED if fulfilled is not None else _TOLD[state]
    await record(actor, _event(event_type, moved))


_TOLD: Final = {B.OPEN: EventType.BACKORDER_OPENED, B.CANCELLED: EventType.BACKORDER_CANCELLED}


def _event(event_type: EventType, row: Mapping[str, Any] | Record) -> NewEvent:
    data = {
        "backorder_id": encode("Backorder", row["id"]),
        "customer_id": encode("Organization", row["organization_id"]),
        "order_id": encode("Order", row["order_id"]),
        "npa": row["npa"],
        "nxx": row["nxx"],
        "quantity": row["quantity"],
        "fulfilled": row["fulfilled"],
    }
    return NewEvent(event_type, row["organization_id"], row["scope"], row["id"], data)
