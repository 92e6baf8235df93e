"""The domain's enums as GraphQL enums: every value described, here and nowhere else."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

import strawberry
from strawberry.types.enum import has_enum_definition

from domain.catalog.models import Orderability, ProductStatus, ProductType, SalesModel
from domain.events.catalogue import CATALOGUE, EventType
from domain.orders.states import LineState, OrderState
from domain.provisioning.states import Action, OperationState
from domain.shared.actor import OrganizationKind, Permission
from domain.shared.errors import ErrorCode, FieldCode
from domain.shared.filters import Direction
from domain.subscriptions.states import SubscriptionState
from domain.webhooks.models import DeliveryState

_TEXTS: Final[Mapping[type[Enum], tuple[str, str, Mapping[str, str]]]] = {
    OrganizationKind: (
        "OrganizationKind",
        "The tiers of the resale chain.",
        {
            "DISTRIBUTOR": "The root of a tree: sells to partners.",
            "PARTNER": "A reseller: sells to customers, and to partners below it.",
            "CUSTOMER": "Buys for itself.",
        },
    ),
    Permission: (
        "Permission",
        "What a credential may be granted.",
        {
            "ORGANIZATIONS_READ": "See the organizations of the subtree.",
            "ORGANIZATIONS_MANAGE": "Create partners and customers.",
            "TOKENS_MANAGE": "Create and revoke API tokens, with at most one's own permissions.",
            "CATALOG_READ": "See products and plans.",
            "ORDERS_READ": "See orders.",
            "ORDERS_MANAGE": "Create, submit and cancel orders.",
            "SUBSCRIPTIONS_READ": "See subscriptions.",
            "COSTS_READ": "See what the own organization pays its seller, and its margin.",
            "EVENTS_READ": "Read the event log and subscribe to it.",
            "WEBHOOKS_MANAGE": "Manage webhook endpoints and see their deliveries.",
            "PROVISIONING_READ": "See operations at provisioners.",
        },
    ),
    ErrorCode: (
        "ErrorCode",
        "Why something was refused. Codes are only ever added.",
        {
            "BAD_INPUT": "A value of the input was refused; the fields say which.",
            "NOT_FOUND": "It does not exist, or not for you.",
            "FORBIDDEN": "You may see it but not do this.",
            "CONFLICT": "Its state does not allow this now.",
            "ALREADY_EXISTS": "Another one has this name, domain or reference already.",
            "ILLEGAL_TRANSITION": "It cannot go from its state to the one asked for.",
            "ORDER_INCOMPLETE": "The order lacks something; the fields say what.",
            "IDEMPOTENCY_MISMATCH": "This idempotency key was used with another input.",
            "IDEMPOTENCY_IN_PROGRESS": "The first request with this idempotency key still runs; repeat it in a moment.",
            "UNAUTHENTICATED": "No valid credential came with the request.",
            "THROTTLED": "Too much was asked for in too short a time.",
            "BAD_REQUEST": "The request is not GraphQL over HTTP.",
            "INTERNAL": "Our fault; the log has the details under the request id.",
        },
    ),
    FieldCode: (
        "FieldCode",
        "Why one field was refused.",
        {
            "REQUIRED": "It is missing or empty.",
            "INVALID": "It is not of the form it should have.",
            "TOO_LONG": "It is too long.",
            "TOO_SHORT": "It is too short.",
            "OUT_OF_RANGE": "It is too small or too large.",
            "NOT_FOUND": "What it names does not exist for you.",
            "ALREADY_EXISTS": "Another one has this value already.",
            "NOT_ALLOWED": "The value is well-formed but not allowed here.",
        },
    ),
    ProductType: (
        "ProductType",
        "What kind of thing is sold.",
        {
            "HARDWARE": "A device that is shipped.",
            "SERVICE": "A service that is provisioned.",
            "BUNDLE": "Several products sold as one.",
            "CONNECTOR": "A connection to another system.",
            "APP": "Software by the seat.",
        },
    ),
    ProductStatus: (
        "ProductStatus",
        "Whether a product is offered at all.",
        {
            "DRAFT": "Not published yet.",
            "ACTIVE": "On sale.",
            "PAUSED": "Not on sale for now.",
            "ARCHIVED": "Not on sale any more.",
        },
    ),
    Orderability: (
        "Orderability",
        "Whether a new order may name the product.",
        {
            "ORDERABLE": "It can be ordered here.",
            "RENEW_AND_UPGRADE_ONLY": "Existing subscriptions can be renewed and upgraded, new ones are not sold.",
            "CLOSED": "It is ordered another way, which the product states.",
        },
    ),
    SalesModel: (
        "SalesModel",
        "How often the price falls due.",
        {"MONTHLY": "Every month.", "YEARLY": "Every year.", "ONE_TIME": "Once."},
    ),
    OrderState: (
        "OrderState",
        "Where an order stands.",
        {
            "DRAFT": "Saved, not submitted; nothing is priced or held.",
            "PENDING_APPROVAL": "Submitted, waits for somebody else's approval.",
            "APPROVED": "Prices are fixed; provisioning is about to begin.",
            "REJECTED": "Approval was refused, with a reason.",
            "PROVISIONING": "Its lines are being provisioned.",
            "INQUIRING": "A provisioner asks for more data.",
            "COMPLETED": "Every line is provisioned.",
            "PARTIALLY_COMPLETED": "Some lines are provisioned, the others failed.",
            "FAILED": "No line could be provisioned; the failure says why.",
            "CANCELLING": "What was made is being unmade.",
            "CANCELLED": "Cancelled; nothing of it is left.",
        },
    ),
    LineState: (
        "OrderLineState",
        "Where one line of an order stands.",
        {
            "DRAFT": "Not begun.",
            "PROVISIONING": "Being provisioned.",
            "INQUIRING": "Its provisioner asks for more data.",
            "COMPLETED": "Provisioned; its subscription is active.",
            "FAILED": "Could not be provisioned; the failure says why.",
            "CANCELLED": "Cancelled with its order.",
        },
    ),
    SubscriptionState: (
        "SubscriptionState",
        "Where a subscription stands.",
        {
            "PENDING": "Its instance is being made.",
            "TRIALING": "In use, not billed yet.",
            "ACTIVE": "In use and billed.",
            "SUSPENDED": "Not usable for now; what it holds is kept.",
            "EXPIRED": "Its term is over.",
            "TERMINATING": "Its instance is being removed.",
            "TERMINATED": "Ended for good.",
            "FAILED": "Its instance could not be made.",
        },
    ),
    Action: (
        "ProvisioningAction",
        "What a provisioner is asked to do with an instance.",
        {
            "CREATE": "Make it.",
            "CHANGE": "Change its plan, quantity or parameters.",
            "SUSPEND": "Make it unusable, keep what it holds.",
            "RESUME": "Make it usable again.",
            "DELETE": "Remove it.",
        },
    ),
    OperationState: (
        "ProvisioningOperationState",
        "Where an operation at a provisioner stands.",
        {
            "QUEUED": "Not asked yet.",
            "RUNNING": "The provisioner works on it.",
            "NEEDS_INPUT": "The provisioner asks for more data.",
            "RETRY_WAIT": "It did not work for now and is tried again.",
            "UNKNOWN": "It may have reached the provisioner; its own word is awaited.",
            "ORPHAN_CLEANUP": "Something half made is being removed.",
            "SUCCEEDED": "Done.",
            "FAILED": "Given up; the failure says why.",
        },
    ),
    DeliveryState: (
        "WebhookDeliveryState",
        "Where the delivery of an event to an endpoint stands.",
        {
            "PENDING": "Not delivered yet; more attempts follow.",
            "DELIVERED": "The endpoint has accepted it.",
            "FAILED": "Every attempt is used up, or the endpoint is gone.",
        },
    ),
    Direction: ("Direction", "Which way a list is sorted.", {"ASC": "Smallest first.", "DESC": "Largest first."}),
    EventType: (
        "EventType",
        "What can happen; webhooks and the event log name it in lower case with a dot (`order.completed`).",
        {event_type.name: CATALOGUE[event_type].description for event_type in EventType},
    ),
}


def _publish(enum: type[Enum], name: str, description: str, values: Mapping[str, str]) -> None:
    published = strawberry.enum(enum, name=name, description=description)
    if not has_enum_definition(published):
        raise TypeError(f"{enum} did not become a GraphQL enum")
    for value in published.__strawberry_definition__.values:
        value.description = values[value.name]


for _enum, (_name, _description, _values) in _TEXTS.items():
    _publish(_enum, _name, _description, _values)
