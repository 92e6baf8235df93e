"""Plans: added to an own product, changed, and taken off sale."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final
from uuid import UUID

from asyncpg import Record, UniqueViolationError

from domain.billing.policies import ProrationPolicy, RefundPolicy
from domain.catalog.models import Charging, PlanKind, PlanStatus, ProductType, SalesModel
from domain.catalog.part_queries import plans_named
from domain.catalog.parts import LimitPer
from domain.catalog.plan_rules import ADDABLE, AddOnDraft, ComponentDraft, PlanDraft, check_plan
from domain.catalog.product_rules import changed
from domain.catalog.products import lock_product
from domain.catalog.queries import MAX_PLANS, PLANS
from domain.catalog.states import PLAN
from domain.catalog.writing import insert, replace_rows, update
from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import Conflict, ErrorCode, FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode

_TAKEN: Final = {"plans_key": "key", "plans_rank": "rank"}
_OWN: Final = frozenset({"addons", "components"})  # fields of a draft that stand in rows of their own
_PARTS: Final = """
SELECT add_on_id AS plan_id, min_quantity, max_quantity, per FROM plan_add_ons WHERE plan_id = $1 ORDER BY id
"""
_COMPONENTS: Final = "SELECT component_id AS plan_id, quantity FROM plan_components WHERE plan_id = $1 ORDER BY id"


async def create_plan(actor: Actor, product_id: UUID, draft: PlanDraft) -> UUID:
    """Add a plan to an own product; a key or rank that another of its plans has is ALREADY_EXISTS."""
    async with database.transaction():
        product = await lock_product(actor, product_id)
        await check_parts(actor, draft, ProductType(product["type"]))
        count = "SELECT count(*) FROM plans WHERE product_id = $1 AND status = 'ACTIVE'"
        if await database.fetch_value(count, product_id) >= MAX_PLANS:
            raise Conflict(f"a product has at most {MAX_PLANS} plans on sale; archive one first")
        plan_id = await insert_plan(actor, product_id, draft)
        await record(actor, plan_event(actor, EventType.PLAN_CREATED, product_id, plan_id, draft))
        return plan_id


async def update_plan(actor: Actor, plan_id: UUID, changes: Mapping[str, Any]) -> UUID:
    """Change these fields of a plan of an own product; what stays the same is not told of."""
    async with database.transaction():
        product, row = await _lock(actor, plan_id)
        before = await plan_draft_of(row)
        draft = replace(before, **changes)
        await check_parts(actor, draft, ProductType(product["type"]), plan_id=plan_id)
        if names := await write_plan(actor, plan_id, before, draft):
            data = {"changed": names}
            await record(actor, plan_event(actor, EventType.PLAN_UPDATED, product["id"], plan_id, draft, data))
        return plan_id


async def archive_plan(actor: Actor, plan_id: UUID) -> UUID:
    """Sell a plan no more; subscriptions to it go on."""
    async with database.transaction():
        product, row = await _lock(actor, plan_id)
        PLAN.check(PlanStatus(row["status"]), PlanStatus.ARCHIVED)
        await update("plans", plan_id, {"status": PlanStatus.ARCHIVED.value})
        draft = await plan_draft_of(row)
        await record(actor, plan_event(actor, EventType.PLAN_ARCHIVED, product["id"], plan_id, draft))
        return plan_id


async def _lock(actor: Actor, plan_id: UUID) -> tuple[Record, Record]:
    """A plan with its product, which is locked and is the actor's own."""
    found = await PLANS.by_ids(actor, [plan_id], ("product_id",))
    if not found:
        raise NotFound("plan", encode("Plan", plan_id))
    product = await lock_product(actor, found[0]["product_id"])
    row = await database.fetch_row("SELECT * FROM plans WHERE id = $1", plan_id)
    if row is None:
        raise LookupError("plans are never deleted")
    return product, row


async def check_parts(
    actor: Actor, draft: PlanDraft, product_type: ProductType, *, plan_id: UUID | None = None
) -> None:
    """Refuse a draft with everything wrong in it; its add-ons and components are plans that the actor can see.

    `plan_id` is the plan's own, where it is there already: it is no part of itself.
    """
    problems = check_plan(draft, product_type)
    add_ons = [part.plan_id for part in draft.addons]
    components = [part.plan_id for part in draft.components]
    known = await plans_named(actor, add_ons + components) if add_ons or components else {}
    for place, part_id in enumerate(add_ons):
        problems += _check_part(f"addons.{place}.planId", known.get(part_id), plan_id, _check_add_on)
    for place, part_id in enumerate(components):
        problems += _check_part(f"components.{place}.planId", known.get(part_id), plan_id, _check_component)
    if problems:
        raise Invalid(problems)


def _check_part(
    path: str, plan: Record | None, own_id: UUID | None, check: Callable[[Record], str | None]
) -> list[FieldError]:
    if plan is None:
        return [FieldError(path, FieldCode.NOT_FOUND, "no such plan is offered to you")]
    reason = "is the plan itself" if plan["id"] == own_id else check(plan)
    if reason is None and plan["status"] != PlanStatus.ACTIVE:
        reason = f"{plan['name']} is not sold any more"
    return [FieldError(path, FieldCode.NOT_ALLOWED, reason)] if reason else []


def _check_add_on(plan: Record) -> str | None:
    return None if plan["kind"] in ADDABLE else f"{plan['name']} is neither an add-on nor a number"


def _check_component(plan: Record) -> str | None:
    return f"{plan['name']} is a bundle itself" if plan["product_type"] == ProductType.BUNDLE else None


async def plan_draft_of(row: Record) -> PlanDraft:
    """A plan as it stands, in the form in which its owner writes it."""
    add_ons = await database.fetch(_PARTS, row["id"])
    components = await database.fetch(_COMPONENTS, row["id"])
    return PlanDraft(
        key=row["key"],
        name=row["name"],
        rank=row["rank"],
        max_quantity=row["max_quantity"],
        kind=PlanKind(row["kind"]),
        charging=Charging(row["charging"]),
        sales_models=frozenset(SalesModel(name) for name in row["sales_models"]),
        max_users=row["max_users"],
        included_numbers=row["included_numbers"],
        trial_days=row["trial_days"],
        postponed_billing_months=row["postponed_billing_months"],
        provisioning_hours=row["provisioning_hours"],
        proration=ProrationPolicy(row["proration"]),
        refund=RefundPolicy(row["refund"]),
        full_refund_days=row["full_refund_days"],
        addons=tuple(
            AddOnDraft(p["plan_id"], p["min_quantity"], p["max_quantity"], LimitPer(p["per"])) for p in add_ons
        ),
        components=tuple(ComponentDraft(p["plan_id"], p["quantity"]) for p in components),
    )


def _row_of(draft: PlanDraft) -> dict[str, Any]:
    row = {name: value for name, value in asdict(draft).items() if name not in _OWN}
    offered = [model.value for model in SalesModel if model in draft.sales_models]
    policies = {"proration": draft.proration.value, "refund": draft.refund.value}
    return row | policies | {"kind": draft.kind.value, "charging": draft.charging.value, "sales_models": offered}


async def insert_plan(actor: Actor, product_id: UUID, draft: PlanDraft) -> UUID:
    """Write a plan with its parts, in the caller's transaction."""
    plan_id = actor.new_id()
    row = {"id": plan_id, "product_id": product_id, "scope": actor.scope.path, "created_at": actor.at}
    try:
        await insert("plans", row | _row_of(draft))
    except UniqueViolationError as error:
        raise _already_exists(error) from error
    await _write_parts(actor, plan_id, draft, sorted(_OWN))
    return plan_id


async def write_plan(actor: Actor, plan_id: UUID, before: PlanDraft, draft: PlanDraft) -> list[str]:
    """Write what is different, in the caller's transaction; the names of the fields that are."""
    names = changed(before, draft)
    if set(names) - _OWN:
        try:
            await update("plans", plan_id, _row_of(draft))
        except UniqueViolationError as error:
            raise _already_exists(error) from error
    await _write_parts(actor, plan_id, draft, names)
    return names


async def _write_parts(actor: Actor, plan_id: UUID, draft: PlanDraft, names: Sequence[str]) -> None:
    if "addons" in names:
        rows = [
            {"add_on_id": a.plan_id, "min_quantity": a.min_quantity, "max_quantity": a.max_quantity, "per": a.per.value}
            for a in draft.addons
        ]
        await replace_rows(actor, "plan_add_ons", "plan_id", plan_id, rows)
    if "components" in names:
        contents = [{"component_id": c.plan_id, "quantity": c.quantity} for c in draft.components]
        await replace_rows(actor, "plan_components", "plan_id", plan_id, contents)


def _already_exists(error: UniqueViolationError) -> Invalid:
    taken = _TAKEN[error.constraint_name]
    message = f"another plan of the product has this {taken}"
    return Invalid([FieldError(taken, FieldCode.ALREADY_EXISTS, message)], ErrorCode.ALREADY_EXISTS)


def plan_event(
    actor: Actor,
    event_type: EventType,
    product_id: UUID,
    plan_id: UUID,
    draft: PlanDraft,
    more: Mapping[str, Any] | None = None,
) -> NewEvent:
    """What is told of a plan of the actor's own."""
    data = {
        "plan_id": encode("Plan", plan_id),
        "product_id": encode("Product", product_id),
        "key": draft.key,
        "name": draft.name,
        **(more or {}),
    }
    return NewEvent(event_type, actor.organization_id, actor.scope.path, plan_id, data)
