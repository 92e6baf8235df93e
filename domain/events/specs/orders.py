"""What is told of orders."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import FAILURE, MONEY, EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_ORDER: Final[Mapping[str, JsonSchema]] = {
    "order_id": id_of("Order"),
    "number": text("the order's human number"),
    "state": text("the state the order has after this event"),
    "customer_id": id_of("Organization"),
    "subscription_reference": optional(text("the buyer's own reference")),
    "failure": optional(FAILURE),
    "price": optional(MONEY),
    "cost": optional(MONEY),
}

_CHANGED: Final[JsonSchema] = {
    "type": "array",
    "items": text("a field of the draft"),
    "description": "what was changed",
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.ORDER_CREATED: EventSpec("Order", "A draft was saved for the first time.", _ORDER),
    EventType.ORDER_UPDATED: EventSpec("Order", "A draft was changed.", {**_ORDER, "changed": _CHANGED}),
    EventType.ORDER_FORM_ATTACHED: EventSpec(
        "Order",
        "A form was saved with the order, for good.",
        {
            **_ORDER,
            "upload_id": id_of("Upload"),
            "file_name": text("its name"),
            "content_type": text("its media type, by its content"),
            "sha256": text("of its content, in hex"),
        },
    ),
    EventType.ORDER_SUBMITTED: EventSpec(
        "Order", "The order was submitted; its prices are fixed on every edge.", _ORDER
    ),
    EventType.ORDER_APPROVED: EventSpec("Order", "The order may be provisioned.", _ORDER),
    EventType.ORDER_REJECTED: EventSpec(
        "Order",
        "Approval was refused; nothing is held by the order any more.",
        {**_ORDER, "reason": text("why, in the words of who refused it")},
    ),
    EventType.ORDER_WITHDRAWN: EventSpec(
        "Order", "The order was taken back before it was approved: it is a draft again, its prices are open.", _ORDER
    ),
    EventType.ORDER_PROVISIONING: EventSpec("Order", "Provisioning of the order's lines has begun.", _ORDER),
    EventType.ORDER_RETRIED: EventSpec(
        "Order", "Lines that had failed are being provisioned again, at the same prices.", _ORDER
    ),
    EventType.ORDER_INQUIRING: EventSpec(
        "Order", "A provisioner asks for more data; the order's inquiries say what.", _ORDER
    ),
    EventType.ORDER_INQUIRY_ANSWERED: EventSpec("Order", "What a provisioner asked for was answered.", _ORDER),
    EventType.ORDER_CANCELLING: EventSpec(
        "Order", "The order was cancelled during provisioning: what was made is being unmade.", _ORDER
    ),
    EventType.ORDER_COMPLETED: EventSpec("Order", "Every line is provisioned.", _ORDER),
    EventType.ORDER_PARTIALLY_COMPLETED: EventSpec(
        "Order", "Some lines are provisioned, the others failed or were cancelled.", _ORDER
    ),
    EventType.ORDER_FAILED: EventSpec("Order", "No line could be provisioned; `failure` says why.", _ORDER),
    EventType.ORDER_CANCELLED: EventSpec("Order", "The order was cancelled.", _ORDER),
}
