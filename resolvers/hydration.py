"""From records to schema objects, relations included: each selected relation of a list is one statement, never N+1.

Everything an object shows is a plain attribute when the executor meets it; what a query does not select is neither
fetched nor computed.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from domain.catalog.part_queries import add_ons_of, categories_of, components_of, order_types_of
from domain.catalog.queries import PLANS, PRODUCTS, TERMS, plans_of
from domain.orders.queries import lines_of
from domain.organizations.queries import ORGANIZATIONS
from domain.shared.actor import Actor
from domain.subscriptions.queries import SUBSCRIPTIONS
from domain.webhooks.queries import attempts_of
from resolvers.selection import Selection
from schema.access import API_TOKEN
from schema.catalog import ADD_ON, BUNDLE_COMPONENT, PLAN, PRODUCT
from schema.catalog_groups import CATEGORY, ORDER_TYPE
from schema.catalog_terms import TERMS_DOCUMENT
from schema.events import EVENT
from schema.orders import ORDER, ORDER_LINE
from schema.organizations import ORGANIZATION
from schema.provisioning import PROVISIONING_OPERATION
from schema.reading import Chosen, Reader
from schema.scalars import Record
from schema.subscriptions import SUBSCRIPTION
from schema.webhooks import WEBHOOK_ATTEMPT, WEBHOOK_DELIVERY, WEBHOOK_ENDPOINT

READERS: Final[Mapping[str, Reader]] = {
    "AddOn": ADD_ON,
    "ApiToken": API_TOKEN,
    "BundleComponent": BUNDLE_COMPONENT,
    "Category": CATEGORY,
    "Event": EVENT,
    "Order": ORDER,
    "OrderLine": ORDER_LINE,
    "OrderType": ORDER_TYPE,
    "Organization": ORGANIZATION,
    "Plan": PLAN,
    "Product": PRODUCT,
    "ProvisioningOperation": PROVISIONING_OPERATION,
    "Subscription": SUBSCRIPTION,
    "TermsDocument": TERMS_DOCUMENT,
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
    "Product": {
        "plans": Many("Plan", "product_id", plans_of),
        "categories": Many("Category", "product_id", categories_of),
        "orderTypes": Many("OrderType", "product_id", order_types_of),
        "terms": One("TermsDocument", "terms_id", TERMS.by_ids),
    },
    "Plan": {
        "product": _PRODUCT,
        "addons": Many("AddOn", "plan_id", add_ons_of),
        "components": Many("BundleComponent", "plan_id", components_of),
    },
    "AddOn": {"plan": One("Plan", "add_on_id", PLANS.by_ids)},
    "BundleComponent": {"plan": One("Plan", "component_id", PLANS.by_ids)},
    "Subscription": {"customer": _CUSTOMER, "product": _PRODUCT, "plan": _PLAN},
    "WebhookDelivery": {"attempts": Many("WebhookAttempt", "delivery_id", attempts_of)},
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a selection reads of the things of one kind: their own fields, the columns of those, their relations."""

    reader: Reader
    chosen: Chosen
    columns: frozenset[str]
    relations: tuple[tuple[str, One | Many, "Shape"], ...]


def shape_of(kind: str, selection: Selection) -> Shape:
    """The shape of a selection on a kind."""
    reader = READERS[kind]
    chosen = reader.chosen(selection)
    relations = tuple(
        (name, relation, shape_of(relation.kind, selection[name]))
        for name, relation in RELATIONS.get(kind, {}).items()
        if name in selection
    )
    own = {name for _, field in chosen for name in field.columns}
    referring = {relation.column for _, relation, _ in relations if isinstance(relation, One)}
    return Shape(reader, chosen, frozenset({"id"} | own | referring), relations)


async def hydrate(actor: Actor, shape: Shape, records: Sequence[Record]) -> list[Any]:
    """The schema objects of these records, in order, with the fields and relations of the shape."""
    objects = shape.reader.build(records, actor, shape.chosen)
    for name, relation, below in shape.relations if records else ():
        relate = _relate_one if isinstance(relation, One) else _relate_many
        await relate(actor, name, relation, below, records, objects)
    return objects


async def _relate_one(
    actor: Actor, name: str, relation: One | Many, shape: Shape, records: Sequence[Record], owners: Sequence[Any]
) -> None:
    column = relation.column
    wanted = list({record[column] for record in records if record[column] is not None})
    related = await relation.load(actor, wanted, shape.columns) if wanted else []
    objects = await hydrate(actor, shape, related)
    found = {record["id"]: item for record, item in zip(related, objects, strict=True)}
    for record, owner in zip(records, owners, strict=True):
        owner.__dict__[name] = found.get(record[column])


async def _relate_many(
    actor: Actor, name: str, relation: One | Many, shape: Shape, records: Sequence[Record], owners: Sequence[Any]
) -> None:
    column = relation.column
    related = await relation.load(actor, [record["id"] for record in records], shape.columns)
    grouped: dict[UUID, list[Any]] = {record["id"]: [] for record in records}
    for record, item in zip(related, await hydrate(actor, shape, related), strict=True):
        grouped[record[column]].append(item)
    for record, owner in zip(records, owners, strict=True):
        owner.__dict__[name] = grouped[record["id"]]
