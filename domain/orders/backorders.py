"""Fulfilling and cancelling backorders: the line that waited goes on when it was for nothing else."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.desk.actions import complete_ticket, withdraw_tickets
from domain.numbers import backorders
from domain.numbers.errors import NumbersTaken
from domain.numbers.holding import Holder, claim, claim_any
from domain.numbers.rules import Wanted, check_numbers, npa_nxx
from domain.numbers.states import BACKORDER, B, BackorderState
from domain.orders.fulfilling import complete_line
from domain.orders.loading import lock_order
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode

_FIND: Final = "SELECT * FROM backorders WHERE id = $1 AND scope >= $2 AND scope < $3"
_THERE: Final = """
SELECT l.subscription_id, o.id AS operation_id FROM order_lines l
JOIN instances i ON i.subscription_id = l.subscription_id
JOIN provisioning_operations o ON o.instance_id = i.id AND o.generation = i.generation
WHERE l.id = $1 AND l.state = 'PROVISIONING' AND i.state = 'ACTIVE'
"""


async def fulfil_backorder(actor: Actor, backorder_id: UUID, numbers: Sequence[str] | None) -> UUID:
    """Give an OPEN backorder these numbers (E.164) of its exchange from stock, or as many as it lacks, whichever.

    With fewer than it lacks it stays OPEN for the rest. NumbersTaken if they are not to be had, or if there are none.
    """
    if problems := check_numbers("numbers", numbers or ()):
        raise Invalid(problems)
    async with database.transaction():
        row = await _lock(actor, backorder_id)
        BACKORDER.check_from({B.OPEN}, BackorderState(row["state"]), B.FULFILLED)
        held = await _claim(actor, row, numbers)
        sql = "UPDATE numbers SET order_line_id = $2 WHERE id = ANY($1)"
        await database.execute(sql, [number["id"] for number in held], row["order_line_id"])
        fulfilled = row["fulfilled"] + len(held)
        is_whole = fulfilled == row["quantity"]
        await backorders.move(actor, row, B.FULFILLED if is_whole else B.OPEN, fulfilled=fulfilled)
        if is_whole:
            await _close_ticket(actor, row)
            await _go_on(actor, row)
        return backorder_id


async def cancel_backorder(actor: Actor, backorder_id: UUID) -> UUID:
    """PENDING | OPEN -> CANCELLED: the line that waited completes without these numbers."""
    async with database.transaction():
        row = await _lock(actor, backorder_id)
        await backorders.cancel(actor, row)
        await _go_on(actor, row)
        return backorder_id


async def _lock(actor: Actor, backorder_id: UUID) -> Record:
    found = await database.fetch_row(_FIND, backorder_id, actor.scope.lower, actor.scope.upper)
    if found is None:
        raise NotFound("backorder", encode("Backorder", backorder_id))
    await lock_order(actor, found["order_id"])
    (row,) = await database.fetch("SELECT * FROM backorders WHERE id = $1 FOR UPDATE", backorder_id)
    return row


async def _claim(actor: Actor, row: Record, numbers: Sequence[str] | None) -> list[Record]:
    """Numbers of stock, held until the order ends."""
    holder = Holder(row["organization_id"], row["scope"], row["order_id"])
    lacking, place = row["quantity"] - row["fulfilled"], (row["npa"], row["nxx"])
    if numbers is None:
        held = await claim_any(actor, holder, Wanted(*place, lacking), None)
        if not held:
            raise NumbersTaken(["-".join(place)])
        return held
    problems = [
        FieldError(f"numbers.{at}", FieldCode.NOT_ALLOWED, f"is none of {'-'.join(place)}")
        for at, number in enumerate(numbers)
        if npa_nxx(number) != place
    ]
    wanted = list(dict.fromkeys(numbers))
    if not 1 <= len(wanted) <= lacking:
        problems.append(FieldError("numbers", FieldCode.OUT_OF_RANGE, f"must be between 1 and {lacking} numbers"))
    if problems:
        raise Invalid(problems)
    # What the order holds already is no new number for it.
    own = await database.fetch(
        "SELECT e164 FROM numbers WHERE order_id = $1 AND e164 = ANY($2)", row["order_id"], wanted
    )
    if own:
        raise NumbersTaken([each["e164"] for each in own])
    held = await claim(actor, holder, wanted, None)
    if taken := [number for number in wanted if number not in {each["e164"] for each in held}]:
        raise NumbersTaken(taken)
    return held


async def _close_ticket(actor: Actor, row: Record) -> None:
    sql = "SELECT id FROM tickets WHERE about_id = $1 AND state = 'OPEN' AND scope >= $2 AND scope < $3"
    ticket_id = await database.fetch_value(sql, row["id"], actor.scope.lower, actor.scope.upper)
    if ticket_id is not None:
        await complete_ticket(actor, ticket_id, [], seal=str.encode)
    else:  # a seller below the desk had them
        await withdraw_tickets(actor, row["id"], reason="a seller had the numbers")


async def _go_on(actor: Actor, row: Record) -> None:
    """Complete the line whose instance is there already and which waited for this alone."""
    there = await database.fetch_row(_THERE, row["order_line_id"])
    if there is not None:
        await complete_line(actor, there["subscription_id"], there["operation_id"])
