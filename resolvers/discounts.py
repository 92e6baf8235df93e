"""Resolvers of discounts."""

from uuid import UUID

from domain.discounts import actions
from domain.discounts.drafts import DiscountDraft
from domain.discounts.queries import DISCOUNTS
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written
from resolvers.price_lists import buyer_of, today_of
from schema.context import Info
from schema.discounts import (
    CreateDiscountInput,
    CreateDiscountResult,
    CreateDiscountSuccess,
    Discount,
    DiscountSort,
    DiscountWhere,
    EndDiscountInput,
    EndDiscountResult,
    EndDiscountSuccess,
)
from schema.pages import After, Before, Connection, First, Last, page_request


async def discounts(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: DiscountWhere | None = None,
    sort: list[DiscountSort] | None = None,
) -> Connection[Discount]:
    """The discounts that your organization offers or has offered; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "Discount", DISCOUNTS, request, where=where, sort=sort)


async def create_discount(info: Info, input: CreateDiscountInput) -> CreateDiscountResult:  # noqa: A002 - the argument's public name
    """Offer a discount of your organization on what its buyers pay it: with a code, or on every order."""
    draft = await _draft(info, input)
    made = await run_once(info, input, lambda: actions.create_discount(actor_of(info), draft))
    return CreateDiscountSuccess(discount=await read_written(info, "Discount", DISCOUNTS, made, "discount"))


async def end_discount(info: Info, input: EndDiscountInput) -> EndDiscountResult:  # noqa: A002 - the argument's public name
    """Give a discount of your organization no more, from now on."""
    ended = await actions.end_discount(actor_of(info), decode("Discount", input.id))
    return EndDiscountSuccess(discount=await read_written(info, "Discount", DISCOUNTS, ended, "discount"))


async def _draft(info: Info, content: CreateDiscountInput) -> DiscountDraft:
    return DiscountDraft(
        name=content.name,
        buyer_id=await buyer_of(info, content.buyer),
        product_id=_id("Product", content.product_id, "productId"),
        plan_id=_id("Plan", content.plan_id, "planId"),
        code=content.code,
        percent=content.percent,
        fixed=content.fixed,
        currency=content.currency,
        duration=content.duration,
        cycles=content.cycles,
        valid_from=content.valid_from or await today_of(info),
        valid_until=content.valid_until,
        redemption_limit=content.redemption_limit,
    )


def _id(kind: str, text: str | None, path: str) -> UUID | None:
    return None if text is None else decode(kind, text, path=path)
