"""What a complete order costs on every edge: prices of lists or of its contract, less its discounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.contracts.queries import agreed_in
from domain.discounts.choosing import Chosen, choose
from domain.discounts.redeeming import find_discounts
from domain.discounts.rules import Line, apply_discounts
from domain.orders.drafting import Prepared
from domain.orders.rules import PricedLine, check_amounts, check_complete, check_ordered_addons, price_line, take_off
from domain.pricing.queries import NOTHING_AGREED
from domain.shared.actor import Actor
from domain.shared.errors import ErrorCode, FieldCode, FieldError, Invalid

FIRST_CYCLE = 1


@dataclass(frozen=True, slots=True)
class Priced:
    """The amounts of an order's lines, and what each discount that it gets takes off each of them."""

    lines: Sequence[PricedLine]
    given: Sequence[tuple[Chosen, Sequence[int]]]


async def price(actor: Actor, prepared: Prepared, lacking: Sequence[FieldError] = ()) -> Priced:
    """Fix the amounts of a complete order on every edge; what is missing or not sold is refused, all of it at once.

    `lacking` is what else was found missing.
    """
    draft = prepared.draft
    problems = [*check_complete(prepared.parameters_and_schemas), *lacking]
    problems += check_ordered_addons(draft.lines, prepared.plans)
    prices = await prepared.facts.prices(agreed_in(prepared.contract) if prepared.contract else NOTHING_AGREED)
    for place, line in enumerate(draft.lines):
        if (line.plan_id, draft.sales_model) not in prices:
            name = prepared.plans[line.plan_id]["name"]
            message = f"{name} is not sold {draft.sales_model} in {prepared.customer['currency']} to this customer"
            problems.append(FieldError(f"lines.{place}.planId", FieldCode.NOT_ALLOWED, message))
    chosen, refused = await discounts_for(actor, prepared)
    if problems or refused:
        raise Invalid([*problems, *refused], ErrorCode.ORDER_INCOMPLETE if problems else ErrorCode.BAD_INPUT)
    gross = [
        price_line(prices[line.plan_id, draft.sales_model], line.quantity, draft.cycle_multiplier, draft.sales_model)
        for line in draft.lines
    ]
    if problems := check_amounts(gross):
        raise Invalid(problems)
    return _discounted(prepared, gross, chosen)


async def discounts_for(actor: Actor, prepared: Prepared) -> tuple[list[Chosen], list[FieldError]]:
    """The discounts that an order gets today, and what is wrong with its codes."""
    codes = prepared.draft.discount_codes
    if not codes and not prepared.may_have_discounts:
        return [], []
    found = await find_discounts(actor, prepared.chain_ids, codes)
    lines = _lines(prepared, [0] * len(prepared.draft.lines))
    return choose(codes, found, lines, currency=prepared.customer["currency"], on=prepared.facts.day)


def _lines(prepared: Prepared, amounts: Sequence[int]) -> list[Line]:
    return [
        Line(amount, prepared.plans[line.plan_id]["product_id"], line.plan_id)
        for line, amount in zip(prepared.draft.lines, amounts, strict=True)
    ]


def _discounted(prepared: Prepared, gross: Sequence[PricedLine], chosen: Sequence[Chosen]) -> Priced:
    given: list[tuple[Chosen, Sequence[int]]] = []
    off = [[0] * len(line.tier_amount_minor) for line in gross]
    for edge in sorted({one.edge for one in chosen}):
        lines = _lines(prepared, [line.tier_amount_minor[edge] for line in gross])
        here = {one.discount.id: one for one in chosen if one.edge == edge}
        for discount_id, parts in apply_discounts(lines, [one.discount for one in here.values()], FIRST_CYCLE).items():
            given.append((here[discount_id], parts))
            for line_off, part in zip(off, parts, strict=True):
                line_off[edge] += part
    return Priced([take_off(line, line_off) for line, line_off in zip(gross, off, strict=True)], given)
