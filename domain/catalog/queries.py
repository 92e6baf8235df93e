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


# What an order needs of a plan and its product, in the order of `PLAN_COLUMNS`; `parameter_schema` is JSON as text.
PLAN_COLUMNS: Final = {
    "id": "p.id",
    "key": "p.key",
    "name": "p.name",
    "max_quantity": "p.max_quantity",
    "product_id": "p.product_id",
    "product_key": "d.key",
    "product_name": "d.name",
    "status": "d.status",
    "orderability": "d.orderability",
    "order_otherwise": "d.order_otherwise",
    "provisioner": "d.provisioner",
    "parameter_schema": "d.parameter_schema::text",
    "plan_status": "p.status",
    "sales_models": "p.sales_models",
    "terms_id": "t.id",
    "terms_version": "t.version",
    "kind": "p.kind",
    "charging": "p.charging",
    "trial_days": "p.trial_days",
    "postponed_billing_months": "p.postponed_billing_months",
    "product_type": "d.type",
    "add_ons": "ARRAY(SELECT jsonb_build_array(a.add_on_id, a.min_quantity, a.max_quantity, a.per)::text "
    "FROM plan_add_ons a WHERE a.plan_id = p.id)",
    "components": "ARRAY(SELECT jsonb_build_array(q.id, e.name || ', ' || q.name, c.quantity, e.provisioner, "
    "q.status = 'ACTIVE' AND e.status = 'ACTIVE')::text FROM plan_components c JOIN plans q ON q.id = c.component_id "
    "JOIN products e ON e.id = q.product_id WHERE c.plan_id = p.id ORDER BY c.id)",
}
# The terms of product `d` that are in force today (UTC).
_IN_FORCE: Final = """SELECT t.id, t.version FROM terms_documents t WHERE t.product_id = d.id
  AND t.valid_from <= (now() AT TIME ZONE 'UTC')::date ORDER BY t.version DESC LIMIT 1"""


def plans_sql(*, ids: str, chain: str, lower: str, upper: str, above: str) -> str:
    """SQL: rows of PLAN_COLUMNS, of plans published to a buyer with this chain of scopes, and visible to the actor."""
    return (
        f"SELECT {', '.join(PLAN_COLUMNS.values())} FROM plans p JOIN products d ON d.id = p.product_id "  # noqa: S608 - constants and placeholders
        f"LEFT JOIN LATERAL ({_IN_FORCE}) AS t ON true "
        f"WHERE p.id = ANY({ids}) AND d.scope = ANY({chain}) AND d.status <> 'DRAFT' "
        f"AND (d.scope >= {lower} AND d.scope < {upper} OR d.scope = ANY({above}))"
    )
