"""From records to schema objects, relations included: each selected relation of a list is one statement, never N+1.

Everything an object shows is a plain attribute when the executor meets it; what a query does not select is neither
fetched nor computed.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from domain.access.people import MEMBERS
from domain.billing.queries import accounts_of
from domain.catalog.part_queries import add_ons_of, categories_of, components_of, order_types_of
from domain.catalog.queries import PLANS, PRODUCTS, TERMS, plans_of
from domain.contracts.queries import agreed_prices_of, contracts_by_ids
from domain.numbers.queries import NUMBERS
from domain.orders.queries import (
    LINES,
    acceptances_of,
    failed_attempts_of,
    forms_of,
    inquiries_of,
    lines_of,
    order_with_lines,
)
from domain.orders.staging import stages_of
from domain.organizations.queries import ORGANIZATIONS
from domain.pricing.offers import offers_of
from domain.search.queries import subscriptions_found
from domain.shared.actor import Actor
from domain.shared.listing import Listing
from domain.subscriptions.offering import actions_of
from domain.subscriptions.queries import SUBSCRIPTIONS, assignees_of
from domain.uploads.queries import UPLOADS
from domain.usage.queries import months_of, readings_of
from domain.webhooks.queries import attempts_of
from resolvers.selection import Selection
from schema.access import API_TOKEN
from schema.available import AVAILABLE_ACTION
from schema.backorders import BACKORDER
from schema.billing import ACCOUNT, WALLET_ENTRY
from schema.bulk import BULK_OPERATION
from schema.catalog import ADD_ON, BUNDLE_COMPONENT, PLAN, PRODUCT
from schema.catalog_groups import CATEGORY, ORDER_TYPE
from schema.catalog_terms import TERMS_DOCUMENT
from schema.charges import CHARGE
from schema.contracts import CONTRACT, CONTRACT_PRICE
from schema.discounts import DISCOUNT
from schema.events import EVENT
from schema.invoices import INVOICE, PAYMENT
from schema.locations import EMERGENCY_LOCATION
from schema.numbers import NUMBER
from schema.offers import OFFER
from schema.order_forms import ORDER_FORM
from schema.order_stages import ORDER_STAGE
from schema.orders import FAILED_ATTEMPT, INQUIRY, ORDER, ORDER_LINE, TERMS_ACCEPTANCE
from schema.organizations import ORGANIZATION
from schema.people import INVITATION, MEMBER, SESSION
from schema.porting import PORT_ORDER
from schema.prices import PRICE, PRICE_LIST
from schema.provisioning import PROVISIONING_OPERATION
from schema.reading import Chosen, Reader
from schema.scalars import Record
from schema.search import SEARCH_HIT
from schema.subscriptions import SUBSCRIPTION
from schema.tickets import TICKET
from schema.uploads import UPLOAD
from schema.usage import USAGE_MONTH, USAGE_READING
from schema.webhooks import WEBHOOK_ATTEMPT, WEBHOOK_DELIVERY, WEBHOOK_ENDPOINT

READERS: Final[Mapping[str, Reader]] = {
    "Account": ACCOUNT,
    "AddOn": ADD_ON,
    "ApiToken": API_TOKEN,
    "AvailableAction": AVAILABLE_ACTION,
    "BulkOperation": BULK_OPERATION,
    "Backorder": BACKORDER,
    "BundleComponent": BUNDLE_COMPONENT,
    "Category": CATEGORY,
    "Charge": CHARGE,
    "Contract": CONTRACT,
    "ContractPrice": CONTRACT_PRICE,
    "Discount": DISCOUNT,
    "EmergencyLocation": EMERGENCY_LOCATION,
    "Event": EVENT,
    "Number": NUMBER,
    "FailedAttempt": FAILED_ATTEMPT,
    "Inquiry": INQUIRY,
    "Offer": OFFER,
    "Invoice": INVOICE,
    "Payment": PAYMENT,
    "Order": ORDER,
    "OrderForm": ORDER_FORM,
    "OrderLine": ORDER_LINE,
    "OrderStage": ORDER_STAGE,
    "OrderType": ORDER_TYPE,
    "Organization": ORGANIZATION,
    "Plan": PLAN,
    "PortOrder": PORT_ORDER,
    "Price": PRICE,
    "PriceList": PRICE_LIST,
    "Product": PRODUCT,
    "ProvisioningOperation": PROVISIONING_OPERATION,
    "SearchHit": SEARCH_HIT,
    "Subscription": SUBSCRIPTION,
    "TermsAcceptance": TERMS_ACCEPTANCE,
    "TermsDocument": TERMS_DOCUMENT,
    "Ticket": TICKET,
    "Upload": UPLOAD,
    "UsageMonth": USAGE_MONTH,
    "UsageReading": USAGE_READING,
    "WalletEntry": WALLET_ENTRY,
    "WebhookAttempt": WEBHOOK_ATTEMPT,
    "WebhookDelivery": WEBHOOK_DELIVERY,
    "WebhookEndpoint": WEBHOOK_ENDPOINT,
    "Member": MEMBER,
    "Invitation": INVITATION,
    "Session": SESSION,
}

Load = Callable[[Actor, Sequence[UUID], Collection[str]], Awaitable[Sequence[Record]]]
Both = tuple[Sequence[Record], Sequence[Record]]
Loaded = Mapping[str, Sequence[Record]]
LoadBoth = Callable[[Actor, UUID, Collection[str], Collection[str]], Awaitable[Both]]


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
    load_both: LoadBoth | None = None  # one owner and these, in one statement


_CUSTOMER: Final = One("Organization", "organization_id", ORGANIZATIONS.by_ids)
_PRODUCT: Final = One("Product", "product_id", PRODUCTS.by_ids)
_PLAN: Final = One("Plan", "plan_id", PLANS.by_ids)
_CONTRACT: Final = One("Contract", "contract_id", contracts_by_ids)
_BUYER: Final = One("Organization", "buyer_id", ORGANIZATIONS.by_ids)

# Kind -> field -> relation; attribute and public name of a relation are the same word.
RELATIONS: Final[Mapping[str, Mapping[str, One | Many]]] = {
    "Contract": {
        "customer": _CUSTOMER,
        "file": One("Upload", "upload_id", UPLOADS.by_ids),
        "prices": Many("ContractPrice", "contract_id", agreed_prices_of),
    },
    "ContractPrice": {"plan": _PLAN},
    "Discount": {"buyer": _BUYER, "product": _PRODUCT, "plan": _PLAN},
    "Order": {
        "contract": _CONTRACT,
        "customer": _CUSTOMER,
        "acceptances": Many("TermsAcceptance", "order_id", acceptances_of),
        "forms": Many("OrderForm", "order_id", forms_of),
        "inquiries": Many("Inquiry", "order_id", inquiries_of),
        "lines": Many("OrderLine", "order_id", lines_of, order_with_lines),
        "stages": Many("OrderStage", "order_id", stages_of),
    },
    "OrderForm": {"file": One("Upload", "upload_id", UPLOADS.by_ids)},
    **{key: {"organization": _CUSTOMER} for key in ("EmergencyLocation", "Invitation", "Member", "Upload")},
    "OrderLine": {
        "attempts": Many("FailedAttempt", "order_line_id", failed_attempts_of),
        "product": _PRODUCT,
        "plan": _PLAN,
        "subscription": One("Subscription", "subscription_id", SUBSCRIPTIONS.by_ids),
    },
    "Backorder": {"customer": _CUSTOMER},
    "Number": {"customer": One("Organization", "customer_id", ORGANIZATIONS.by_ids), "plan": _PLAN},
    "Inquiry": {"line": One("OrderLine", "line_id", LINES.by_ids)},
    "TermsAcceptance": {"terms": One("TermsDocument", "terms_id", TERMS.by_ids)},
    "Ticket": {"customer": One("Organization", "customer_id", ORGANIZATIONS.by_ids)},
    "Price": {"plan": _PLAN},
    "PriceList": {"buyer": _BUYER},
    "Organization": {"accounts": Many("Account", "organization_id", accounts_of)},
    "Product": {
        "plans": Many("Plan", "product_id", plans_of),
        "categories": Many("Category", "product_id", categories_of),
        "orderTypes": Many("OrderType", "product_id", order_types_of),
        "terms": One("TermsDocument", "terms_id", TERMS.by_ids),
    },
    "Plan": {
        "product": _PRODUCT,
        "offers": Many("Offer", "plan_id", offers_of),
        "addons": Many("AddOn", "plan_id", add_ons_of),
        "components": Many("BundleComponent", "plan_id", components_of),
    },
    "AddOn": {"plan": One("Plan", "add_on_id", PLANS.by_ids)},
    "BundleComponent": {"plan": One("Plan", "component_id", PLANS.by_ids)},
    "Subscription": {
        "customer": _CUSTOMER,
        "product": _PRODUCT,
        "plan": _PLAN,
        "contract": _CONTRACT,
        "assignees": Many("Member", "subscription_id", assignees_of),
        "availableActions": Many("AvailableAction", "subscription_id", actions_of),
        "usage": Many("UsageMonth", "subscription_id", months_of),
        "usageReadings": Many("UsageReading", "subscription_id", readings_of),
    },
    "Session": {"member": One("Member", "member_id", MEMBERS.by_ids)},
    "PortOrder": {"customer": _CUSTOMER, "plan": _PLAN, "letter": One("Upload", "upload_id", UPLOADS.by_ids)},
    "SearchHit": {
        "organization": _CUSTOMER,
        "number": One("Number", "number_id", NUMBERS.by_ids),
        "contract": One("Contract", "contract_id", contracts_by_ids),
        "subscription": One("Subscription", "subscription_id", subscriptions_found),
    },
    "WebhookDelivery": {"attempts": Many("WebhookAttempt", "delivery_id", attempts_of)},
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a selection reads of the things of one kind: their own fields, the columns of those, their relations."""

    chosen: Chosen
    columns: frozenset[str]
    relations: tuple[tuple[str, One | Many, "Shape"], ...]


def shape_of(kind: str, selection: Selection) -> Shape:
    """The shape of a selection on a kind."""
    chosen = READERS[kind].chosen(selection)
    relations = tuple(
        (name, relation, shape_of(relation.kind, selection[name]))
        for name, relation in RELATIONS.get(kind, {}).items()
        if name in selection
    )
    referring = {relation.column for _, relation, _ in relations if isinstance(relation, One)}
    return Shape(chosen, frozenset({"id"} | chosen.columns | referring), relations)


async def hydrate(actor: Actor, shape: Shape, records: Sequence[Record], loaded: Loaded | None = None) -> list[Any]:
    """The schema objects of these records, in order, with the fields and relations of the shape.

    `loaded` has the records of relations that are there already, by name.
    """
    objects = shape.chosen.build(records, actor)
    for name, relation, below in shape.relations if records else ():
        if isinstance(relation, One):
            await _relate_one(actor, name, relation, below, records, objects)
        else:
            related = loaded.get(name) if loaded else None
            if related is None:
                related = await relation.load(actor, [record["id"] for record in records], below.columns)
            await _relate_many(actor, name, relation, below, records, objects, related)
    return objects


async def hydrate_one(actor: Actor, shape: Shape, listing: Listing, row_id: UUID) -> Any | None:
    """One visible thing with the fields and relations of the shape; None when there is none."""
    for name, relation, below in shape.relations:
        if isinstance(relation, Many) and relation.load_both is not None:
            records, related = await relation.load_both(actor, row_id, shape.columns, below.columns)
            loaded = {name: related}
            break
    else:
        records, loaded = await listing.by_ids(actor, [row_id], shape.columns), None
    found = await hydrate(actor, shape, records, loaded)
    return found[0] if found else None


async def _relate_one(
    actor: Actor, name: str, relation: One, shape: Shape, records: Sequence[Record], owners: Sequence[Any]
) -> None:
    column = relation.column
    wanted = list({record[column] for record in records if record[column] is not None})
    related = await relation.load(actor, wanted, shape.columns) if wanted else []
    objects = await hydrate(actor, shape, related)
    found = {record["id"]: item for record, item in zip(related, objects, strict=True)}
    for record, owner in zip(records, owners, strict=True):
        owner.__dict__[name] = found.get(record[column])


async def _relate_many(
    actor: Actor,
    name: str,
    relation: Many,
    shape: Shape,
    records: Sequence[Record],
    owners: Sequence[Any],
    related: Sequence[Record],
) -> None:
    column = relation.column
    grouped: dict[UUID, list[Any]] = {record["id"]: [] for record in records}
    for record, item in zip(related, await hydrate(actor, shape, related), strict=True):
        grouped[record[column]].append(item)
    for record, owner in zip(records, owners, strict=True):
        owner.__dict__[name] = grouped[record["id"]]
