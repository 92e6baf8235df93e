"""Publishing a catalog: products with plans, and the price lists of each tier, idempotently by their keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from domain.catalog.models import Orderability, ProductStatus, ProductType, SalesModel
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.ids import encode
from domain.shared.money import Money


@dataclass(frozen=True, slots=True)
class PlanSpec:
    """A plan to publish."""

    key: str
    name: str
    rank: int
    max_quantity: int


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """A product to publish, with its plans; `parameter_schema` is JSON Schema, Draft 2020-12."""

    key: str
    name: str
    description: str
    type: ProductType
    orderability: Orderability
    order_otherwise: str | None
    provisioner: str
    parameter_schema: Mapping[str, Any]
    plans: Sequence[PlanSpec]
    is_system: bool = False


async def publish_product(actor: Actor, spec: ProductSpec) -> dict[str, UUID]:
    """Make the actor's organization offer this product, or bring what it offers under that key up to date.

    Answers the ids of its plans by their keys.
    """
    created = {"created_at": actor.at, "scope": actor.scope.path}
    async with database.transaction():
        product_id = await database.upsert(
            "products",
            key={"organization_id": actor.organization_id, "key": spec.key},
            values={
                "name": spec.name,
                "description": spec.description,
                "type": spec.type.value,
                "status": ProductStatus.ACTIVE.value,
                "orderability": spec.orderability.value,
                "order_otherwise": spec.order_otherwise,
                "provisioner": spec.provisioner,
                "parameter_schema": orjson.dumps(spec.parameter_schema).decode(),
                "is_system": spec.is_system,
            },
            on_create={"id": actor.new_id(), **created},
        )
        plans = {
            plan.key: await database.upsert(
                "plans",
                key={"product_id": product_id, "key": plan.key},
                values={"name": plan.name, "rank": plan.rank, "max_quantity": plan.max_quantity},
                on_create={"id": actor.new_id(), **created},
            )
            for plan in spec.plans
        }
        data = {"product_id": encode("Product", product_id), "key": spec.key, "name": spec.name}
        await record(actor, _published(actor, EventType.PRODUCT_PUBLISHED, product_id, data))
        return plans


def _published(actor: Actor, event_type: EventType, aggregate_id: UUID, data: Mapping[str, Any]) -> NewEvent:
    return NewEvent(event_type, actor.organization_id, actor.scope.path, aggregate_id, data)


@dataclass(frozen=True, slots=True)
class PriceSpec:
    """One explicit price: plan, how often it falls due, amount in major units."""

    plan_id: UUID
    sales_model: SalesModel
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PriceListSpec:
    """What the actor's organization asks of all its buyers: prices from a date on, a markup where none is given."""

    name: str
    currency: str
    markup_percent: Decimal | None
    prices: Sequence[PriceSpec]
    valid_from: date


async def publish_price_list(actor: Actor, spec: PriceListSpec) -> UUID:
    """Make the actor's organization sell by this price list, or bring the list of that name up to date."""
    async with database.transaction():
        price_list_id = await database.upsert(
            "price_lists",
            key={"seller_id": actor.organization_id, "name": spec.name},
            values={"markup_percent": spec.markup_percent, "currency": spec.currency},
            on_create={"id": actor.new_id(), "created_at": actor.at, "scope": actor.scope.path},
        )
        await database.execute_many(
            "INSERT INTO prices (id, price_list_id, plan_id, sales_model, unit_minor, valid_from) "
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (price_list_id, plan_id, sales_model, valid_from) "
            "DO UPDATE SET unit_minor = excluded.unit_minor",
            [
                (
                    actor.new_id(),
                    price_list_id,
                    price.plan_id,
                    price.sales_model.value,
                    Money.of(price.amount, spec.currency).minor,
                    spec.valid_from,
                )
                for price in spec.prices
            ],
        )
        data = {"price_list_id": encode("PriceList", price_list_id), "name": spec.name, "currency": spec.currency}
        await record(actor, _published(actor, EventType.PRICE_LIST_PUBLISHED, price_list_id, data))
        return price_list_id
