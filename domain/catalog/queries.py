"""Reading the catalog: products and plans as offered down the chain."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing, Visibility

PRODUCTS: Final = Listing(
    "products",
    filters={
        "key": "key",
        "name": "name",
        "type": "type",
        "status": "status",
        "orderability": "orderability",
        "is_system": "is_system",
    },
    sorts={"NAME": ("name", ColumnType.TEXT), "CREATED_AT": ("created_at", ColumnType.INSTANT)},
    visibility=Visibility.SELLERS_TOO,
    defaults={"is_system": False},
)
PLANS: Final = Listing("plans", visibility=Visibility.SELLERS_TOO)

MAX_PLANS: Final = 50  # of one product that are shown at once


async def plans_of(actor: Actor, product_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the plans of visible products, by rank: the first 50 of each."""
    names = ", ".join(sorted({*columns, "id", "product_id"}))
    sql = (
        f"SELECT p.* FROM unnest($1::uuid[]) AS wanted(id) CROSS JOIN LATERAL (SELECT {names} FROM plans "  # noqa: S608 - constants
        "WHERE product_id = wanted.id AND (scope >= $2 AND scope < $3 OR scope = ANY($4)) "
        f"ORDER BY rank LIMIT {MAX_PLANS}) AS p"
    )
    return await database.fetch(sql, list(product_ids), actor.scope.lower, actor.scope.upper, actor.scope.chain)


async def plans_for_order(actor: Actor, plan_ids: Sequence[UUID], chain: Sequence[str]) -> dict[UUID, Record]:
    """Plans with what an order needs of their products, published to a buyer whose chain of scopes this is."""
    sql = (
        "SELECT p.id, p.key, p.name, p.max_quantity, p.product_id, d.key AS product_key, d.name AS product_name, "
        "d.status, d.orderability, d.order_otherwise, d.provisioner, d.parameter_schema "
        "FROM plans p JOIN products d ON d.id = p.product_id WHERE p.id = ANY($1) AND d.scope = ANY($2) "
        "AND (d.scope >= $3 AND d.scope < $4 OR d.scope = ANY($5))"
    )
    seen = (actor.scope.lower, actor.scope.upper, actor.scope.chain)
    return {row["id"]: row for row in await database.fetch(sql, list(plan_ids), list(chain), *seen)}
