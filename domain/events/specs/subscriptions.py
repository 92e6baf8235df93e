"""What is told of subscriptions."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import MONEY, EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_SUBSCRIPTION: Final[Mapping[str, JsonSchema]] = {
    "subscription_id": id_of("Subscription"),
    "order_id": optional(id_of("Order")),
    "customer_id": id_of("Organization"),
    "product": text("the product's key"),
    "plan": text("the plan's key"),
    "quantity": {"type": "integer"},
    "term_start": text("first day of the term, a local date"),
    "expires_on": optional(text("last day of the term, a local date; null for a one-time purchase")),
    "reference": optional(text("the subscription reference of the order")),
    "price": optional(MONEY),
    "cost": optional(MONEY),
}

SPECS: Final[Mapping[EventType, EventSpec]] = {
    EventType.SUBSCRIPTION_ACTIVATED: EventSpec(
        "Subscription", "The subscription is active; its first term begins on `term_start`.", _SUBSCRIPTION
    ),
    EventType.SUBSCRIPTION_TRIAL_STARTED: EventSpec(
        "Subscription",
        "The subscription is on trial; unless it ends before, its first term begins on `term_start`.",
        {**_SUBSCRIPTION, "trial_ends_on": text("the first day after the trial, a local date")},
    ),
    EventType.SUBSCRIPTION_TERMINATED: EventSpec(
        "Subscription",
        "The subscription has ended for good; its instance is gone.",
        {
            "subscription_id": id_of("Subscription"),
            "order_id": optional(id_of("Order")),
            "customer_id": id_of("Organization"),
            "reference": optional(text("the subscription reference of the order")),
        },
    ),
}
