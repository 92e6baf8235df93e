"""Reading orders."""

from collections.abc import Collection, Sequence
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

# Lines by themselves, for whoever kept the id of one: with the currency of their amounts, which is their order's.
LINES: Final = Listing(
    "(SELECT l.*, o.currency FROM order_lines l JOIN orders o ON o.id = l.order_id) AS order_lines",
)

# The amounts of a line are in its order's currency.
_ELSEWHERE: Final = {"currency": "o.currency"}


async def lines_of(actor: Actor, order_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the lines of visible orders, in their own order; `currency` is their order's."""
    names = ", ".join(_ELSEWHERE.get(name, f"l.{name}") for name in sorted({*columns, "id", "order_id"}))
    sql = (
        f"SELECT {names} FROM order_lines l JOIN orders o ON o.id = l.order_id "  # noqa: S608 - constants
        "WHERE l.order_id = ANY($1) AND l.scope >= $2 AND l.scope < $3 ORDER BY l.order_id, l.position"
    )
    return await database.fetch(sql, list(order_ids), actor.scope.lower, actor.scope.upper)
