"""What a complete order costs on every edge: prices of lists or of its contract, less its discounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.contracts.queries import agreed_in
from domain.discounts.choosing import Chosen, choose
from domain.discounts.redeeming import find_discounts
from domain.discounts.rules import Line, apply_discounts
from domain.orders.drafting import Prepared
from domain.orders.rules import (
    OrderDraft,
    PricedLine,
    check_amounts,
    check_complete,
    check_ordered_addons,
    price_line,
    take_off,
)
from domain.organizations.locations import count_locations, lacks_location
from domain.pricing.queries import NOTHING_AGREED, TierPrices
from domain.shared.actor import Actor
from domain.shared.errors import ErrorCode, FieldCode, FieldError, Invalid

FIRST_CYCLE = 1


@dataclass(frozen=True, slots=True)
class Priced:
    """The amounts of an order's lines, and what each discount that it gets takes off each of them."""

    lines: Sequence[PricedLine]
    given: Sequence[tuple[Chosen, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Assessed:
    """What an order lacks, what is wrong with its codes, and what its prices and discounts are where it lacks none."""

    lacks: Sequence[FieldError]
    refused: Sequence[FieldError]
    prices: TierPrices
    chosen: Sequence[Chosen]

    def sells_all(self, draft: OrderDraft) -> bool:
        """Whether every line has a price."""
        return all((line.plan_id, draft.sales_model) in self.prices for line in draft.lines)


async def price(actor: Actor, prepared: Prepared, lacking: Sequence[FieldError] = ()) -> Priced:
    """Fix the amounts of a complete order on every edge; what is missing or not sold is refused, all of it at once.

    `lacking` is what else was found missing.
    """
    found, draft = await assess(actor, prepared), prepared.draft
    lacks = [*found.lacks, *lacking]
    if lacks or found.refused:
        code = ErrorCode.ORDER_INCOMPLETE if lacks else ErrorCode.BAD_INPUT
        raise Invalid([*lacks, *found.refused], code)
    gross = gross_of(draft, found.prices)
    if problems := check_amounts(gross):
        raise Invalid(problems)
    return discounted(prepared, gross, found.chosen, FIRST_CYCLE)


def gross_of(draft: OrderDraft, prices: TierPrices) -> list[PricedLine]:
    """What the lines cost before discounts."""
    return [
        price_line(prices[line.plan_id, draft.sales_model], line.quantity, draft.cycle_multiplier, draft.sales_model)
        for line in draft.lines
    ]


async def assess(actor: Actor, prepared: Prepared) -> Assessed:
    """What keeps an order from being submitted, every problem at once, and what it is priced by."""
    customer_id, codes = prepared.customer["id"], prepared.draft.discount_codes
    locations = await count_locations(customer_id) if prepared.has_voice else 0
    may_have = codes or prepared.may_have_discounts
    found = await find_discounts(actor, prepared.chain_ids, codes) if may_have else ()
    return await judge_complete(prepared, locations, found)


async def judge_complete(prepared: Prepared, locations: int, found: Sequence[Mapping[str, Any]]) -> Assessed:
    """As `assess`, with so many emergency locations of the customer, and these discounts of its chain."""
    draft = prepared.draft
    problems = check_complete(prepared.parameters_and_schemas)
    problems += check_ordered_addons(draft.lines, prepared.plans)
    problems += _check_customer(prepared, locations)
    prices = await prepared.facts.prices(agreed_in(prepared.contract) if prepared.contract else NOTHING_AGREED)
    for place, line in enumerate(draft.lines):
        if (line.plan_id, draft.sales_model) not in prices:
            name = prepared.plans[line.plan_id]["name"]
            message = f"{name} is not sold {draft.sales_model} in {prepared.customer['currency']} to this customer"
            problems.append(FieldError(f"lines.{place}.planId", FieldCode.NOT_ALLOWED, message))
    chosen, refused = _choose(prepared, found)
    return Assessed(problems, refused, prices, chosen)


def _check_customer(prepared: Prepared, locations: int) -> list[FieldError]:
    """What is asked of the customer itself: a billing contact and, for voice, a site that help is sent to (E911)."""
    problems = []
    if prepared.customer["billing_email"] is None:
        message = "the customer has no billing contact yet"
        problems.append(FieldError("billingContact", FieldCode.REQUIRED, message))
    return problems + lacks_location(prepared.provisioners, locations)


async def discounts_for(actor: Actor, prepared: Prepared) -> tuple[list[Chosen], list[FieldError]]:
    """The discounts that an order gets today, and what is wrong with its codes."""
    codes = prepared.draft.discount_codes
    if not codes and not prepared.may_have_discounts:
        return [], []
    return _choose(prepared, await find_discounts(actor, prepared.chain_ids, codes))


def _choose(prepared: Prepared, found: Sequence[Mapping[str, Any]]) -> tuple[list[Chosen], list[FieldError]]:
    codes = prepared.draft.discount_codes
    lines = _lines(prepared, [0] * len(prepared.draft.lines))
    return choose(codes, found, lines, currency=prepared.customer["currency"], on=prepared.facts.day)


def _lines(prepared: Prepared, amounts: Sequence[int]) -> list[Line]:
    return [
        Line(amount, prepared.plans[line.plan_id]["product_id"], line.plan_id)
        for line, amount in zip(prepared.draft.lines, amounts, strict=True)
    ]


def discounted(prepared: Prepared, gross: Sequence[PricedLine], chosen: Sequence[Chosen], cycle: int) -> Priced:
    """The lines with what discounts take off them in a billing cycle, counted from 1."""
    given: list[tuple[Chosen, Sequence[int]]] = []
    off = [[0] * len(line.tier_amount_minor) for line in gross]
    for edge in sorted({one.edge for one in chosen}):
        lines = _lines(prepared, [line.tier_amount_minor[edge] for line in gross])
        here = {one.discount.id: one for one in chosen if one.edge == edge}
        for discount_id, parts in apply_discounts(lines, [one.discount for one in here.values()], cycle).items():
            given.append((here[discount_id], parts))
            for line_off, part in zip(off, parts, strict=True):
                line_off[edge] += part
    return Priced([take_off(line, line_off) for line, line_off in zip(gross, off, strict=True)], given)
