"""Price lists of a seller: publishing one, and setting its prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from asyncpg import Record, UniqueViolationError

from domain.events.actions import NewEvent, record, record_with
from domain.events.types import EventType
from domain.organizations.queries import get_organization
from domain.pricing.rules import PriceDraft, PriceListDraft, Sellable, check_price_list, check_prices
from domain.pricing.writing import write_prices
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import ErrorCode, FieldCode, FieldError, Invalid, NotFound
from domain.shared.ids import encode
from domain.shared.writes import Writes

_TAKEN: Final = {
    "price_lists_name": FieldError("name", FieldCode.ALREADY_EXISTS, "another list of yours has this name"),
    "price_lists_buyer": FieldError(
        "buyer", FieldCode.ALREADY_EXISTS, "there is a list for these buyers in this currency already"
    ),
}
_LOCK: Final = "SELECT id, name, currency FROM price_lists WHERE id = $1 AND scope = $2 FOR UPDATE"
_OFFERED: Final = """
SELECT p.id, p.sales_models FROM plans p JOIN products d ON d.id = p.product_id
WHERE p.id = ANY($1) AND d.scope = ANY($2) AND (d.status <> 'DRAFT' OR d.scope = $3)
"""


async def create_price_list(actor: Actor, draft: PriceListDraft) -> UUID:
    """Publish a list of the actor's organization; a second one of its name, or for the same buyers, ALREADY_EXISTS."""
    problems = check_price_list(draft, actor.organization_kind)
    if draft.buyer_id is not None:
        problems += await check_buyer(actor, draft.buyer_id)
    if problems:
        raise Invalid(problems)
    price_list_id = actor.new_id()
    row = {
        "id": price_list_id,
        "seller_id": actor.organization_id,
        "buyer_id": draft.buyer_id,
        "scope": actor.scope.path,
        "name": draft.name.strip(),
        "currency": draft.currency,
        "markup_percent": draft.markup_percent,
        "created_at": actor.at,
    }
    writes = Writes()
    writes.insert("price_lists", row)
    record_with(writes, actor, _event(actor, EventType.PRICE_LIST_CREATED, row))
    try:
        await writes.send()
    except UniqueViolationError as error:
        taken = _TAKEN.get(error.constraint_name or "")
        if taken is None:
            raise
        raise Invalid([taken], ErrorCode.ALREADY_EXISTS) from error
    return price_list_id


async def check_buyer(actor: Actor, buyer_id: UUID) -> list[FieldError]:
    """A buyer of the actor's organization stands right below it; NotFound outside the subtree."""
    buyer = await get_organization(actor, buyer_id)
    if buyer["parent_id"] == actor.organization_id:
        return []
    return [FieldError("buyer", FieldCode.NOT_ALLOWED, f"{buyer['name']} does not buy from you directly")]


async def plans_offered(actor: Actor, plan_ids: Sequence[UUID]) -> Sellable:
    """Which of these plans the actor's organization can sell: its own, and those its sellers offer."""
    rows = await database.fetch(_OFFERED, list(set(plan_ids)), actor.scope.chain, actor.scope.path)
    return {row["id"]: row["sales_models"] for row in rows}


async def set_prices(actor: Actor, price_list_id: UUID, prices: Sequence[PriceDraft]) -> UUID:
    """Set prices of a list of the actor's organization, all or (with every problem named) none; one event for all."""
    async with database.transaction():
        price_list = await _lock(actor, price_list_id)
        plans = await plans_offered(actor, [price.plan_id for price in prices])
        if problems := check_prices(prices, price_list["currency"], plans):
            raise Invalid(problems)
        await write_prices(actor, price_list_id, price_list["currency"], prices)
        await record(actor, _event(actor, EventType.PRICE_LIST_PRICES_SET, price_list, count=len(prices)))
        return price_list_id


async def _lock(actor: Actor, price_list_id: UUID) -> Record:
    found = await database.fetch_row(_LOCK, price_list_id, actor.scope.path)
    if found is None:
        raise NotFound("price list", encode("PriceList", price_list_id))
    return found


def _event(actor: Actor, event_type: EventType, price_list: Mapping[str, Any] | Record, **more: int) -> NewEvent:
    data = {
        "price_list_id": encode("PriceList", price_list["id"]),
        "name": price_list["name"],
        "currency": price_list["currency"],
        **more,
    }
    return NewEvent(event_type, actor.organization_id, actor.scope.path, price_list["id"], data)


@dataclass(frozen=True, slots=True)
class PriceListSpec:
    """What the actor's organization asks of all its buyers: prices from their dates on, else a markup on its cost."""

    name: str
    currency: str
    markup_percent: Decimal | None
    prices: Sequence[PriceDraft]


async def publish_price_list(actor: Actor, spec: PriceListSpec) -> UUID:
    """Make the actor's organization sell by this price list, or bring the list of that name up to date."""
    async with database.transaction():
        price_list_id = await database.upsert(
            "price_lists",
            key={"seller_id": actor.organization_id, "name": spec.name},
            values={"markup_percent": spec.markup_percent, "currency": spec.currency},
            on_create={"id": actor.new_id(), "created_at": actor.at, "scope": actor.scope.path},
        )
        await write_prices(actor, price_list_id, spec.currency, spec.prices)
        row = {"id": price_list_id, "name": spec.name, "currency": spec.currency}
        await record(actor, _event(actor, EventType.PRICE_LIST_PUBLISHED, row))
        return price_list_id
