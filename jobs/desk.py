"""What the desk says of an operation that waits for a person."""

import orjson
from asyncpg import Record

from domain.desk.queries import ticket_about
from domain.desk.states import TicketState
from integrations.provisioners.base import Failed, NeedsPerson, Outcome, Succeeded
from jobs.workshop import Workshop


async def asked_desk(shop: Workshop, operation: Record) -> Outcome | None:
    """How the ticket of an operation ended, or that it is open; None for one that has none."""
    if operation["paused_at"] is None:
        return None
    ticket = await ticket_about(operation["id"])
    if ticket is None:
        return None
    match TicketState(ticket["state"]):
        case TicketState.OPEN:
            return NeedsPerson()
        case TicketState.COMPLETED:
            sealed = ticket["outputs_sealed"]
            secrets = orjson.loads(shop.vault.open(sealed)) if sealed else {}
            return Succeeded("", ticket["outputs"], secrets)
        case TicketState.FAILED:
            # Whoever says so has left nothing behind.
            return Failed(ticket["failure_code"], ticket["failure_reason"], retryable=False, instance_usable=True)
