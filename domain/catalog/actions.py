"""Publishing a catalog: products with plans, and the price lists of each tier, idempotently by their keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.catalog.groups import check_linked
from domain.catalog.models import ProductStatus, ProductType, SalesModel
from domain.catalog.plan_rules import PlanDraft
from domain.catalog.plans import check_parts, insert_plan, plan_draft_of, plan_event, write_plan
from domain.catalog.product_rules import ProductDraft, check_product
from domain.catalog.products import draft_of, insert_product, product_event, write_product
from domain.catalog.states import PRODUCT
from domain.catalog.writing import update
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Invalid
from domain.shared.ids import encode
from domain.shared.money import Money


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """A product to publish, with its plans."""

    product: ProductDraft
    plans: Sequence[PlanDraft]


async def publish_product(actor: Actor, spec: ProductSpec) -> dict[str, UUID]:
    """Make the actor's organization offer this product, or bring what it offers under that key up to date.

    Answers the ids of its plans by their keys. What is as it should be already is neither written nor told of.
    """
    if problems := check_product(spec.product):
        raise Invalid(problems)
    async with database.transaction():
        await check_linked(actor, spec.product)
        product_id, events = await _publish(actor, spec.product)
        plans = {}
        for draft in spec.plans:
            plans[draft.key], told = await _publish_plan(actor, product_id, draft, spec.product.type)
            events += told
        if events:
            await record(actor, *events)
        return plans


async def _publish(actor: Actor, draft: ProductDraft) -> tuple[UUID, list[NewEvent]]:
    sql = "SELECT * FROM products WHERE organization_id = $1 AND key = $2 FOR NO KEY UPDATE"
    row = await database.fetch_row(sql, actor.organization_id, draft.key)
    if row is None:
        product_id = await insert_product(actor, draft, ProductStatus.ACTIVE)
        told = (EventType.PRODUCT_CREATED, EventType.PRODUCT_PUBLISHED)
        return product_id, [product_event(actor, event_type, product_id, draft) for event_type in told]
    product_id, events = row["id"], []
    if names := await write_product(actor, product_id, await draft_of(row), draft):
        events.append(product_event(actor, EventType.PRODUCT_UPDATED, product_id, draft, {"changed": names}))
    if row["status"] != ProductStatus.ACTIVE:
        PRODUCT.check(ProductStatus(row["status"]), ProductStatus.ACTIVE)
        await update("products", product_id, {"status": ProductStatus.ACTIVE.value})
        events.append(product_event(actor, EventType.PRODUCT_PUBLISHED, product_id, draft))
    return product_id, events


async def _publish_plan(
    actor: Actor, product_id: UUID, draft: PlanDraft, product_type: ProductType
) -> tuple[UUID, list[NewEvent]]:
    row = await database.fetch_row("SELECT * FROM plans WHERE product_id = $1 AND key = $2", product_id, draft.key)
    await check_parts(actor, draft, product_type, plan_id=row["id"] if row else None)
    if row is None:
        plan_id = await insert_plan(actor, product_id, draft)
        return plan_id, [plan_event(actor, EventType.PLAN_CREATED, product_id, plan_id, draft)]
    names = await write_plan(actor, row["id"], await plan_draft_of(row), draft)
    more = {"changed": names}
    return row["id"], [plan_event(actor, EventType.PLAN_UPDATED, product_id, row["id"], draft, more)] if names else []


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
