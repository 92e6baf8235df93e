"""What is told of port orders, toll-free orders and RespOrg changes: never a PIN."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_PORT: Final[Mapping[str, JsonSchema]] = {
    "port_id": id_of("PortOrder"),
    "kind": text("PORT_IN, TOLL_FREE or RESP_ORG"),
    "customer_id": id_of("Organization"),
    "state": text("where it stands now"),
    "numbers": {"type": "array", "items": {"type": "string"}, "description": "in E.164"},
    "foc_date": optional(text("the day that was confirmed, a local date of the customer")),
    "reason": optional(text("what is to be corrected")),
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.PORT_CREATED: EventSpec("PortOrder", "A request for numbers from elsewhere was saved.", _PORT),
    EventType.PORT_UPDATED: EventSpec("PortOrder", "It was changed before it was submitted, or corrected.", _PORT),
    EventType.PORT_SUBMITTED: EventSpec("PortOrder", "It is with the desk.", _PORT),
    EventType.PORT_EXCEPTION_RAISED: EventSpec("PortOrder", "The other side refused it; `reason` says why.", _PORT),
    EventType.PORT_FOC_CONFIRMED: EventSpec("PortOrder", "The other side has confirmed a day.", _PORT),
    EventType.PORT_PORTED: EventSpec("PortOrder", "The numbers are here and the customer's.", _PORT),
    EventType.PORT_CANCELLED: EventSpec("PortOrder", "It was given up.", _PORT),
    EventType.PORT_PIN_REVEALED: EventSpec("PortOrder", "The desk has looked at the PIN.", _PORT),
}
