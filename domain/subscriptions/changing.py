"""Changing plan, quantity and add-ons within a term: asked of the provisioner, held, and charged once it is done."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from domain.billing.batches import Entry, charge, owe
from domain.billing.quoted import charges_from, kept
from domain.billing.reserving import Reserved, free, reserve
from domain.catalog.part_queries import components_told
from domain.events.types import EventType
from domain.numbers.holding import let_go
from domain.numbers.moving import assign
from domain.provisioning.actions import Failure, start_operation
from domain.provisioning.states import Action, InstanceState
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.calendar import local_date
from domain.shared.errors import Invalid
from domain.shared.ids import encode
from domain.subscriptions.addons import AddOn, add_ons_of
from domain.subscriptions.addons import kept as kept_add_ons
from domain.subscriptions.changes import ChangeKind
from domain.subscriptions.events import failure_event
from domain.subscriptions.guards import SubscriptionAction
from domain.subscriptions.loading import lock_for, lock_row
from domain.subscriptions.numbers import numbers_event
from domain.subscriptions.quoting import Quote, Wish, check_token, quote
from domain.subscriptions.renewing import subject_of
from domain.subscriptions.saving import save
from domain.subscriptions.turns import Turn

SUPERSEDED: Final = Failure("SUPERSEDED", "the subscription ends instead")
_LIVING: Final = "SELECT id FROM instances WHERE subscription_id = $1 AND state <> ALL($2)"
_HELD: Final = """
SELECT * FROM numbers WHERE subscription_id = $1 AND state = 'RESERVED' AND e164 = ANY($2) ORDER BY e164 FOR UPDATE
"""
_TOLD: Final[Mapping[ChangeKind, EventType]] = {
    ChangeKind.UPGRADE: EventType.SUBSCRIPTION_UPGRADED,
    ChangeKind.DOWNGRADE: EventType.SUBSCRIPTION_DOWNGRADED,
    ChangeKind.INCREASE: EventType.SUBSCRIPTION_QUANTITY_CHANGED,
    ChangeKind.DECREASE: EventType.SUBSCRIPTION_QUANTITY_CHANGED,
    ChangeKind.ADD_ONS: EventType.SUBSCRIPTION_ADD_ONS_CHANGED,
}


async def change_content(actor: Actor, subscription_id: UUID, wish: Wish, token: str | None) -> UUID:
    """Another plan of its product, another quantity, other add-ons (B3-S 4, 5): what is more is charged once done.

    Invalid for what cannot be had, Conflict where it costs something else than the preview of this token said or the
    provisioner is at work, InsufficientCredit where the account does not cover it.
    """
    async with database.transaction():
        row = await lock_for(actor, subscription_id, SubscriptionAction.CHANGE_PLAN)
        found = await quote(actor, Turn(dict(row), local_date(actor.at, row["time_zone"])), wish)
        if found.problems:
            raise Invalid(found.problems)
        check_token(actor, found, token)
        await put_through(actor, found)
        return subscription_id


async def put_through(actor: Actor, found: Quote, numbers: Sequence[str] = ()) -> None:
    """Make what was quoted so, or ask its provisioner for it; `numbers` (E.164) are held, and its own with that."""
    turn, gone = found.turn, [InstanceState.DELETED.value, InstanceState.FAILED.value]
    instance_id = await database.fetch_value(_LIVING, turn.row["id"], gone)
    change = _change(actor, found) | {"numbers": list(numbers)}
    if instance_id is None:
        await charge(actor, _entry(turn, change))
        await _apply(actor, turn, change)
    else:
        await _ask(actor, turn, change, instance_id)
    await save(actor, [turn])


async def finish_change(actor: Actor, subscription_id: UUID, operation_id: UUID) -> None:
    """The provisioner has changed it: it is so from now on, and charged as it was quoted. Done before: nothing."""
    async with database.transaction():
        turn = await _changing(actor, subscription_id, operation_id)
        if turn is not None:
            change = turn.row["change"]
            await _free(actor, turn, change)
            await owe(actor, _entry(turn, change))
            await _apply(actor, turn, change)
            await save(actor, [turn])


async def fail_change(actor: Actor, subscription_id: UUID, operation_id: UUID, failure: Failure) -> None:
    """The provisioner could not: all stays as it was, and what was held is free again. Done before: nothing."""
    async with database.transaction():
        turn = await _changing(actor, subscription_id, operation_id)
        if turn is not None:
            await drop_change(actor, turn, failure)
            await save(actor, [turn])


async def abandon_change(actor: Actor, subscription_id: UUID) -> None:
    """Its instance is gone, and with it what was being changed. Nothing was: nothing."""
    async with database.transaction():
        row = await lock_row(subscription_id)
        if row is not None and row["change"] is not None:
            turn = Turn(dict(row), local_date(actor.at, row["time_zone"]))
            await drop_change(actor, turn, SUPERSEDED)
            await save(actor, [turn])


async def drop_change(actor: Actor, turn: Turn, failure: Failure) -> None:
    """Forget the change that is under way, if one is: nothing comes of it. The caller saves the turn."""
    change = turn.row["change"]
    if change is None:
        return
    await _free(actor, turn, change)
    if held := await _held(turn, change):
        await let_go(actor, held)
    turn.row["change"] = None
    told = (change["before"], change["after"])
    turn.events.append(failure_event(EventType.SUBSCRIPTION_CHANGE_FAILED, turn.row, *told, failure))


async def _changing(actor: Actor, subscription_id: UUID, operation_id: UUID) -> Turn | None:
    row = await lock_row(subscription_id)
    if row is None or row["change"] is None or row["change"]["operation_id"] != str(operation_id):
        return None
    return Turn(dict(row), local_date(actor.at, row["time_zone"]))


def _change(actor: Actor, found: Quote) -> dict[str, Any]:
    """A change as it is kept while its provisioner works on it (JSON)."""
    plan, before, after = found.plan, found.before, found.after
    if plan is None or before is None or after is None or found.kind is None:
        raise ValueError("what changes nothing is no change")
    return {
        "id": str(actor.new_id()),
        "kind": found.kind.value,
        "plan_id": str(after.plan_id),
        "plan_key": plan["key"],
        "plan_name": plan["name"],
        "quantity": after.quantity,
        "tier_unit_minor": list(after.tier_unit_minor),
        "add_ons": kept_add_ons(found.add_ons),
        "tier_minor": found.now_minor,
        "charges": kept(found.charges),
        "before": _told(found.turn.row["plan_key"], before.quantity, add_ons_of(found.turn.row)),
        "after": _told(plan["key"], after.quantity, found.add_ons),
        "asked_at": actor.at.isoformat(),
        "operation_id": None,
        "reserved": None,
    }


def _told(plan: str, quantity: int, add_ons: Sequence[AddOn]) -> dict[str, Any]:
    told = [{"product": one.product, "plan": one.plan, "quantity": one.quantity} for one in add_ons]
    return {"plan": plan, "quantity": quantity, "add_ons": told}


async def _ask(actor: Actor, turn: Turn, change: dict[str, Any], instance_id: UUID) -> None:
    request: dict[str, Any] = {"plan": change["plan_key"], "quantity": change["quantity"]}
    if components := await components_told(UUID(change["plan_id"])):
        request["components"] = components
    if change["add_ons"] or turn.row["add_ons"]:
        request["add_ons"] = change["after"]["add_ons"]
    change["operation_id"] = str(await start_operation(actor, instance_id, Action.CHANGE, request))
    owed = change["tier_minor"][-1] if change["tier_minor"] else 0
    reserved = await reserve(actor, subject_of(turn), owed, note=_note(turn))
    if reserved is not None:
        change["reserved"] = [str(reserved.account_id), reserved.amount_minor]
    turn.row["change"] = change
    told = (change["before"], change["after"], change["tier_minor"] or None)
    turn.tell(EventType.SUBSCRIPTION_CHANGE_REQUESTED, *told)


def _note(turn: Turn) -> str:
    return f"a change of {encode('Subscription', turn.row['id'])}"


async def _free(actor: Actor, turn: Turn, change: Mapping[str, Any]) -> None:
    if change["reserved"] is not None:
        account_id, amount_minor = change["reserved"]
        await free(actor, Reserved(UUID(account_id), amount_minor), note=_note(turn))


def _entry(turn: Turn, change: Mapping[str, Any]) -> Entry:
    """What is charged for a change, under the name of the plan that it is to."""
    to = Turn(turn.row | {"plan_id": UUID(change["plan_id"]), "plan_name": change["plan_name"]}, turn.today)
    source = f"change:{turn.row['id']}:{change['id']}"
    return Entry(subject_of(to), charges_from(change["charges"]), source)


async def _held(turn: Turn, change: Mapping[str, Any]) -> list[Record]:
    """The numbers that are held for a change, locked."""
    return await database.fetch(_HELD, turn.row["id"], change["numbers"]) if change["numbers"] else []


async def _apply(actor: Actor, turn: Turn, change: Mapping[str, Any]) -> None:
    turn.row |= {
        "plan_id": UUID(change["plan_id"]),
        "quantity": change["quantity"],
        "tier_unit_minor": change["tier_unit_minor"],
        "add_ons": change["add_ons"],
        "change": None,
    }
    told = (change["before"], change["after"], change["tier_minor"] or None)
    turn.tell(_TOLD[ChangeKind(change["kind"])], *told)
    if held := await _held(turn, change):
        await assign(actor, held, turn.row["id"])
        turn.events.append(numbers_event(turn.row, [], [row["e164"] for row in held]))
