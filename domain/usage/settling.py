"""Taking in what provisioners report, and charging each month once it is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.billing.charges import Rate
from domain.billing.charging import Subject, write_charges
from domain.discounts.lasting import lasting_discounts
from domain.discounts.rules import Line, apply_discounts
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import Term, local_date
from domain.shared.ids import encode
from domain.shared.leases import Queue
from domain.shared.money import round_minor
from domain.usage.rules import Reading, closes_at, highest_count, midnight, month_charges, next_look, share_of

USAGE_QUEUE: Final = Queue("usage_months")
_PERIOD_MONTHS: Final = 1  # postpaid plans are sold by the month only
_INSTANCE: Final = """
SELECT i.id, i.provisioner, i.created_at,
       EXISTS (SELECT FROM usage_readings r WHERE r.instance_id = i.id AND r.at <= $2) AS has_older
FROM instances i WHERE i.subscription_id = $1
"""
# Locked in this order by whoever changes a subscription: its row, then its months.
_LOCK: Final = "SELECT id, order_id, order_line_id, product_id FROM subscriptions WHERE id = $1 FOR UPDATE"
_MONTH: Final = """
SELECT m.*, o.time_zone, d.name AS product_name, p.name AS plan_name
FROM usage_months m
JOIN organizations o ON o.id = m.organization_id
JOIN plans p ON p.id = m.plan_id
JOIN products d ON d.id = p.product_id
WHERE m.id = $1 AND m.lease_token = $2 FOR UPDATE OF m
"""
_KEEP: Final = """
INSERT INTO usage_readings (id, instance_id, subscription_id, scope, at, users)
SELECT n.id, $2, $3, $4, n.at, n.users FROM unnest($1::uuid[], $5::timestamptz[], $6::int[]) AS n(id, at, users)
ON CONFLICT (instance_id, at) DO UPDATE SET users = excluded.users WHERE usage_readings.users <> excluded.users
"""
_KNOWN: Final = """
(SELECT at, users FROM usage_readings WHERE subscription_id = $1 AND at <= $2 ORDER BY at DESC LIMIT 1)
UNION ALL SELECT at, users FROM usage_readings WHERE subscription_id = $1 AND at > $2 AND at < $3
"""


async def instance_to_ask(month: Record) -> tuple[Record | None, datetime]:
    """The instance whose users a month (its row) counts, if there is one, and from when on its counts are wanted.

    From the month's first moment on, again each time: what is reported late or corrected is taken as long as the month
    is not charged. From its making on while it is not known what stood as the month began.
    """
    sql = "SELECT time_zone FROM organizations WHERE id = $1"
    begins = midnight(month["starts_on"], await database.fetch_value(sql, month["organization_id"]))
    found = await database.fetch_row(_INSTANCE, month["subscription_id"], begins)
    return found, begins if found is None or found["has_older"] else min(begins, found["created_at"])


async def postpone(month: Record, *, until: datetime) -> bool:
    """Ask again then; False when the lease was lost."""
    return await USAGE_QUEUE.settle(month["id"], month["lease_token"], due_at=until)


async def take_in(actor: Actor, month: Record, instance_id: UUID | None, readings: Sequence[Reading]) -> bool:
    """Keep what was reported, and charge the month if it is over; until then it is looked at again.

    False when the lease was lost: whoever has it now does all of it.
    """
    async with database.transaction():
        subscription = await database.fetch_row(_LOCK, month["subscription_id"])
        row = await database.fetch_row(_MONTH, month["id"], month["lease_token"])
        if row is None or subscription is None:
            return False
        if instance_id is not None:
            await _keep(actor, row, instance_id, readings)
        term = Term(row["starts_on"], row["ends_on"])
        users = await _highest(row, term)
        closes = closes_at(term, row["time_zone"])
        held = (row["id"], row["lease_token"])
        if actor.at < closes:
            due_at = next_look(actor.at, closes)
            return await USAGE_QUEUE.settle(*held, due_at=due_at, users=users, attempts=0)
        # Where nobody counts, or nothing was ever reported, the seats that were set up are what was used.
        counted = row["quantity"] if users is None else users
        amounts = await _charge(actor, dict(row), subscription, term, counted)
        return await USAGE_QUEUE.settle(*held, due_at=None, users=counted, tier_minor=amounts, charged_at=actor.at)


async def _keep(actor: Actor, row: Record, instance_id: UUID, readings: Sequence[Reading]) -> None:
    latest = {reading.at: reading.users for reading in readings if reading.at <= actor.at + timedelta(minutes=5)}
    if latest:
        about = (instance_id, row["subscription_id"], row["scope"])
        ids = [actor.new_id() for _ in latest]
        await database.execute(_KEEP, ids, *about, list(latest), list(latest.values()))


async def _highest(row: Record, month: Term) -> int | None:
    begins, ends = (midnight(day, row["time_zone"]) for day in (month.start, month.end))
    known = await database.fetch(_KNOWN, row["subscription_id"], begins, ends)
    return highest_count((Reading(one["at"], one["users"]) for one in known), begins, ends)


async def _charge(actor: Actor, row: dict[str, Any], subscription: Record, month: Term, users: int) -> list[int]:
    """Write what the month costs on every edge, once and for all, and tell it; answers the amounts (minor units)."""
    rates = [Rate(unit, users, row["currency"], _PERIOD_MONTHS) for unit in row["tier_unit_minor"]]
    share = share_of(month, row["planned_end"])
    edges = month_charges(rates, month, share, await _discounts(row, subscription, rates, share))
    about = Subject(
        customer_id=row["organization_id"],
        scope=row["scope"],
        on=local_date(actor.at, row["time_zone"]),
        description=f"{row['product_name']}, {row['plan_name']}",
        subscription_id=row["subscription_id"],
        plan_id=row["plan_id"],
        order_id=subscription["order_id"],
        order_line_id=subscription["order_line_id"],
        reference=row["reference"],
        group_id=row["account_id"],
    )
    await write_charges(actor, about, edges, source=f"usage:{row['subscription_id']}:{month.start}")
    amounts = [sum(charge.amount_minor for charge in edge) for edge in edges]
    await record(actor, _charged(row, month, users, amounts))
    return amounts


async def _discounts(row: dict[str, Any], subscription: Record, rates: Sequence[Rate], share: Fraction) -> list[int]:
    """What the order's discounts take off on every edge; fixed amounts are for a cycle: its first month has them."""
    given = (await lasting_discounts([subscription["id"]])).get(subscription["id"], {})
    off = []
    for edge, rate in enumerate(rates):
        lasting = [one for one in given.get(edge, ()) if one.fixed_minor is None or row["place"] == 0]
        line = Line(round_minor(rate.period_minor * share), subscription["product_id"], row["plan_id"])
        taken = apply_discounts([line], lasting, row["cycle"])
        off.append(sum(parts[0] for parts in taken.values()))
    return off


def _charged(row: dict[str, Any], month: Term, users: int, amounts: Sequence[int]) -> NewEvent:
    data = {
        "subscription_id": encode("Subscription", row["subscription_id"]),
        "customer_id": encode("Organization", row["organization_id"]),
        "reference": row["reference"],
        "starts_on": month.start.isoformat(),
        "last_day": month.last_day.isoformat(),
        "users": users,
    }
    place = (row["organization_id"], row["scope"], row["subscription_id"])
    return NewEvent(EventType.SUBSCRIPTION_USAGE_CHARGED, *place, data, amounts, row["currency"])
