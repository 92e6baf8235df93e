"""What is told of tickets."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import FAILURE, EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_TICKET: Final[Mapping[str, JsonSchema]] = {
    "ticket_id": id_of("Ticket"),
    "number": text("the ticket's human number"),
    "kind": text("why a person is needed"),
    "subject": text("what is to be done"),
    "customer_id": optional(id_of("Organization")),
    "subscription_id": optional(id_of("Subscription")),
    "operation_id": optional(id_of("ProvisioningOperation")),
    "failure": optional(FAILURE),
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.TICKET_OPENED: EventSpec("Ticket", "A person at the desk is to do something.", _TICKET),
    EventType.TICKET_COMPLETED: EventSpec("Ticket", "It is done; what waited for it goes on.", _TICKET),
    EventType.TICKET_FAILED: EventSpec("Ticket", "It could not be done, or nobody needs it any more.", _TICKET),
}
