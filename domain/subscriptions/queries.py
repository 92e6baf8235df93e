"""Reading subscriptions."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.access.people import MEMBERS
from domain.shared import database
from domain.shared.actor import Actor, Permission
from domain.shared.cursors import ColumnType
from domain.shared.listing import Listing

SUBSCRIPTIONS: Final = Listing(
    "subscriptions",
    filters={
        "state": "state",
        "customer_id": "organization_id",
        "order_id": "order_id",
        "reference": "reference",
        "is_protected": "is_protected",
        "account_id": "account_id",
        "contract_id": "contract_id",
        "created_at": "created_at",
    },
    sorts={"CREATED_AT": ("created_at", ColumnType.INSTANT)},
)


async def assignees_of(actor: Actor, subscription_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the members that are assigned to subscriptions; none for who may not see members."""
    if Permission.MEMBERS_READ not in actor.permissions:
        return []
    names = ", ".join(f"members.{name}" for name in sorted({*columns, "id"} - {"subscription_id"}))
    sql = (
        f"SELECT a.subscription_id, {names} FROM subscription_assignees a "  # noqa: S608 - constants
        f"JOIN {MEMBERS.table} ON members.id = a.member_id "
        "WHERE a.subscription_id = ANY($1) AND a.scope >= $2 AND a.scope < $3 ORDER BY members.id"
    )
    return await database.fetch(sql, list(subscription_ids), actor.scope.lower, actor.scope.upper)
