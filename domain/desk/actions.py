"""Opening tickets, and closing them with what came of the work."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from domain.desk.rules import Output, check_outputs, check_reason
from domain.desk.states import TICKET, TicketKind, TicketState
from domain.events.actions import NewEvent, record, record_with
from domain.events.types import EventType
from domain.mail.actions import Letter, Template, post_with
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.writes import Writes

_EVENTS: Final = {
    TicketState.COMPLETED: EventType.TICKET_COMPLETED,
    TicketState.FAILED: EventType.TICKET_FAILED,
}
_DESK: Final = """
SELECT o.scope, o.name, coalesce(o.desk_email, o.billing_email) AS email, nextval('ticket_numbers') AS number
FROM organizations o WHERE o.id = $1 AND NOT EXISTS (SELECT 1 FROM tickets WHERE about_id = $2 AND kind = $3)
"""
_CLOSE: Final = """
UPDATE tickets SET state = $2, closed_at = $3, outputs = $4, outputs_sealed = $5, failure_code = $6, failure_reason = $7
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a person is to do: at the desk of which seller, and what waits for it (`about_id`)."""

    kind: TicketKind
    desk_id: UUID
    subject: str
    details: str
    about_id: UUID
    customer_id: UUID | None = None
    subscription_id: UUID | None = None
    operation_id: UUID | None = None


async def open_ticket(actor: Actor, new: NewTicket) -> UUID:
    """Open a ticket at a desk, mail it to its address and tell of it; what has one of this kind keeps that one."""
    async with database.transaction():
        await database.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"ticket {new.about_id}")
        desk = await database.fetch_row(_DESK, new.desk_id, new.about_id, new.kind.value)
        if desk is None:
            sql = "SELECT id FROM tickets WHERE about_id = $1 AND kind = $2"
            found: UUID = await database.fetch_value(sql, new.about_id, new.kind.value)
            return found
        row = _row(actor, new, desk)
        writes = Writes()
        writes.insert("tickets", row)
        record_with(writes, actor, _event(EventType.TICKET_OPENED, row))
        if desk["email"]:
            facts = {"number": row["number"], "subject": row["subject"], "details": new.details, "desk": desk["name"]}
            post_with(writes, actor, Letter(Template.TICKET_OPENED, desk["email"], facts))
        await writes.send()
        made: UUID = row["id"]
        return made


def _row(actor: Actor, new: NewTicket, desk: Record) -> dict[str, Any]:
    return {
        "id": actor.new_id(),
        "organization_id": new.desk_id,
        "scope": desk["scope"],
        "number": f"TCK-{desk['number']:06d}",
        "kind": new.kind.value,
        "state": TicketState.OPEN.value,
        "subject": new.subject[:200],
        "details": new.details,
        "about_id": new.about_id,
        "customer_id": new.customer_id,
        "subscription_id": new.subscription_id,
        "operation_id": new.operation_id,
        "created_at": actor.at,
    }


async def complete_ticket(
    actor: Actor, ticket_id: UUID, outputs: Sequence[Output], *, seal: Callable[[str], bytes]
) -> UUID:
    """OPEN -> COMPLETED: the work is done; what came of it goes to what waits for it, what is secret sealed."""
    if problems := check_outputs(outputs):
        raise Invalid(problems)
    shown = {output.name: output.value for output in outputs if not output.is_secret}
    secrets = {output.name: output.value for output in outputs if output.is_secret}
    sealed = seal(orjson.dumps(secrets).decode()) if secrets else None
    async with database.transaction():
        row = await _lock(actor, ticket_id)
        await _close(actor, row, TicketState.COMPLETED, shown, sealed)
        return ticket_id


async def fail_ticket(actor: Actor, ticket_id: UUID, *, reason: str) -> UUID:
    """OPEN -> FAILED: it cannot be done; what waits for it fails with this reason."""
    if problems := check_reason(reason):
        raise Invalid(problems)
    async with database.transaction():
        row = await _lock(actor, ticket_id)
        await _close(actor, row, TicketState.FAILED, failure=("DESK", reason.strip()))
        return ticket_id


async def withdraw_tickets(actor: Actor, about_id: UUID, *, reason: str) -> None:
    """Nobody waits any more: the tickets about it that are open end as FAILED with code WITHDRAWN."""
    sql = "SELECT * FROM tickets WHERE about_id = $1 AND state = 'OPEN' FOR UPDATE"
    for row in await database.fetch(sql, about_id):
        await _close(actor, row, TicketState.FAILED, failure=("WITHDRAWN", reason))


async def _lock(actor: Actor, ticket_id: UUID) -> Record:
    sql = "SELECT * FROM tickets WHERE id = $1 AND scope >= $2 AND scope < $3 FOR UPDATE"
    row = await database.fetch_row(sql, ticket_id, actor.scope.lower, actor.scope.upper)
    if row is None:
        raise NotFound("ticket", encode("Ticket", ticket_id))
    return row


async def _close(
    actor: Actor,
    row: Record,
    state: TicketState,
    outputs: Mapping[str, str] | None = None,
    outputs_sealed: bytes | None = None,
    failure: tuple[str | None, str | None] = (None, None),
) -> None:
    TICKET.check(TicketState(row["state"]), state)
    given = orjson.dumps(outputs or {}).decode()
    await database.execute(_CLOSE, row["id"], state.value, actor.at, given, outputs_sealed, *failure)
    await record(actor, _event(_EVENTS[state], row, failure))


def _event(
    event_type: EventType, row: Mapping[str, Any] | Record, failure: tuple[str | None, str | None] = (None, None)
) -> NewEvent:
    code, reason = failure
    customer_id, subscription_id, operation_id = row["customer_id"], row["subscription_id"], row["operation_id"]
    data = {
        "ticket_id": encode("Ticket", row["id"]),
        "number": row["number"],
        "kind": row["kind"],
        "subject": row["subject"],
        "customer_id": encode("Organization", customer_id) if customer_id else None,
        "subscription_id": encode("Subscription", subscription_id) if subscription_id else None,
        "operation_id": encode("ProvisioningOperation", operation_id) if operation_id else None,
        "failure": {"code": code, "reason": reason} if code else None,
    }
    return NewEvent(event_type, row["organization_id"], row["scope"], row["id"], data)
