"""Resolvers of price lists and prices."""

from datetime import date
from uuid import UUID

from domain.organizations.queries import get_organization
from domain.pricing import actions
from domain.pricing.queries import PRICE_LISTS, PRICES
from domain.pricing.rules import PriceDraft, PriceListDraft
from domain.shared.calendar import local_date
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written
from resolvers.references import organization_id
from schema.context import Info
from schema.organizations import OrganizationRef
from schema.pages import After, Before, Connection, First, Last, page_request
from schema.prices import (
    CreatePriceListInput,
    CreatePriceListResult,
    CreatePriceListSuccess,
    Price,
    PriceInput,
    PriceList,
    PriceListSort,
    PriceListWhere,
    PriceWhere,
    SetPricesInput,
    SetPricesResult,
    SetPricesSuccess,
)


async def price_lists(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: PriceListWhere | None = None,
    sort: list[PriceListSort] | None = None,
) -> Connection[PriceList]:
    """The price lists that your organization has published; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "PriceList", PRICE_LISTS, request, where=where, sort=sort)


async def prices(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: PriceWhere | None = None,
) -> Connection[Price]:
    """The explicit prices of your organization's lists, those of the past and to come included; newest first."""
    return await read_page(info, "Price", PRICES, page_request(first, after, last, before), where=where)


async def create_price_list(info: Info, input: CreatePriceListInput) -> CreatePriceListResult:  # noqa: A002 - the argument's public name
    """Publish a price list of your organization, for all its buyers or for one."""
    buyer_id = await buyer_of(info, input.buyer)
    draft = PriceListDraft(input.name, input.currency, input.markup_percent, buyer_id)
    made = await run_once(info, input, lambda: actions.create_price_list(actor_of(info), draft))
    return CreatePriceListSuccess(price_list=await read_written(info, "PriceList", PRICE_LISTS, made, "priceList"))


async def set_prices(info: Info, input: SetPricesInput) -> SetPricesResult:  # noqa: A002 - the argument's public name
    """Set prices of a list of your organization: all of them at once, or none and every problem named."""
    list_id = decode("PriceList", input.price_list_id, path="priceListId")
    drafts = _drafts(input.prices, await today_of(info))
    await run_once(info, input, lambda: actions.set_prices(actor_of(info), list_id, drafts))
    price_list = await read_written(info, "PriceList", PRICE_LISTS, list_id, "priceList")
    return SetPricesSuccess(price_list=price_list, count=len(drafts))


async def buyer_of(info: Info, ref: OrganizationRef | None) -> UUID | None:
    """The organization that `buyer` names; None for all."""
    return None if ref is None else await organization_id(info, ref, "buyer")


async def today_of(info: Info) -> date:
    """Today where the actor's organization is."""
    actor = actor_of(info)
    own = await get_organization(actor, actor.organization_id)
    return local_date(actor.at, own["time_zone"])


def _drafts(given: list[PriceInput], today: date) -> list[PriceDraft]:
    return [
        PriceDraft(
            decode("Plan", price.plan_id, path=f"prices.{place}.planId"),
            price.sales_model,
            price.amount,
            price.valid_from or today,
            price.valid_until,
        )
        for place, price in enumerate(given)
    ]
