"""Categories and order types: made and renamed by their keys, and given to products."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.catalog.product_rules import GroupDraft, ProductDraft, changed, check_group
from domain.catalog.queries import CATEGORIES, ORDER_TYPES
from domain.catalog.writing import insert, replace_rows, update
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.ids import encode
from domain.shared.listing import Listing


@dataclass(frozen=True, slots=True)
class Grouping:
    """One way to group products: where its groups and their members stand, and what is told of them."""

    kind: str
    table: str
    column: str
    members: str
    path: str
    listing: Listing
    told: EventType


CATEGORY: Final = Grouping(
    kind="Category",
    table="categories",
    column="category_id",
    members="product_categories",
    path="categoryIds",
    listing=CATEGORIES,
    told=EventType.CATEGORY_CHANGED,
)
ORDER_TYPE: Final = Grouping(
    kind="OrderType",
    table="order_types",
    column="order_type_id",
    members="product_order_types",
    path="orderTypeIds",
    listing=ORDER_TYPES,
    told=EventType.ORDER_TYPE_CHANGED,
)


async def set_group(actor: Actor, grouping: Grouping, draft: GroupDraft) -> UUID:
    """Make the actor's organization have this group, or bring the one of that key up to date."""
    if problems := check_group(draft):
        raise Invalid(problems)
    async with database.transaction():
        # Whoever makes the same key meanwhile waits here for the first one.
        await database.execute("SELECT 1 FROM organizations WHERE id = $1 FOR NO KEY UPDATE", actor.organization_id)
        row = await database.fetch_row(
            f"SELECT id, key, name, position FROM {grouping.table} WHERE organization_id = $1 AND key = $2",  # noqa: S608 - a constant
            actor.organization_id,
            draft.key,
        )
        values = {"key": draft.key, "name": draft.name.strip(), "position": draft.position}
        group_id: UUID = row["id"] if row else actor.new_id()
        if row is None:
            made = {"id": group_id, "organization_id": actor.organization_id, "scope": actor.scope.path}
            await insert(grouping.table, made | {"created_at": actor.at} | values)
        elif changed(GroupDraft(row["key"], row["name"], row["position"]), draft):
            await update(grouping.table, group_id, values)
        else:
            return group_id
        data = {grouping.column: encode(grouping.kind, group_id), "key": draft.key, "name": values["name"]}
        await record(actor, NewEvent(grouping.told, actor.organization_id, actor.scope.path, group_id, data))
        return group_id


async def check_linked(actor: Actor, draft: ProductDraft) -> None:
    """Refuse categories and order types that are neither the actor's own nor its sellers'."""
    problems: list[FieldError] = []
    for grouping, ids in _linked(draft):
        found = await grouping.listing.by_ids(actor, list(ids), ("id", "scope")) if ids else []
        known = {row["id"] for row in found if row["scope"] in actor.scope.chain}
        problems += [
            FieldError(grouping.path, FieldCode.NOT_FOUND, f"{encode(grouping.kind, missing)} was not found")
            for missing in sorted(ids - known)
        ]
    if problems:
        raise Invalid(problems)


async def link(actor: Actor, product_id: UUID, draft: ProductDraft) -> None:
    """Put a product into exactly these categories and order types, in the caller's transaction."""
    for grouping, ids in _linked(draft):
        rows = [{grouping.column: group_id} for group_id in sorted(ids)]
        await replace_rows(actor, grouping.members, "product_id", product_id, rows)


def _linked(draft: ProductDraft) -> Collection[tuple[Grouping, frozenset[UUID]]]:
    return (CATEGORY, draft.category_ids), (ORDER_TYPE, draft.order_type_ids)
