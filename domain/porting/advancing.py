"""What the desk does with a port, and giving it up."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.events.actions import record
from domain.events.types import EventType
from domain.numbers.moving import stay_away, take_ported_in
from domain.organizations.profiles import read_phone
from domain.porting.actions import expect, locked, move
from domain.porting.events import port_event
from domain.porting.models import PortKind
from domain.porting.rules import check_confirmed, check_reason, held_until, is_toll_free
from domain.porting.states import PORT, PortState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.shared.errors import Conflict, FieldCode, FieldError, Invalid

_TIME_ZONE: Final = "SELECT time_zone FROM organizations WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Step:
    """Where the desk brings a port: with a day to FOC_CONFIRMED, a reason to EXCEPTION, new numbers to PORTED."""

    to: PortState
    foc_date: date | None = None
    reason: str | None = None
    numbers: tuple[str, ...] = ()


async def advance_port(actor: Actor, kind: PortKind, port_id: UUID, step: Step) -> UUID:
    """Note what the other side did: an exception, a confirmed day, the numbers' arrival, or its refusal for good."""
    if step.reason is not None and step.to is not PortState.EXCEPTION:
        raise Invalid([FieldError("reason", FieldCode.NOT_ALLOWED, "goes with an exception")])
    if step.numbers and not (kind is PortKind.TOLL_FREE and step.to is PortState.PORTED):
        raise Invalid([FieldError("numbers", FieldCode.NOT_ALLOWED, "go with the arrival of toll-free numbers")])
    async with database.transaction():
        row = await locked(actor, kind, port_id)
        # The other side may name another day.
        if not PortState(row["state"]) is step.to is PortState.FOC_CONFIRMED:
            PORT.check(PortState(row["state"]), step.to)
        if step.to is PortState.EXCEPTION:
            if problems := check_reason(step.reason):
                raise Invalid(problems)
            await move(actor, row, step.to, exception_reason=(step.reason or "").strip(), confirmed_on=None)
        elif step.to is PortState.FOC_CONFIRMED:
            today = local_date(actor.at, await database.fetch_value(_TIME_ZONE, row["organization_id"]))
            if problems := check_confirmed(step.foc_date, today):
                raise Invalid(problems)
            await move(actor, row, step.to, confirmed_on=step.foc_date)
        elif step.to is PortState.PORTED:
            await _arrive(actor, row, step)
        elif step.to is PortState.CANCELLED:
            await _give_up(actor, row)
        else:
            raise Invalid([FieldError("to", FieldCode.NOT_ALLOWED, "is for the customer to do")])
        return port_id


async def cancel_port(actor: Actor, kind: PortKind, port_id: UUID) -> UUID:
    """Give a port up, by its customer or for it; Conflict within 48 hours of the FOC date."""
    async with database.transaction():
        row = await locked(actor, kind, port_id)
        PORT.check(PortState(row["state"]), PortState.CANCELLED)
        if row["confirmed_on"] is not None:
            until = held_until(row["confirmed_on"], await database.fetch_value(_TIME_ZONE, row["organization_id"]))
            if actor.at > until:
                message = (
                    f"the numbers come on {row['confirmed_on']}: this could be cancelled until {until.isoformat()}"
                )
                raise Conflict(message, current=row["state"], allowed=[])
        await _give_up(actor, row)
        return port_id


async def reveal_pin(actor: Actor, port_id: UUID) -> bytes | None:
    """The sealed PIN of a port order, for the desk that has to name it to the losing carrier; the look is told of."""
    async with database.transaction():
        row = await locked(actor, PortKind.PORT_IN, port_id)
        await record(actor, port_event(EventType.PORT_PIN_REVEALED, row))
        sealed: bytes | None = row["pin_sealed"]
        return sealed


async def _arrive(actor: Actor, row: Record, step: Step) -> None:
    """The numbers are the customer's from now on; those of a toll-free order are known only now."""
    numbers, number_ids = list(row["numbers"]), list(row["number_ids"])
    if PortKind(row["kind"]) is PortKind.TOLL_FREE:
        numbers = _read_toll_free(step.numbers, row["quantity"])
        number_ids = await expect(actor, row, numbers)
    await take_ported_in(actor, number_ids, row["subscription_id"])
    # The PIN has done its work.
    done = {"numbers": numbers, "number_ids": number_ids, "pin_sealed": None, "finished_at": actor.at}
    await move(actor, row, PortState.PORTED, **done)


def _read_toll_free(typed: tuple[str, ...], quantity: int) -> list[str]:
    numbers = [read_phone(text) or "" for text in typed]
    problems = [
        FieldError(f"numbers.{place}", FieldCode.INVALID, "is no toll-free number like +18005550123")
        for place, number in enumerate(numbers)
        if not is_toll_free(number) or number in numbers[:place]
    ]
    if len(numbers) != quantity:
        problems.append(FieldError("numbers", FieldCode.REQUIRED, f"{quantity} were ordered, {len(numbers)} are given"))
    if problems:
        raise Invalid(problems)
    return numbers


async def _give_up(actor: Actor, row: Record) -> None:
    await stay_away(actor, row["number_ids"])
    await move(actor, row, PortState.CANCELLED, pin_sealed=None, finished_at=actor.at)
