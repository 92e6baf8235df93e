"""Publishing a catalog: products with plans, idempotently by their keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from domain.catalog.models import Orderability, ProductStatus, ProductType
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.ids import encode


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
