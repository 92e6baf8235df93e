"""Reading orders."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing

Row = dict[str, Any]

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


async def order_with_lines(
    actor: Actor, order_id: UUID, columns: Collection[str], line_columns: Collection[str]
) -> tuple[list[Row], list[Row]]:
    """These columns of a visible order and of its lines, in one statement; two empty lists if there is none."""
    own, below, sql = _order_with_lines(frozenset(columns), frozenset(line_columns))
    found = await database.fetch(sql, order_id, actor.scope.lower, actor.scope.upper)
    if not found:
        return [], []
    place = len(own)
    lines = [dict(zip(below, record[place:], strict=True)) for record in found]
    return [dict(zip(own, found[0], strict=False))], lines if lines[0]["id"] is not None else []


@lru_cache(maxsize=256)
def _order_with_lines(
    columns: frozenset[str], line_columns: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The columns that are read of an order, those of its lines, and the statement that reads them."""
    own, below = tuple(sorted(columns | {"id"})), tuple(sorted(line_columns | {"id", "order_id"}))
    of_order = ", ".join(f"o.{name}" for name in own)
    of_line = ", ".join(_ELSEWHERE.get(name, f"l.{name}") for name in below)
    sql = (
        f"SELECT {of_order}, {of_line} FROM orders o "  # noqa: S608 - constants
        "LEFT JOIN order_lines l ON l.order_id = o.id AND l.scope >= $2 AND l.scope < $3 "
        "WHERE o.id = $1 AND o.scope >= $2 AND o.scope < $3 ORDER BY l.position"
    )
    return own, below, sql


async def lines_of(actor: Actor, order_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the lines of visible orders, in their own order; `currency` is their order's."""
    sql = _lines_of(frozenset({*columns, "id", "order_id"}))
    return await database.fetch(sql, list(order_ids), actor.scope.lower, actor.scope.upper)


@lru_cache(maxsize=256)
def _lines_of(columns: frozenset[str]) -> str:
    names = ", ".join(_ELSEWHERE.get(name, f"l.{name}") for name in sorted(columns))
    return (
        f"SELECT {names} FROM order_lines l JOIN orders o ON o.id = l.order_id "  # noqa: S608 - constants
        "WHERE l.order_id = ANY($1) AND l.scope >= $2 AND l.scope < $3 ORDER BY l.order_id, l.position"
    )


async def acceptances_of(actor: Actor, order_ids: Sequence[UUID], _columns: Collection[str]) -> list[Record]:
    """The terms that were accepted with visible orders, in the order of time."""
    return await database.fetch(
        "SELECT * FROM terms_acceptances WHERE order_id = ANY($1) AND scope >= $2 AND scope < $3 ORDER BY id",
        list(order_ids),
        actor.scope.lower,
        actor.scope.upper,
    )


async def forms_of(actor: Actor, order_ids: Sequence[UUID], _columns: Collection[str]) -> list[Record]:
    """The forms of visible orders, the first one first."""
    return await database.fetch(
        "SELECT * FROM order_forms WHERE order_id = ANY($1) AND scope >= $2 AND scope < $3 ORDER BY id",
        list(order_ids),
        actor.scope.lower,
        actor.scope.upper,
    )


async def failed_attempts_of(actor: Actor, line_ids: Sequence[UUID], _columns: Collection[str]) -> list[Record]:
    """How visible lines failed before they were tried again, the first attempt first."""
    return await database.fetch(
        "SELECT * FROM failed_attempts WHERE order_line_id = ANY($1) AND scope >= $2 AND scope < $3 "
        "ORDER BY order_line_id, attempt",
        list(line_ids),
        actor.scope.lower,
        actor.scope.upper,
    )


async def inquiries_of(actor: Actor, order_ids: Sequence[UUID], _columns: Collection[str]) -> list[Record]:
    """What provisioners ask for about the lines of visible orders, in the order of the lines."""
    return await database.fetch(
        "SELECT l.id, l.id AS line_id, l.order_id, o.input_schema, o.input_errors, o.paused_at FROM order_lines l "
        "JOIN instances i USING (subscription_id) "
        "JOIN provisioning_operations o ON o.instance_id = i.id AND o.state = 'NEEDS_INPUT' "
        "WHERE l.order_id = ANY($1) AND l.state = 'INQUIRING' AND l.scope >= $2 AND l.scope < $3 "
        "ORDER BY l.order_id, l.position",
        list(order_ids),
        actor.scope.lower,
        actor.scope.upper,
    )
