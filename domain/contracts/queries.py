"""Reading contracts: their customers and sellers see what was agreed, sellers further up only that it was."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.catalog.models import SalesModel
from domain.contracts.rules import MAX_AGREED
from domain.pricing.queries import Agreed
from domain.shared import database
from domain.shared.actor import Actor, Permission
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing

CONTRACTS: Final = Listing(
    "(SELECT c.*, o.time_zone FROM contracts c JOIN organizations o ON o.id = c.organization_id) AS contracts",
    filters={
        "number": "number",
        "external_reference": "external_reference",
        "customer_id": "organization_id",
        "created_at": "created_at",
    },
    sorts={"NUMBER": ("number", ColumnType.TEXT), "CREATED_AT": ("created_at", ColumnType.INSTANT)},
)

# The price is of the last edge of the customer's chain: amounts by edge, of which the others are not there to see.
_PRICES: Final = f"""
SELECT p.id, p.contract_id, p.plan_id, p.sales_model, c.currency, c.scope,
       array_fill(NULL::bigint, ARRAY[greatest(array_length(string_to_array(c.scope, '.'), 1) - 3, 0)])
         || p.unit_minor AS tier_unit_minor
FROM unnest($1::uuid[]) AS wanted(id)
CROSS JOIN LATERAL (SELECT * FROM contract_prices WHERE contract_id = wanted.id ORDER BY id LIMIT {MAX_AGREED}) AS p
JOIN contracts c ON c.id = p.contract_id WHERE c.scope >= $2 AND c.scope < $3
ORDER BY p.contract_id, p.id
"""  # noqa: S608 - a constant
_WITH_PRICES: Final = """
SELECT c.id, c.organization_id, c.number, c.starts_on, c.ends_on, c.currency,
       array_agg(p.plan_id) FILTER (WHERE p.id IS NOT NULL) AS plan_ids,
       array_agg(p.sales_model) FILTER (WHERE p.id IS NOT NULL) AS sales_models,
       array_agg(p.unit_minor) FILTER (WHERE p.id IS NOT NULL) AS unit_minor
FROM contracts c LEFT JOIN contract_prices p ON p.contract_id = c.id
"""
_FOR_ORDER: Final = (
    f"{_WITH_PRICES} WHERE c.id = $1 AND c.organization_id = $2 AND c.scope >= $3 AND c.scope < $4 GROUP BY c.id"
)
_FOR_ORDERS: Final = f"{_WITH_PRICES} WHERE c.id = ANY($1) AND c.scope >= $2 AND c.scope < $3 GROUP BY c.id"


async def agreed_prices_of(actor: Actor, contract_ids: Sequence[UUID], _columns: Collection[str]) -> list[Record]:
    """The prices of visible contracts, at most 100 of each."""
    return await database.fetch(_PRICES, list(contract_ids), actor.scope.lower, actor.scope.upper)


async def contracts_by_ids(actor: Actor, ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of visible contracts; none for who may not read contracts."""
    if Permission.CONTRACTS_READ not in actor.permissions:
        return []
    return await CONTRACTS.by_ids(actor, ids, columns)


async def contract_for_order(actor: Actor, contract_id: UUID, customer_id: UUID) -> Record | None:
    """A contract of this customer with all its prices; None when there is none, or not for the actor."""
    return await database.fetch_row(_FOR_ORDER, contract_id, customer_id, actor.scope.lower, actor.scope.upper)


async def contracts_for_orders(actor: Actor, contract_ids: Sequence[UUID]) -> dict[UUID, Record]:
    """Visible contracts with all their prices, by id; whose each is stands in it."""
    rows = await database.fetch(_FOR_ORDERS, list(contract_ids), actor.scope.lower, actor.scope.upper)
    return {row["id"]: row for row in rows}


def agreed_in(contract: Record) -> Agreed:
    """The unit prices of a contract, in minor units, by plan and sales model."""
    named = zip(contract["plan_ids"] or (), contract["sales_models"] or (), contract["unit_minor"] or (), strict=True)
    return {(plan_id, SalesModel(model)): unit for plan_id, model, unit in named}
