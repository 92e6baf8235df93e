"""From records to schema objects, relations included: each selected relation of a list is one statement, never N+1.

Everything an object shows is a plain attribute when the executor meets it; what a query does not select is neither
fetched nor computed.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
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
from schema.access import API_TOKEN
from schema.catalog import PLAN, PRODUCT
from schema.events import EVENT
from schema.orders import ORDER, ORDER_LINE
from schema.organizations import ORGANIZATION
from schema.provisioning import PROVISIONING_OPERATION
from schema.reading import Reader
from schema.scalars import Record
from schema.subscriptions import SUBSCRIPTION
from schema.webhooks import WEBHOOK_ATTEMPT, WEBHOOK_DELIVERY, WEBHOOK_ENDPOINT

READERS: Final[Mapping[str, Reader]] = {
    "ApiToken": API_TOKEN,
    "Event": EVENT,
    "Order": ORDER,
    "OrderLine": ORDER_LINE,
    "Organization": ORGANIZATION,
    "Plan": PLAN,
    "Product": PRODUCT,
    "ProvisioningOperation": PROVISIONING_OPERATION,
    "Subscription": SUBSCRIPTION,
    "WebhookAttempt": WEBHOOK_ATTEMPT,
    "WebhookDelivery": WEBHOOK_DELIVERY,
    "WebhookEndpoint": WEBHOOK_ENDPOINT,
}

Load = Callable[[Actor, Sequence[UUID], Collection[str]], Awaitable[Sequence[Record]]]


@dataclass(frozen=True, slots=True)
class One:
    """A relation to one thing of `kind`: `column` of the owner holds its id."""

    kind: str
    column: str
    load: Load


@dataclass(frozen=True, slots=True)
class Many:
    """A relation to many things of `kind`: their `column` holds the owner's id."""

    kind: str
    column: str
    load: Load


_CUSTOMER: Final = One("Organization", "organization_id", ORGANIZATIONS.by_ids)
_PRODUCT: Final = One("Product", "product_id", PRODUCTS.by_ids)
_PLAN: Final = One("Plan", "plan_id", PLANS.by_ids)

# Kind -> field -> relation; attribute and public name of a relation are the same word.
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


def columns_for(kind: str, selection: Selection) -> set[str]:
    """The columns of a record that this selection needs, for its fields and its relations."""
    columns = {name for _, field in READERS[kind].chosen(selection) for name in field.columns}
    columns.add("id")
    for name, relation in RELATIONS.get(kind, {}).items():
        if name in selection and isinstance(relation, One):
            columns.add(relation.column)
    return columns


async def hydrate(actor: Actor, kind: str, records: Sequence[Record], selection: Selection) -> list[Any]:
    """The schema objects of these records, in order, with the fields and relations the selection names."""
    reader = READERS[kind]
    objects = reader.build(records, actor, reader.chosen(selection))
    for name, relation in RELATIONS.get(kind, {}).items():
        if name in selection and records:
            relate = _relate_one if isinstance(relation, One) else _relate_many
            await relate(actor, name, relation, list(zip(records, objects, strict=True)), selection[name])
    return objects


async def _relate_one(
    actor: Actor, name: str, relation: One | Many, owners: Sequence[tuple[Record, Any]], selection: Selection
) -> None:
    column = relation.column
    wanted = list({record[column] for record, _ in owners if record[column] is not None})
    records = await relation.load(actor, wanted, columns_for(relation.kind, selection)) if wanted else []
    objects = await hydrate(actor, relation.kind, records, selection)
    found = {record["id"]: item for record, item in zip(records, objects, strict=True)}
    for record, owner in owners:
        setattr(owner, name, found.get(record[column]))


async def _relate_many(
    actor: Actor, name: str, relation: One | Many, owners: Sequence[tuple[Record, Any]], selection: Selection
) -> None:
    column = relation.column
    records = await relation.load(actor, [record["id"] for record, _ in owners], columns_for(relation.kind, selection))
    grouped: dict[UUID, list[Any]] = {}
    for record, item in zip(records, await hydrate(actor, relation.kind, records, selection), strict=True):
        grouped.setdefault(record[column], []).append(item)
    for record, owner in owners:
        setattr(owner, name, grouped.get(record["id"], []))
