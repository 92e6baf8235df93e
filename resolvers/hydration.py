"""From records to schema objects, relations included: each selected relation of a list is one statement, never N+1.

Everything an object shows is a plain attribute when the executor meets it; what a query does not select is not loaded.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from domain.catalog.queries import PLANS, PRODUCTS, plans_of
from domain.orders.queries import lines_of
from domain.organizations.queries import ORGANIZATIONS
from domain.shared.actor import Actor
from domain.subscriptions.queries import SUBSCRIPTIONS
from domain.webhooks.queries import attempts_of
from resolvers.selection import Selection
from schema.access import ApiToken
from schema.catalog import Plan, Product
from schema.events import Event
from schema.orders import Order, OrderLine
from schema.organizations import Organization
from schema.provisioning import ProvisioningOperation
from schema.scalars import Record
from schema.subscriptions import Subscription
from schema.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint

BUILD: Final[Mapping[str, Callable[[Record, Actor], Any]]] = {
    "ApiToken": lambda record, _: ApiToken.from_record(record),
    "Event": Event.from_record,
    "Order": Order.from_record,
    "OrderLine": OrderLine.from_record,
    "Organization": lambda record, _: Organization.from_record(record),
    "Plan": lambda record, _: Plan.from_record(record),
    "Product": lambda record, _: Product.from_record(record),
    "ProvisioningOperation": lambda record, _: ProvisioningOperation.from_record(record),
    "Subscription": Subscription.from_record,
    "WebhookAttempt": lambda record, _: WebhookAttempt.from_record(record),
    "WebhookDelivery": lambda record, _: WebhookDelivery.from_record(record),
    "WebhookEndpoint": lambda record, _: WebhookEndpoint.from_record(record),
}


@dataclass(frozen=True, slots=True)
class One:
    """A relation to one thing of `kind`: `column` of the owner holds its id."""

    kind: str
    column: str
    load: Callable[[Actor, Sequence[UUID]], Awaitable[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Many:
    """A relation to many things of `kind`: their `column` holds the owner's id."""

    kind: str
    column: str
    load: Callable[[Actor, Sequence[UUID]], Awaitable[Sequence[Any]]]


_CUSTOMER: Final = One("Organization", "organization_id", ORGANIZATIONS.by_ids)
_PRODUCT: Final = One("Product", "product_id", PRODUCTS.by_ids)
_PLAN: Final = One("Plan", "plan_id", PLANS.by_ids)

# Kind -> GraphQL field -> (attribute, relation).
RELATIONS: Final[Mapping[str, Mapping[str, One | Many]]] = {
    "Order": {"customer": _CUSTOMER, "lines": Many("OrderLine", "order_id", lines_of)},
    "OrderLine": {
        "product": _PRODUCT,
        "plan": _PLAN,
        "subscription": One("Subscription", "subscription_id", SUBSCRIPTIONS.by_ids),
    },
    "Product": {"plans": Many("Plan", "product_id", plans_of)},
    "Subscription": {"customer": _CUSTOMER, "product": _PRODUCT, "plan": _PLAN},
    "WebhookDelivery": {"attempts": Many("WebhookAttempt", "delivery_id", attempts_of)},
}


async def hydrate(actor: Actor, kind: str, records: Sequence[Record], selection: Selection) -> list[Any]:
    """The schema objects of these records, in order, with the relations the selection names."""
    build = BUILD[kind]
    objects = [build(record, actor) for record in records]
    for name, relation in RELATIONS.get(kind, {}).items():
        if name in selection and records:
            await _relate(actor, name, relation, list(zip(records, objects, strict=True)), selection[name])
    return objects


async def _relate(
    actor: Actor, name: str, relation: One | Many, owners: Sequence[tuple[Record, Any]], selection: Selection
) -> None:
    if isinstance(relation, One):
        wanted = list({record[relation.column] for record, _ in owners if record[relation.column] is not None})
        records = await relation.load(actor, wanted) if wanted else []
        found = dict(
            zip(
                (record["id"] for record in records),
                await hydrate(actor, relation.kind, records, selection),
                strict=True,
            )
        )
        for record, owner in owners:
            setattr(owner, name, found.get(record[relation.column]))
        return
    records = await relation.load(actor, [record["id"] for record, _ in owners])
    grouped: dict[UUID, list[Any]] = {}
    for record, item in zip(records, await hydrate(actor, relation.kind, records, selection), strict=True):
        grouped.setdefault(record[relation.column], []).append(item)
    for record, owner in owners:
        setattr(owner, name, grouped.get(record["id"], []))
