"""Resolvers of `node` and `nodes`: anything with an id, within the viewer's reach."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import strawberry

from domain.access.people import INVITATIONS, MEMBERS, SESSIONS
from domain.access.queries import API_TOKENS
from domain.billing.queries import ACCOUNTS, CHARGES, WALLET_ENTRIES
from domain.bulk.queries import BULK_OPERATIONS
from domain.catalog.queries import CATEGORIES, ORDER_TYPES, PLANS, PRODUCTS, TERMS
from domain.contracts.queries import CONTRACTS
from domain.desk.queries import TICKETS
from domain.discounts.queries import DISCOUNTS
from domain.events.queries import EVENTS
from domain.invoices.queries import INVOICES, PAYMENTS
from domain.numbers.queries import BACKORDERS, NUMBERS_OFFERED
from domain.orders.queries import LINES, ORDERS
from domain.organizations.queries import EMERGENCY_LOCATIONS, ORGANIZATIONS
from domain.porting.queries import PORTS
from domain.pricing.queries import PRICE_LISTS
from domain.provisioning.queries import OPERATIONS
from domain.shared.actor import Permission
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.ids import decode_any
from domain.shared.listing import Listing
from domain.subscriptions.queries import SUBSCRIPTIONS
from domain.uploads.queries import UPLOADS
from domain.webhooks.queries import DELIVERIES, ENDPOINTS
from resolvers.access import actor_of
from resolvers.hydration import hydrate
from resolvers.lists import shape_at
from schema.context import Info
from schema.nodes import Node

MAX_NODES: Final = 100
P = Permission

# Kind -> (where it is found, what seeing it requires): the same as its own root fields.
FINDABLE: Final[Mapping[str, tuple[Listing, Permission | None]]] = {
    "Account": (ACCOUNTS, P.BILLING_READ),
    "ApiToken": (API_TOKENS, P.TOKENS_MANAGE),
    "BulkOperation": (BULK_OPERATIONS, None),
    "Category": (CATEGORIES, P.CATALOG_READ),
    "Charge": (CHARGES, P.BILLING_READ),
    "Contract": (CONTRACTS, P.CONTRACTS_READ),
    "Discount": (DISCOUNTS, P.PRICES_READ),
    "EmergencyLocation": (EMERGENCY_LOCATIONS, P.ORGANIZATIONS_READ),
    "Event": (EVENTS, P.EVENTS_READ),
    "Backorder": (BACKORDERS, P.NUMBERS_READ),
    "Number": (NUMBERS_OFFERED, P.NUMBERS_READ),
    "Invoice": (INVOICES, P.BILLING_READ),
    "Payment": (PAYMENTS, P.BILLING_READ),
    "Order": (ORDERS, P.ORDERS_READ),
    "OrderLine": (LINES, P.ORDERS_READ),
    "OrderType": (ORDER_TYPES, P.CATALOG_READ),
    "Organization": (ORGANIZATIONS, P.ORGANIZATIONS_READ),
    "Plan": (PLANS, P.CATALOG_READ),
    "PortOrder": (PORTS, P.ORDERS_READ),
    "PriceList": (PRICE_LISTS, P.PRICES_READ),
    "Product": (PRODUCTS, P.CATALOG_READ),
    "ProvisioningOperation": (OPERATIONS, P.PROVISIONING_READ),
    "Subscription": (SUBSCRIPTIONS, P.SUBSCRIPTIONS_READ),
    "TermsDocument": (TERMS, P.CATALOG_READ),
    "Ticket": (TICKETS, P.DESK_MANAGE),
    "Upload": (UPLOADS, P.UPLOADS_MANAGE),
    "WalletEntry": (WALLET_ENTRIES, P.BILLING_READ),
    "WebhookDelivery": (DELIVERIES, P.WEBHOOKS_MANAGE),
    "WebhookEndpoint": (ENDPOINTS, P.WEBHOOKS_MANAGE),
    "Member": (MEMBERS, P.MEMBERS_READ),
    "Invitation": (INVITATIONS, P.MEMBERS_READ),
    "Session": (SESSIONS, P.MEMBERS_READ),
}


def _read_id(text: str, path: str) -> tuple[str, UUID]:
    try:
        return decode_any(text)
    except ValueError as error:
        raise Invalid([FieldError(path, FieldCode.INVALID, str(error))]) from error


async def _find(info: Info, ids: list[tuple[str, UUID]]) -> dict[tuple[str, UUID], Any]:
    """One statement a kind; what the viewer may not see is not found."""
    actor = actor_of(info)
    found: dict[tuple[str, UUID], Any] = {}
    for kind in {kind for kind, _ in ids}:
        if kind not in FINDABLE:
            continue
        listing, permission = FINDABLE[kind]
        if permission is not None and permission not in actor.permissions:
            continue
        shape = shape_at(info, kind, ())
        records = await listing.by_ids(actor, [value for other, value in ids if other == kind], shape.columns)
        objects = await hydrate(actor, shape, records)
        found.update(((kind, record["id"]), item) for record, item in zip(records, objects, strict=True))
    return found


async def node(info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002 - the argument's public name
    """Anything with an id; null if there is none, or not for you."""
    wanted = _read_id(id, "id")
    return (await _find(info, [wanted])).get(wanted)


async def nodes(info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
    """Up to 100 things by id, in order; null for each that there is none of, or not for you."""
    if len(ids) > MAX_NODES:
        message = f"has {len(ids)} ids, at most {MAX_NODES} are allowed"
        raise Invalid([FieldError("ids", FieldCode.TOO_LONG, message)])
    wanted = [_read_id(text, f"ids.{place}") for place, text in enumerate(ids)]
    found = await _find(info, wanted)
    return [found.get(key) for key in wanted]
