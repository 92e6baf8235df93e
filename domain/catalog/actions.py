"""Publishing a catalog: products with plans, idempotently by their keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.catalog.groups import check_linked
from domain.catalog.models import ProductStatus, ProductType
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
