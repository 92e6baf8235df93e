"""Reading the catalog: products and plans as offered down the chain."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing, Through, Visibility

# With the terms in force today (UTC), which are read where they are asked for.
_WITH_TERMS: Final = """(SELECT p.*, (SELECT t.id FROM terms_documents t
  WHERE t.product_id = p.id AND t.valid_from <= (now() AT TIME ZONE 'UTC')::date ORDER BY t.version DESC LIMIT 1
) AS terms_id FROM products p) AS products"""

PRODUCTS: Final = Listing(
    _WITH_TERMS,
    filters={
        "key": "key",
        "name": "name",
        "type": "type",
        "status": "status",
        "orderability": "orderability",
        "is_system": "is_system",
        "category_id": Through("product_categories", "product_id", "category_id"),
        "order_type_id": Through("product_order_types", "product_id", "order_type_id"),
    },
    sorts={
        "NAME": ("name", ColumnType.TEXT),
        "CREATED_AT": ("created_at", ColumnType.INSTANT),
        "KEY": ("key", ColumnType.TEXT),
        "TYPE": ("type", ColumnType.TEXT),
        "STATUS": ("status", ColumnType.TEXT),
    },
    visibility=Visibility.SELLERS_TOO,
    defaults={"is_system": False},
    offered="status <> 'DRAFT'",
)
# What belongs to a draft is seen by its owner alone, as the draft is.
_PUBLISHED: Final = "EXISTS (SELECT FROM products d WHERE d.id = product_id AND d.status <> 'DRAFT')"
PLANS: Final = Listing("plans", visibility=Visibility.SELLERS_TOO, offered=_PUBLISHED)
TERMS: Final = Listing(
    "terms_documents",
    filters={"product_id": "product_id", "version": "version"},
    sorts={"VERSION": ("version", ColumnType.INTEGER)},
    visibility=Visibility.SELLERS_TOO,
    offered=_PUBLISHED,
)
_GROUP_FILTERS: Final = {"key": "key", "name": "name"}
_GROUP_SORTS: Final = {"POSITION": ("position", ColumnType.INTEGER), "NAME": ("name", ColumnType.TEXT)}
CATEGORIES: Final = Listing("categories", filters=_GROUP_FILTERS, sorts=_GROUP_SORTS, visibility=Visibility.SELLERS_TOO)
ORDER_TYPES: Final = Listing(
    "order_types", filters=_GROUP_FILTERS, sorts=_GROUP_SORTS, visibility=Visibility.SELLERS_TOO
)

MAX_PLANS: Final = 50  # of one product that are shown at once


async def plans_of(actor: Actor, product_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the plans of visible products that may be chosen, by rank: the first 50 of each."""
    names = ", ".join(sorted({*columns, "id", "product_id"}))
    sql = (
        f"SELECT p.* FROM unnest($1::uuid[]) AS wanted(id) CROSS JOIN LATERAL (SELECT {names} FROM plans "  # noqa: S608 - constants
        "WHERE product_id = wanted.id AND status = 'ACTIVE' AND (scope >= $2 AND scope < $3 OR scope = ANY($4)) "
        f"ORDER BY rank LIMIT {MAX_PLANS}) AS p"
    )
    return await database.fetch(sql, list(product_ids), actor.scope.lower, actor.scope.upper, actor.scope.chain)


async def plans_for_order(actor: Actor, plan_ids: Sequence[UUID], chain: Sequence[str]) -> dict[UUID, Record]:
    """Plans with what an order needs of their products, published to a buyer whose chain of scopes this is."""
    sql = (
        "SELECT p.id, p.key, p.name, p.max_quantity, p.product_id, d.key AS product_key, d.name AS product_name, "
        "d.status, d.orderability, d.order_otherwise, d.provisioner, d.parameter_schema, p.status AS plan_status, "
        "p.sales_models, p.kind, p.trial_days, p.postponed_billing_months, d.type AS product_type, "
        "ARRAY(SELECT jsonb_build_array(a.add_on_id, a.min_quantity, a.max_quantity, a.per) "
        "FROM plan_add_ons a WHERE a.plan_id = p.id) AS add_ons "
        "FROM plans p JOIN products d ON d.id = p.product_id WHERE p.id = ANY($1) AND d.scope = ANY($2) "
        "AND d.status <> 'DRAFT' "
        "AND (d.scope >= $3 AND d.scope < $4 OR d.scope = ANY($5))"
    )
    seen = (actor.scope.lower, actor.scope.upper, actor.scope.chain)
    return {row["id"]: row for row in await database.fetch(sql, list(plan_ids), list(chain), *seen)}
