"""Every event type there is: the GraphQL enum, the JSON Schemas and the docs are made from this table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from domain.shared.ids import PREFIXES

API_VERSION: Final = "2026-11"


class EventType(StrEnum):
    """The types, `noun.verb-past`."""

    ORGANIZATION_CREATED = "organization.created"
    API_TOKEN_CREATED = "api_token.created"  # noqa: S105 - a name, not a secret
    API_TOKEN_REVOKED = "api_token.revoked"  # noqa: S105 - a name, not a secret
    PRODUCT_PUBLISHED = "product.published"
    PRICE_LIST_PUBLISHED = "price_list.published"
    ORDER_CREATED = "order.created"
    ORDER_SUBMITTED = "order.submitted"
    ORDER_APPROVED = "order.approved"
    ORDER_PROVISIONING = "order.provisioning"
    ORDER_COMPLETED = "order.completed"
    ORDER_PARTIALLY_COMPLETED = "order.partially_completed"
    ORDER_FAILED = "order.failed"
    ORDER_CANCELLED = "order.cancelled"
    SUBSCRIPTION_ACTIVATED = "subscription.activated"
    INSTANCE_PROVISIONED = "instance.provisioned"
    INSTANCE_FAILED = "instance.failed"
    WEBHOOK_ENDPOINT_CREATED = "webhook_endpoint.created"
    WEBHOOK_ENDPOINT_DELETED = "webhook_endpoint.deleted"


JsonSchema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EventSpec:
    """`aggregate` is the kind whose history the event belongs to; `data` the JSON Schema of each field of its data."""

    aggregate: str
    description: str
    data: Mapping[str, JsonSchema]


def _id(kind: str) -> JsonSchema:
    return {"type": "string", "pattern": f"^{PREFIXES[kind]}_[0-9a-z]{{26}}$", "description": f"id of the {kind}"}


def _text(description: str) -> JsonSchema:
    return {"type": "string", "description": description}


def _optional(schema: JsonSchema) -> JsonSchema:
    return {"anyOf": [schema, {"type": "null"}]}


_MONEY: Final[JsonSchema] = {
    "type": "object",
    "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
    "required": ["amount", "currency"],
    "additionalProperties": False,
}
_FAILURE: Final[JsonSchema] = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "reason": {"type": "string"}},
    "required": ["code", "reason"],
    "additionalProperties": False,
}
_ORDER: Final[Mapping[str, JsonSchema]] = {
    "order_id": _id("Order"),
    "number": _text("the order's human number"),
    "state": _text("the state the order has after this event"),
    "customer_id": _id("Organization"),
    "subscription_reference": _optional(_text("the buyer's own reference")),
    "failure": _optional(_FAILURE),
    "price": _optional(_MONEY),
    "cost": _optional(_MONEY),
}
_INSTANCE: Final[Mapping[str, JsonSchema]] = {
    "instance_id": _id("Instance"),
    "operation_id": _id("ProvisioningOperation"),
    "subscription_id": _id("Subscription"),
    "action": _text("CREATE, CHANGE, SUSPEND, RESUME or DELETE"),
    "failure": _optional(_FAILURE),
}
_TOKEN: Final[Mapping[str, JsonSchema]] = {
    "token_id": _id("ApiToken"),
    "name": _text("what the token is called"),
    "organization_id": _id("Organization"),
}
_ENDPOINT: Final[Mapping[str, JsonSchema]] = {"endpoint_id": _id("WebhookEndpoint"), "url": _text("where it delivers")}

T = EventType
CATALOGUE: Final[Mapping[EventType, EventSpec]] = {
    T.ORGANIZATION_CREATED: EventSpec(
        "Organization",
        "A partner or customer was created.",
        {
            "organization_id": _id("Organization"),
            "kind": _text("DISTRIBUTOR, PARTNER or CUSTOMER"),
            "name": _text("its name"),
            "reference": _optional(_text("its seller's own reference")),
        },
    ),
    T.API_TOKEN_CREATED: EventSpec("ApiToken", "A machine token was created.", _TOKEN),
    T.API_TOKEN_REVOKED: EventSpec("ApiToken", "A machine token was revoked.", _TOKEN),
    T.PRODUCT_PUBLISHED: EventSpec(
        "Product",
        "A product was published, or brought up to date.",
        {"product_id": _id("Product"), "key": _text("its key"), "name": _text("its name")},
    ),
    T.PRICE_LIST_PUBLISHED: EventSpec(
        "PriceList",
        "A price list was published, or brought up to date.",
        {"price_list_id": _id("PriceList"), "name": _text("its name"), "currency": _text("ISO 4217")},
    ),
    T.ORDER_CREATED: EventSpec("Order", "A draft was saved for the first time.", _ORDER),
    T.ORDER_SUBMITTED: EventSpec("Order", "The order was submitted; its prices are fixed on every edge.", _ORDER),
    T.ORDER_APPROVED: EventSpec("Order", "The order may be provisioned.", _ORDER),
    T.ORDER_PROVISIONING: EventSpec("Order", "Provisioning of the order's lines has begun.", _ORDER),
    T.ORDER_COMPLETED: EventSpec("Order", "Every line is provisioned.", _ORDER),
    T.ORDER_PARTIALLY_COMPLETED: EventSpec("Order", "Some lines are provisioned, the others failed.", _ORDER),
    T.ORDER_FAILED: EventSpec("Order", "No line could be provisioned; `failure` says why.", _ORDER),
    T.ORDER_CANCELLED: EventSpec("Order", "The order was cancelled.", _ORDER),
    T.SUBSCRIPTION_ACTIVATED: EventSpec(
        "Subscription",
        "The subscription is active and its first term runs.",
        {
            "subscription_id": _id("Subscription"),
            "order_id": _id("Order"),
            "customer_id": _id("Organization"),
            "product": _text("the product's key"),
            "plan": _text("the plan's key"),
            "quantity": {"type": "integer"},
            "term_start": _text("first day of the term, a local date"),
            "expires_on": _optional(_text("last day of the term, a local date; null for a one-time purchase")),
            "reference": _optional(_text("the subscription reference of the order")),
            "price": _optional(_MONEY),
            "cost": _optional(_MONEY),
        },
    ),
    T.INSTANCE_PROVISIONED: EventSpec("Instance", "The provisioner has done what it was asked.", _INSTANCE),
    T.INSTANCE_FAILED: EventSpec("Instance", "The provisioner could not; `failure` says why.", _INSTANCE),
    T.WEBHOOK_ENDPOINT_CREATED: EventSpec("WebhookEndpoint", "A webhook endpoint was created.", _ENDPOINT),
    T.WEBHOOK_ENDPOINT_DELETED: EventSpec("WebhookEndpoint", "A webhook endpoint was deleted.", _ENDPOINT),
}


def json_schema(event_type: EventType) -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) of a webhook's whole body for this type."""
    spec = CATALOGUE[event_type]
    required = ["type", "id", "timestamp", "api_version", "organization", "sequence", "data"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event_type.value,
        "description": spec.description,
        "type": "object",
        "properties": {
            "type": {"const": event_type.value},
            "id": _id("Event"),
            "timestamp": {"type": "string", "format": "date-time"},
            "api_version": {"const": API_VERSION},
            "organization": _id("Organization"),
            "sequence": {"type": "integer", "minimum": 1},
            "data": {
                "type": "object",
                "properties": dict(spec.data),
                "required": list(spec.data),
                "additionalProperties": False,
            },
        },
        "required": required,
        "additionalProperties": False,
    }
