"""Products: drafted, changed, and moved through their states by the organization that owns them."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record, UniqueViolationError

from domain.catalog.groups import check_linked, link
from domain.catalog.models import Orderability, ProductStatus, ProductType
from domain.catalog.part_queries import has_plans
from domain.catalog.product_rules import DataLocation, ProductDraft, changed, check_product
from domain.catalog.queries import PRODUCTS
from domain.catalog.states import PRODUCT
from domain.catalog.writing import insert, update
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, ErrorCode, FieldCode, FieldError, Forbidden, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.listing import Statement

_TOLD: Final = {
    ProductStatus.ACTIVE: EventType.PRODUCT_PUBLISHED,
    ProductStatus.PAUSED: EventType.PRODUCT_PAUSED,
    ProductStatus.ARCHIVED: EventType.PRODUCT_ARCHIVED,
}
_GROUPS: Final = """
SELECT ARRAY(SELECT category_id FROM product_categories WHERE product_id = $1) AS category_ids,
       ARRAY(SELECT order_type_id FROM product_order_types WHERE product_id = $1) AS order_type_ids
"""


async def create_product(actor: Actor, draft: ProductDraft) -> UUID:
    """Draft a product of the actor's own organization; a key that it has already is ALREADY_EXISTS."""
    if problems := check_product(draft):
        raise Invalid(problems)
    async with database.transaction():
        await check_linked(actor, draft)
        product_id = await insert_product(actor, draft, ProductStatus.DRAFT)
        await record(actor, product_event(actor, EventType.PRODUCT_CREATED, product_id, draft))
        return product_id


async def update_product(actor: Actor, product_id: UUID, changes: Mapping[str, Any]) -> UUID:
    """Change these fields of an own product that is not archived; what stays the same is not told of."""
    async with database.transaction():
        row = await lock_product(actor, product_id)
        before = await draft_of(row)
        draft = replace(before, **changes)
        if problems := check_product(draft):
            raise Invalid(problems)
        await check_linked(actor, draft)
        if names := await write_product(actor, product_id, before, draft):
            data = {"changed": names}
            await record(actor, product_event(actor, EventType.PRODUCT_UPDATED, product_id, draft, data))
        return product_id


async def move_product(actor: Actor, product_id: UUID, target: ProductStatus) -> UUID:
    """Publish, pause or archive an own product; one that goes on sale has a plan that can be chosen."""
    async with database.transaction():
        row = await _load(actor, product_id)
        PRODUCT.check(ProductStatus(row["status"]), target)
        if target is ProductStatus.ACTIVE and not await has_plans(product_id):
            raise Conflict("a product without a plan cannot go on sale; create a plan first", current=row["status"])
        await database.execute("UPDATE products SET status = $2 WHERE id = $1", product_id, target.value)
        await record(actor, product_event(actor, _TOLD[target], product_id, await draft_of(row)))
        return product_id


async def lock_product(actor: Actor, product_id: UUID) -> Record:
    """An own product that may be changed, locked; a seller's is Forbidden, any other NotFound, an archived Conflict."""
    row = await _load(actor, product_id)
    if row["status"] == ProductStatus.ARCHIVED:
        raise Conflict("an archived product cannot be changed", current=row["status"])
    return row


async def _load(actor: Actor, product_id: UUID) -> Record:
    statement = Statement()
    sql = (
        f"SELECT * FROM products WHERE id = {statement.bind(product_id)} "  # noqa: S608 - constants and placeholders
        f"AND {PRODUCTS.visible(actor, statement)} FOR NO KEY UPDATE"
    )
    row = await database.fetch_row(sql, *statement.values)
    if row is None:
        raise NotFound("product", encode("Product", product_id))
    if row["organization_id"] != actor.organization_id:
        raise Forbidden("only the organization that owns a product manages it")
    if row["is_system"]:
        raise Forbidden("system products come with accounts and are not managed here")
    return row


async def draft_of(row: Record) -> ProductDraft:
    """A product as it stands, in the form in which its owner writes it."""
    groups = await database.fetch_row(_GROUPS, row["id"])
    if groups is None:
        raise LookupError("a SELECT without FROM has one row")
    return ProductDraft(
        key=row["key"],
        name=row["name"],
        description=row["description"],
        type=ProductType(row["type"]),
        orderability=Orderability(row["orderability"]),
        order_otherwise=row["order_otherwise"],
        provisioner=row["provisioner"],
        parameter_schema=row["parameter_schema"],
        data_locations=tuple(DataLocation(**location) for location in row["data_locations"]),
        category_ids=frozenset(groups["category_ids"]),
        order_type_ids=frozenset(groups["order_type_ids"]),
        is_system=row["is_system"],
    )


def _row_of(draft: ProductDraft) -> dict[str, Any]:
    return {
        "key": draft.key,
        "name": draft.name.strip(),
        "description": draft.description,
        "type": draft.type.value,
        "orderability": draft.orderability.value,
        "order_otherwise": draft.order_otherwise or None,
        "provisioner": draft.provisioner,
        "parameter_schema": orjson.dumps(draft.parameter_schema).decode(),
        "data_locations": orjson.dumps([asdict(location) for location in draft.data_locations]).decode(),
        "is_system": draft.is_system,
    }


async def insert_product(actor: Actor, draft: ProductDraft, status: ProductStatus) -> UUID:
    """Write a product with its groups, in the caller's transaction."""
    row = _row_of(draft) | {
        "id": actor.new_id(),
        "organization_id": actor.organization_id,
        "scope": actor.scope.path,
        "status": status.value,
        "created_at": actor.at,
    }
    try:
        await insert("products", row)
    except UniqueViolationError as error:
        message = "another product of yours has this key"
        raise Invalid([FieldError("key", FieldCode.ALREADY_EXISTS, message)], ErrorCode.ALREADY_EXISTS) from error
    product_id: UUID = row["id"]
    await link(actor, product_id, draft)
    return product_id


async def write_product(actor: Actor, product_id: UUID, before: ProductDraft, draft: ProductDraft) -> list[str]:
    """Write what is different, in the caller's transaction; the names of the fields that are."""
    names = changed(before, draft)
    if names:
        await update("products", product_id, _row_of(draft))
        await link(actor, product_id, draft)
    return names


def product_event(
    actor: Actor, event_type: EventType, product_id: UUID, draft: ProductDraft, more: Mapping[str, Any] | None = None
) -> NewEvent:
    """What is told of a product of the actor's own."""
    data = {"product_id": encode("Product", product_id), "key": draft.key, "name": draft.name, **(more or {})}
    return NewEvent(event_type, actor.organization_id, actor.scope.path, product_id, data)
