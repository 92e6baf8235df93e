"""Reading orders."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing

ORDERS: Final = Listing(
    "orders",
    filters={
        "state": "state",
        "number": "number",
        "customer_id": "organization_id",
        "subscription_reference": "subscription_reference",
        "created_at": "created_at",
    },
    sorts={"CREATED_AT": ("created_at", ColumnType.INSTANT), "NUMBER": ("number", ColumnType.TEXT)},
)

_LINES: Final = """
SELECT l.*, o.currency
FROM order_lines l JOIN orders o ON o.id = l.order_id
WHERE l.order_id = ANY($1) AND l.scope >= $2 AND l.scope < $3 ORDER BY l.order_id, l.position
"""


async def lines_of(actor: Actor, order_ids: Sequence[UUID]) -> list[Record]:
    """The lines of visible orders, in their own order, with the currency of their amounts."""
    return await database.fetch(_LINES, list(order_ids), actor.scope.lower, actor.scope.upper)
