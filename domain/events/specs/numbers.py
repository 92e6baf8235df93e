"""What is told of telephone numbers."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_NUMBER: Final[Mapping[str, JsonSchema]] = {
    "number_id": id_of("Number"),
    "number": text("in E.164"),
    "customer_id": id_of("Organization"),
    "order_id": optional(id_of("Order")),
    "subscription_id": optional(id_of("Subscription")),
}

_BACKORDER: Final[Mapping[str, JsonSchema]] = {
    "backorder_id": id_of("Backorder"),
    "customer_id": id_of("Organization"),
    "order_id": id_of("Order"),
    "npa": text("area code"),
    "nxx": text("exchange"),
    "quantity": {"type": "integer", "description": "how many numbers are wanted"},
    "fulfilled": {"type": "integer", "description": "how many of them are there"},
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.NUMBER_RESERVED: EventSpec(
        "Number",
        "The number is held for a customer, or for longer.",
        {**_NUMBER, "reserved_until": optional(text("when the reservation ends by itself; null: with its order"))},
    ),
    EventType.NUMBER_RELEASED: EventSpec(
        "Number", "The number is held for its customer no more: it was let go, or its time is over.", _NUMBER
    ),
    EventType.NUMBER_ASSIGNED: EventSpec("Number", "The customer has the number.", _NUMBER),
    EventType.NUMBER_REMOVED: EventSpec(
        "Number", "The customer has given the number back; it rests before it is sold again.", _NUMBER
    ),
    EventType.NUMBER_PORTING_IN: EventSpec("Number", "The number is on its way here from another carrier.", _NUMBER),
    EventType.BACKORDER_CREATED: EventSpec("Backorder", "A draft wants numbers that no stock has.", _BACKORDER),
    EventType.BACKORDER_OPENED: EventSpec("Backorder", "The desk is to get the numbers.", _BACKORDER),
    EventType.BACKORDER_FULFILLED: EventSpec("Backorder", "The numbers are there, or some of them.", _BACKORDER),
    EventType.BACKORDER_CANCELLED: EventSpec("Backorder", "Nobody waits for the numbers any more.", _BACKORDER),
    EventType.NUMBER_PORTED_OUT: EventSpec("Number", "The number is with another carrier.", _NUMBER),
}
