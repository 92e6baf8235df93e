"""Handing a subscription to another customer: its settings are reset, what was paid and what happened stay."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.events.actions import record
from domain.events.types import EventType
from domain.numbers.moving import hand_over
from domain.organizations.queries import chain_to
from domain.organizations.rules import require_active
from domain.pricing.bulk import Wanted, prices_of
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.calendar import local_date
from domain.shared.errors import Conflict, ErrorCode, FieldCode, FieldError, Invalid
from domain.shared.ids import encode
from domain.subscriptions.events import change_event
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.loading import lock_for
from domain.subscriptions.renewing import wanted_of
from domain.subscriptions.turns import Turn
from domain.usage.months import hand_over_months

# A new owner in another time zone has other midnights: it is looked at anew.
_MOVE: Final = """
UPDATE subscriptions SET organization_id = $2, scope = $3, tier_unit_minor = $4, due_at = $5, contract_id = NULL,
       account_id = NULL, reference = NULL, pending_sales_model = NULL, pending_cycle_multiplier = NULL,
       pending_since = NULL
WHERE id = $1
"""
_LIVE: Final = """
SELECT o.action FROM provisioning_operations o JOIN instances i ON i.id = o.instance_id
WHERE i.subscription_id = $1 AND o.finished_at IS NULL
"""
_MOVE_OPERATIONS: Final = """
UPDATE provisioning_operations SET organization_id = $2, scope = $3
WHERE instance_id = (SELECT id FROM instances WHERE subscription_id = $1)
"""
_MOVE_INSTANCE: Final = "UPDATE instances SET organization_id = $2, scope = $3 WHERE subscription_id = $1"


async def transfer_subscription(actor: Actor, subscription_id: UUID, owner_id: UUID) -> UUID:
    """Hand it to another customer of the actor's subtree (B3-S 1), billed to that from its next renewal on.

    Its numbers go with it; assignees, contract, account, reference and pending change are reset. Both owners are told;
    neither sees what happened at the other. Invalid for an owner that cannot have it, Conflict while its provisioner
    works on it.
    """
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.TRANSFER)
        chain = await chain_to(actor, owner_id)
        _check_owner(row, chain)
        require_active(chain)
        if (live := await database.fetch_value(_LIVE, subscription_id)) is not None:
            message = f"{live} is under way at its provisioner: wait for its end"
            raise Conflict(message, ErrorCode.OPERATION_IN_PROGRESS, current=row["state"])
        owner = chain[-1]
        tiers = await _prices(actor, row, owner)
        place = (subscription_id, owner_id, owner["scope"])
        await database.execute("DELETE FROM subscription_assignees WHERE subscription_id = $1", subscription_id)
        await database.execute(_MOVE, *place, tiers, actor.at)
        await database.execute(_MOVE_OPERATIONS, *place)
        await database.execute(_MOVE_INSTANCE, *place)
        today = local_date(actor.at, row["time_zone"])
        await hand_over_months(subscription_id, after=today, customer_id=owner_id, scope=owner["scope"], tiers=tiers)
        await hand_over(actor, subscription_id, customer_id=owner_id, scope=owner["scope"])
        await _tell(actor, row, owner)
        return subscription_id


def _check_owner(row: Record, chain: Sequence[Record]) -> None:
    owner = chain[-1]
    problem = None
    if owner["kind"] != OrganizationKind.CUSTOMER:
        problem = (FieldCode.NOT_ALLOWED, f"{owner['name']} is no customer")
    elif owner["id"] == row["organization_id"]:
        problem = (FieldCode.NOT_ALLOWED, "has this subscription already")
    elif owner["currency"] != row["currency"]:
        problem = (FieldCode.NOT_APPLICABLE, f"{owner['name']} is billed in {owner['currency']}")
    if problem is not None:
        raise Invalid([FieldError("owner", *problem)])


async def _prices(actor: Actor, row: Record, owner: Record) -> list[int]:
    """Its own unit prices under the same seller; under another one those of today there, or it cannot be had there."""
    if owner["scope"].rsplit(".", 2)[0] == row["scope"].rsplit(".", 2)[0]:
        own: list[int] = row["tier_unit_minor"]
        return own
    if row["add_ons"]:
        message = "its add-ons are those of another seller: remove them first"
        raise Invalid([FieldError("owner", FieldCode.NOT_APPLICABLE, message)])
    turn = Turn(dict(row) | {"scope": owner["scope"], "contract_id": None}, local_date(actor.at, owner["time_zone"]))
    wanted: Wanted = wanted_of(turn, turn.billing, on=turn.today)
    found = (await prices_of([wanted])).get(wanted)
    if found is None:
        message = f"{row['plan_name']} is not sold {row['sales_model']} in {row['currency']} to {owner['name']}"
        raise Invalid([FieldError("owner", FieldCode.NOT_ALLOWED, message)])
    return found


async def _tell(actor: Actor, row: Record, owner: Record) -> None:
    """One event for each owner: that of the other is told of by its sellers' names for it, never by its history."""
    before, after = ({"customer_id": encode("Organization", one)} for one in (row["organization_id"], owner["id"]))
    moved: Mapping[str, Any] = dict(row) | {"organization_id": owner["id"], "scope": owner["scope"], "reference": None}
    happened = EventType.SUBSCRIPTION_TRANSFERRED
    await record(
        actor,
        change_event(happened, row, before=before, after={"customer_id": None}),
        change_event(happened, moved, before={"customer_id": None}, after=after),
    )
