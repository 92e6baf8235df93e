"""Reading what products are grouped by, and what plans are sold with or made of."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.catalog.models import PlanStatus
from domain.shared import database
from domain.shared.actor import Actor

# A row of the actor's subtree, or one of its sellers'.
_SEEN: Final = "({0}.scope >= $2 AND {0}.scope < $3 OR {0}.scope = ANY($4))"
# A plan that is offered to the actor, or one of its subtree, drafts included.
_PLAN_SEEN: Final = (
    "(t.scope >= $2 AND t.scope < $3 OR t.scope = ANY($4) "
    "AND EXISTS (SELECT FROM products d WHERE d.id = t.product_id AND d.status <> 'DRAFT'))"
)

# By what numbers are counted: each plan itself, and what is in one of a bundle. A number in it comes with it, as those
# that seats include do.
COUNTED: Final = """(
  SELECT id AS plan_id, id AS part_id, kind, included_numbers, 1 AS count FROM plans
  UNION ALL
  SELECT c.plan_id, p.id, CASE p.kind WHEN 'NUMBER' THEN 'ITEM' ELSE p.kind END,
         CASE p.kind WHEN 'NUMBER' THEN 1 ELSE p.included_numbers END, c.quantity
  FROM plan_components c JOIN plans p ON p.id = c.component_id)"""
_TOLD: Final = """
SELECT d.key AS product, p.key AS plan, c.quantity FROM plan_components c JOIN plans p ON p.id = c.component_id
JOIN products d ON d.id = p.product_id WHERE c.plan_id = $1 ORDER BY c.id
"""


async def components_told(plan_id: UUID) -> list[dict[str, str | int]]:
    """What is in one of a bundle, as its provisioner is told: product, plan, quantity; nothing of other plans."""
    return [dict(row) for row in await database.fetch(_TOLD, plan_id)]


async def categories_of(actor: Actor, product_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the categories of products, each with its `product_id`, by position."""
    return await _groups_of(actor, product_ids, columns, "product_categories m JOIN categories g ON g.id = category_id")


async def order_types_of(actor: Actor, product_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the order types of products, each with its `product_id`, by position."""
    return await _groups_of(
        actor, product_ids, columns, "product_order_types m JOIN order_types g ON g.id = order_type_id"
    )


async def _groups_of(actor: Actor, product_ids: Sequence[UUID], columns: Collection[str], members: str) -> list[Record]:
    names = ", ".join(f"g.{name}" for name in sorted({*columns, "id"} - {"product_id"}))
    sql = (
        f"SELECT m.product_id, {names} FROM {members} JOIN products p ON p.id = m.product_id "  # noqa: S608 - constants
        f"WHERE m.product_id = ANY($1) AND {_SEEN.format('p')} AND {_SEEN.format('g')} "
        "ORDER BY g.position, g.name, g.id"
    )
    return await _fetch(actor, sql, product_ids)


async def add_ons_of(actor: Actor, plan_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the add-ons that plans may be sold with."""
    return await _parts_of(actor, plan_ids, columns, "plan_add_ons a JOIN plans t ON t.id = a.add_on_id")


async def components_of(actor: Actor, plan_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of what bundles are made of."""
    return await _parts_of(actor, plan_ids, columns, "plan_components a JOIN plans t ON t.id = a.component_id")


async def _parts_of(actor: Actor, plan_ids: Sequence[UUID], columns: Collection[str], parts: str) -> list[Record]:
    names = ", ".join(f"a.{name}" for name in sorted({*columns, "id", "plan_id"}))
    sql = (
        f"SELECT {names} FROM {parts} JOIN plans p ON p.id = a.plan_id "  # noqa: S608 - constants
        f"WHERE a.plan_id = ANY($1) AND {_SEEN.format('p')} AND {_PLAN_SEEN} ORDER BY a.plan_id, a.id"
    )
    return await _fetch(actor, sql, plan_ids)


async def plans_named(actor: Actor, plan_ids: Sequence[UUID]) -> dict[UUID, Record]:
    """Plans of the actor's own or its sellers', with what decides whether they can be part of another one.

    Those of its buyers are left out: not everybody who sees the other plan would see them.
    """
    sql = (
        "SELECT t.id, t.name, t.status, t.kind, p.type AS product_type "
        "FROM plans t JOIN products p ON p.id = t.product_id "
        "WHERE t.id = ANY($1) AND t.scope = ANY($2) AND (t.scope = $3 OR p.status <> 'DRAFT')"
    )
    rows = await database.fetch(sql, list(plan_ids), actor.scope.chain, actor.scope.path)
    return {row["id"]: row for row in rows}


async def has_plans(product_id: UUID) -> bool:
    """Whether a product has a plan that can be chosen."""
    sql = "SELECT EXISTS (SELECT FROM plans WHERE product_id = $1 AND status = $2)"
    return bool(await database.fetch_value(sql, product_id, PlanStatus.ACTIVE.value))


async def _fetch(actor: Actor, sql: str, ids: Sequence[UUID]) -> list[Record]:
    return await database.fetch(sql, list(ids), actor.scope.lower, actor.scope.upper, actor.scope.chain)
