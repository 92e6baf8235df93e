"""What is told of subscriptions."""

from collections.abc import Mapping
from typing import Final

from domain.events.schemas import FAILURE, MONEY, EventSpec, JsonSchema, id_of, optional, text
from domain.events.types import EventType

_FREE: Final[Mapping[str, JsonSchema]] = {}
_CHARGED: Final[Mapping[str, JsonSchema]] = {"price": optional(MONEY), "cost": optional(MONEY)}


def _object(**properties: JsonSchema) -> JsonSchema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _change(
    description: str, before: JsonSchema, after: JsonSchema | None = None, money: Mapping[str, JsonSchema] = _FREE
) -> EventSpec:
    """A change of a subscription: what of it was, and what is now."""
    data = {
        "subscription_id": id_of("Subscription"),
        "customer_id": id_of("Organization"),
        "reference": optional(text("the subscription's reference in external billing")),
        "before": before,
        "after": after or before,
        **money,
    }
    return EventSpec("Subscription", description, data)


_ASSIGNEES: Final = _object(member_ids={"type": "array", "items": id_of("Member")})
_CONTRACT: Final = _object(contract_id=optional(id_of("Contract")))
_AUTO_RENEWAL: Final = _object(auto_renew={"type": "boolean"})
_BILLING: Final = _object(sales_model=text("how often it is billed"), cycle_multiplier={"type": "integer"})
_NUMBERS: Final = _object(numbers={"type": "array", "items": text("in E.164")})
_PENDING: Final = _object(pending=optional(_BILLING))
_PENDING_ON: Final = _object(
    pending=optional(_BILLING), applies_on=optional(text("the day of the next renewal, a local date"))
)
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
_LIFE: Final[dict[str, JsonSchema]] = {
    "state": text("where it stands"),
    "term_start": optional(text("first day of its term, a local date")),
    "expires_on": optional(text("last day of its term, a local date; null for a one-time purchase")),
    "sales_model": text("how often it is billed"),
    "cycle_multiplier": {"type": "integer"},
}
_TERM: Final = _object(**_LIFE)
_OWNER: Final = _object(customer_id=optional(id_of("Organization")))
_ENDING: Final = _object(**_LIFE, ends_on=text("the first day after what ends, a local date"))
_ADD_ON: Final = _object(
    product=text("the add-on's product's key"), plan=text("the add-on's key"), quantity={"type": "integer"}
)
_CONTENT: Final = _object(
    plan=text("the plan's key"), quantity={"type": "integer"}, add_ons={"type": "array", "items": _ADD_ON}
)

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
    EventType.SUBSCRIPTION_ASSIGNEES_CHANGED: _change("Members were assigned or taken off.", _ASSIGNEES),
    EventType.SUBSCRIPTION_CONTRACT_LINKED: _change("It was linked with a contract, or with none.", _CONTRACT),
    EventType.SUBSCRIPTION_NUMBERS_CHANGED: _change(
        "Numbers were added, removed or swapped: `before` are those that it gave, `after` those that it got.", _NUMBERS
    ),
    EventType.SUBSCRIPTION_AUTO_RENEWAL_CHANGED: _change("It renews by itself from now on, or not.", _AUTO_RENEWAL),
    EventType.SUBSCRIPTION_CHANGE_SCHEDULED: _change(
        "It will be billed otherwise from its next renewal on.", _PENDING, _PENDING_ON
    ),
    EventType.SUBSCRIPTION_CHANGE_WITHDRAWN: _change(
        "The change that waited for the next renewal was withdrawn.", _PENDING, _PENDING_ON
    ),
    EventType.SUBSCRIPTION_TRIAL_ENDING: _change(
        "A week ahead: the trial, or the days before billing, end.", _TERM, _ENDING
    ),
    EventType.SUBSCRIPTION_BILLING_BEGAN: _change("Its first term is charged.", _TERM, money=_CHARGED),
    EventType.SUBSCRIPTION_RENEWED: _change("Its next term began, and is charged.", _TERM, money=_CHARGED),
    EventType.SUBSCRIPTION_USAGE_CHARGED: EventSpec(
        "Subscription",
        "A month is over, and is charged for its highest count of users.",
        {
            "subscription_id": id_of("Subscription"),
            "customer_id": id_of("Organization"),
            "reference": optional(text("the subscription's reference in external billing")),
            "starts_on": text("first day of the month, a local date"),
            "last_day": text("its last day, a local date"),
            "users": {"type": "integer"},
            **_CHARGED,
        },
    ),
    EventType.SUBSCRIPTION_RENEWAL_FAILED: _change("Its next term could not be paid for; it is tried again.", _TERM),
    EventType.SUBSCRIPTION_SUSPENDED: _change("It is not usable for now.", _TERM),
    EventType.SUBSCRIPTION_RESUMED: _change("It is usable again.", _TERM),
    EventType.SUBSCRIPTION_EXPIRING: _change("A week ahead: its last term ends.", _TERM, _ENDING),
    EventType.SUBSCRIPTION_EXPIRED: _change("Its last term is over, or was not paid for.", _TERM),
    EventType.SUBSCRIPTION_EXTENDED: _change("Its term ends later; the days more are charged.", _TERM, money=_CHARGED),
    EventType.SUBSCRIPTION_TRANSFERRED: _change(
        "Another customer has it from now on; each of the two is told of itself alone.", _OWNER
    ),
    EventType.SUBSCRIPTION_CHANGE_REQUESTED: _change(
        "Its provisioner was asked for a change; what that costs is held, and charged once it is done.",
        _CONTENT,
        money=_CHARGED,
    ),
    EventType.SUBSCRIPTION_CHANGE_FAILED: _change(
        "The change to what `after` says did not come about: it stays as it was, and nothing is charged.",
        _CONTENT,
        money={"failure": FAILURE},
    ),
    EventType.SUBSCRIPTION_UPGRADED: _change(
        "It is on a higher plan; the rest of its term is charged.", _CONTENT, money=_CHARGED
    ),
    EventType.SUBSCRIPTION_DOWNGRADED: _change("It is on a lower plan; nothing is refunded.", _CONTENT, money=_CHARGED),
    EventType.SUBSCRIPTION_QUANTITY_CHANGED: _change(
        "It is more, charged for the rest of its term, or less, which refunds nothing.", _CONTENT, money=_CHARGED
    ),
    EventType.SUBSCRIPTION_ADD_ONS_CHANGED: _change(
        "It has more of its add-ons, charged for the rest of its term, or less, which refunds nothing.",
        _CONTENT,
        money=_CHARGED,
    ),
    EventType.SUBSCRIPTION_TERMINATION_STARTED: _change(
        "It ends before its time, for good; what is given back is negative.", _TERM, money=_CHARGED
    ),
}
