"""Offering a discount, and ending it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from asyncpg import Record, UniqueViolationError

from domain.catalog.queries import PLANS, PRODUCTS
from domain.discounts.drafts import DiscountDraft, check_discount, code_key
from domain.events.actions import NewEvent, record, record_with
from domain.events.types import EventType
from domain.pricing.actions import check_buyer, plans_offered
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import ErrorCode, FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.money import Money
from domain.shared.writes import Writes

_CODE = "discounts_code"


async def create_discount(actor: Actor, draft: DiscountDraft) -> UUID:
    """Offer a discount of the actor's organization; a code that it has used before is ALREADY_EXISTS."""
    problems = check_discount(draft)
    if draft.buyer_id is not None:
        problems += await check_buyer(actor, draft.buyer_id)
    problems += await _check_things(actor, draft)
    if problems:
        raise Invalid(problems)
    row = _row(actor, draft)
    writes = Writes()
    writes.insert("discounts", row)
    record_with(writes, actor, _event(actor, EventType.DISCOUNT_CREATED, row))
    try:
        await writes.send()
    except UniqueViolationError as error:
        if error.constraint_name != _CODE:
            raise
        taken = FieldError("code", FieldCode.ALREADY_EXISTS, "another discount of yours has or had this code")
        raise Invalid([taken], ErrorCode.ALREADY_EXISTS) from error
    made: UUID = row["id"]
    return made


async def _check_things(actor: Actor, draft: DiscountDraft) -> list[FieldError]:
    """The product and the plan are offered to the actor; what it sells on is theirs to discount."""
    problems = []
    if draft.product_id is not None:
        found = await PRODUCTS.by_ids(actor, [draft.product_id], ["scope"])
        if not any(row["scope"] in actor.scope.chain for row in found):
            problems.append(FieldError("productId", FieldCode.NOT_FOUND, "no such product is offered to you"))
    if draft.plan_id is not None and draft.plan_id not in await plans_offered(actor, [draft.plan_id]):
        problems.append(FieldError("planId", FieldCode.NOT_FOUND, "no such plan is offered to you"))
    if draft.product_id is not None and draft.plan_id is not None and not problems:
        found = await PLANS.by_ids(actor, [draft.plan_id], ["product_id"])
        if found[0]["product_id"] != draft.product_id:
            problems.append(FieldError("planId", FieldCode.NOT_ALLOWED, "is a plan of another product"))
    return problems


def _row(actor: Actor, draft: DiscountDraft) -> dict[str, Any]:
    fixed = None if draft.fixed is None or draft.currency is None else Money.of(draft.fixed, draft.currency).minor
    return {
        "id": actor.new_id(),
        "seller_id": actor.organization_id,
        "buyer_id": draft.buyer_id,
        "product_id": draft.product_id,
        "plan_id": draft.plan_id,
        "scope": actor.scope.path,
        "name": draft.name.strip(),
        "code": draft.code.strip() if draft.code else None,
        "code_key": code_key(draft.code) if draft.code else None,
        "percent": draft.percent,
        "fixed_minor": fixed,
        "currency": draft.currency,
        "duration": draft.duration.value,
        "cycles": draft.cycles,
        "valid_from": draft.valid_from,
        "valid_until": draft.valid_until,
        "redemption_limit": draft.redemption_limit,
        "redeemed": 0,
        "created_at": actor.at,
    }


async def end_discount(actor: Actor, discount_id: UUID) -> UUID:
    """Give a discount no more, from now on; what was given stays given. Ending it again changes nothing."""
    async with database.transaction():
        sql = "SELECT id, name, ended_at FROM discounts WHERE id = $1 AND scope = $2 FOR UPDATE"
        row = await database.fetch_row(sql, discount_id, actor.scope.path)
        if row is None:
            raise NotFound("discount", encode("Discount", discount_id))
        if row["ended_at"] is None:
            await database.execute("UPDATE discounts SET ended_at = $2 WHERE id = $1", discount_id, actor.at)
            await record(actor, _event(actor, EventType.DISCOUNT_ENDED, row))
        return discount_id


def _event(actor: Actor, event_type: EventType, row: Mapping[str, Any] | Record) -> NewEvent:
    data = {"discount_id": encode("Discount", row["id"]), "name": row["name"]}
    return NewEvent(event_type, actor.organization_id, actor.scope.path, row["id"], data)
