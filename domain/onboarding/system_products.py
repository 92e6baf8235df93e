"""System products: what links accounts with their systems, subscribed by itself, free and protected (ORION)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import orjson
from asyncpg import Record

from domain.billing.models import AccountKind
from domain.billing.policies import CURRENT, pin
from domain.catalog.actions import ProductSpec, publish_product
from domain.catalog.models import Orderability, ProductType, SalesModel
from domain.catalog.plan_rules import PlanDraft
from domain.catalog.product_rules import ProductDraft
from domain.events.actions import NewEvent, record_with
from domain.events.types import EventType
from domain.organizations.models import Organization
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.shared.ids import encode
from domain.shared.tenancy import Scope
from domain.shared.writes import Writes
from domain.subscriptions.states import SubscriptionState

_PLAN: Final = PlanDraft(key="standard", name="Standard", rank=1, max_quantity=1)


def _spec(key: str, name: str, description: str) -> ProductSpec:
    product = ProductDraft(
        key=key,
        name=name,
        description=description,
        type=ProductType.CONNECTOR,
        orderability=Orderability.CLOSED,
        order_otherwise="It comes with the account by itself.",
        provisioner="none",
        parameter_schema={"type": "object", "additionalProperties": False},
        is_system=True,
    )
    return ProductSpec(product, [_PLAN])


SYSTEM_PRODUCTS: Final = (
    _spec("enterprise-link", "Enterprise link", "Connects an enterprise account with its systems."),
    _spec("group-link", "Group link", "Connects a group account with its systems."),
    _spec("retail-rates", "Retail rates", "The rates by which the use of a group account is charged."),
)
# Kind of account -> the products that it is subscribed to as long as it exists.
COMES_WITH: Final = {
    AccountKind.ENTERPRISE: frozenset({"enterprise-link"}),
    AccountKind.GROUP: frozenset({"group-link", "retail-rates"}),
}
_PUBLISHED: Final = """
SELECT d.key, p.key AS plan_key, p.id AS plan_id, p.product_id FROM products d JOIN plans p ON p.product_id = d.id
WHERE d.is_system AND d.scope = $1 AND p.key = $2 ORDER BY d.key
"""


async def publish_system_products(actor: Actor, distributor: Organization) -> None:
    """Make the root of a tree offer the system products; repeated, it brings them up to date."""
    acting = replace(actor, organization_id=distributor.id, scope=Scope(distributor.scope))
    for spec in SYSTEM_PRODUCTS:
        await publish_product(acting, spec)


async def subscribe(
    writes: Writes, actor: Actor, customer: Organization, accounts: Sequence[Mapping[str, Any]]
) -> None:
    """Write the protected subscriptions of new accounts (their rows): active from today, free on every edge."""
    root = Scope(customer.scope).chain[0]
    published = await database.fetch(_PUBLISHED, root, _PLAN.key)
    for account in accounts:
        for product in published:
            if product["key"] in COMES_WITH[AccountKind(account["kind"])]:
                row = _row(actor, customer, account, product)
                writes.insert("subscriptions", row)
                record_with(writes, actor, _activated(row, product["key"], product["plan_key"]))


def _row(actor: Actor, customer: Organization, account: Mapping[str, Any], product: Record) -> dict[str, Any]:
    return {
        "id": actor.new_id(),
        "organization_id": customer.id,
        "scope": customer.scope,
        "account_id": account["id"],
        "product_id": product["product_id"],
        "plan_id": product["plan_id"],
        "quantity": 1,
        "state": SubscriptionState.ACTIVE.value,
        "sales_model": SalesModel.ONE_TIME.value,
        "cycle_multiplier": 1,
        "currency": customer.currency,
        "tier_unit_minor": [0] * (Scope(customer.scope).depth - 1),
        "auto_renew": False,
        "is_protected": True,
        "policies": orjson.dumps(pin(CURRENT)).decode(),
        "term_start": local_date(actor.at, customer.time_zone),
        "created_at": actor.at,
    }


def _activated(row: dict[str, Any], product_key: str, plan_key: str) -> NewEvent:
    data = {
        "subscription_id": encode("Subscription", row["id"]),
        "order_id": None,
        "customer_id": encode("Organization", row["organization_id"]),
        "product": product_key,
        "plan": plan_key,
        "quantity": 1,
        "term_start": row["term_start"].isoformat(),
        "expires_on": None,
        "reference": None,
    }
    place = (row["organization_id"], row["scope"], row["id"])
    return NewEvent(EventType.SUBSCRIPTION_ACTIVATED, *place, data)
