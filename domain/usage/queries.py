"""Reading the usage of subscriptions: their months, and the counts themselves."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from domain.shared import database
from domain.shared.actor import Actor

MAX_MONTHS: Final = 24  # of one subscription that are shown at once, the newest ones
MAX_READINGS: Final = 100


async def months_of(actor: Actor, subscription_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the months of visible subscriptions that have begun or will: the newest 24 of each first."""
    return await _newest(actor, subscription_ids, columns, f"usage_months ORDER BY starts_on DESC LIMIT {MAX_MONTHS}")


async def readings_of(actor: Actor, subscription_ids: Sequence[UUID], columns: Collection[str]) -> list[Record]:
    """These columns of the counts of visible subscriptions: the newest 100 of each first."""
    return await _newest(actor, subscription_ids, columns, f"usage_readings ORDER BY at DESC LIMIT {MAX_READINGS}")


async def _newest(actor: Actor, subscription_ids: Sequence[UUID], columns: Collection[str], rows: str) -> list[Record]:
    names = ", ".join(sorted({*columns, "id", "subscription_id"}))
    table, _, order = rows.partition(" ")
    sql = (
        f"SELECT u.* FROM unnest($1::uuid[]) AS wanted(id) CROSS JOIN LATERAL (SELECT {names} FROM {table} "  # noqa: S608 - constants
        f"WHERE subscription_id = wanted.id AND scope >= $2 AND scope < $3 {order}) AS u"
    )
    return await database.fetch(sql, list(subscription_ids), actor.scope.lower, actor.scope.upper)
