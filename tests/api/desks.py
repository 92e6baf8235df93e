"""Tickets for tests of the API: how they stand at a tree's desk, and how they are completed."""

from typing import Any
from uuid import uuid4

import bootstrap
from domain.desk.actions import NewTicket, open_ticket
from domain.desk.states import TicketKind
from domain.shared.actor import system_actor
from domain.shared.ids import decode, encode
from seeding import Planted


async def new_ticket(tree: Planted, **changes: Any) -> str:
    """An open ticket at the desk of the tree's partner, for its customer."""
    content: dict[str, Any] = {
        "kind": TicketKind.BACKORDER,
        "desk_id": decode("Organization", tree.partner_id),
        "subject": "Order five telephones",
        "details": "ship to: the front desk",
        "about_id": uuid4(),
        "customer_id": decode("Organization", tree.customer_id),
    }
    actor = system_actor(bootstrap.utc_now(), bootstrap.new_id)
    return encode("Ticket", await open_ticket(actor, NewTicket(**content | changes)))


def completed(ticket_id: str) -> dict[str, Any]:
    """What `completeTicket` takes, with an output that is shown and one that is not."""
    outputs = [
        {"name": "serial_number", "value": "SN-4711", "isSecret": False},
        {"name": "admin_password", "value": "correct horse", "isSecret": True},
    ]
    return {"id": ticket_id, "outputs": outputs}
