"""What submitting an order would charge, line by line and edge by edge; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.billing.charges import Charge, Rate
from domain.billing.queries import invoiced_account
from domain.billing.rules import sees_credit
from domain.catalog.models import Charging, SalesModel
from domain.orders.approval import needs_approval
from domain.orders.drafting import Prepared, look_up
from domain.orders.loading import draft_of
from domain.orders.models import Order, OrderLine
from domain.orders.pricing import FIRST_CYCLE, Assessed, Priced, assess, discounted, gross_of
from domain.orders.rules import OrderDraft, check_amounts, sum_tiers
from domain.orders.states import ORDER, SUBMITTABLE, OrderState
from domain.orders.terms import TRIAL_USED, billing_start, bills_later
from domain.shared.actor import Actor
from domain.shared.calendar import add_months
from domain.shared.errors import FieldError, NotFound
from domain.shared.ids import encode
from domain.shared.money import Money
from domain.subscriptions.charging import charges_in_advance
from domain.subscriptions.rules import first_term, period_months
from domain.subscriptions.trials import trials_used


class WarningCode(StrEnum):
    """What does not keep an order from being submitted, but should be known before."""

    TRIAL_ALREADY_USED = "TRIAL_ALREADY_USED"
    CREDIT_SHORT = "CREDIT_SHORT"
    NEEDS_APPROVAL = "NEEDS_APPROVAL"
    DISCOUNT_ENDS = "DISCOUNT_ENDS"
    CONTRACT_ENDS = "CONTRACT_ENDS"
    USAGE_CHARGED_AFTERWARDS = "USAGE_CHARGED_AFTERWARDS"


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning, of the line at `place` or of the whole order."""

    code: WarningCode
    message: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class EdgePreview:
    """What a line costs on one edge: the charges of its first term, and what each later cycle costs (minor units)."""

    unit_minor: int
    charges: Sequence[Charge]
    recurring_minor: int

    @property
    def first_minor(self) -> int:
        """The first charge, discounts taken off."""
        return sum(charge.amount_minor for charge in self.charges)

    @property
    def discount_minor(self) -> int:
        """What discounts take off the first charge."""
        return self.charges[0].amount_minor - self.first_minor


@dataclass(frozen=True, slots=True)
class LinePreview:
    """A line: when it is charged first and next, and what on every edge, root first; none while it has no price."""

    plan: Mapping[str, Any]
    quantity: int
    billing_starts_on: date
    next_billing_on: date | None
    edges: Sequence[EdgePreview]

    @property
    def is_postpaid(self) -> bool:
        """Whether its months are charged afterwards, for their usage."""
        return Charging(self.plan["charging"]) is Charging.POSTPAID


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come of an order today, a local date of its customer; `account` is the invoiced one, if it has any."""

    prepared: Prepared
    problems: Sequence[FieldError]
    warnings: Sequence[Warned]
    lines: Sequence[LinePreview]
    account: Mapping[str, Any] | None


async def preview_saved(actor: Actor, order_id: UUID) -> Preview:
    """As `preview`, of a draft that is saved; NotFound without it, IllegalTransition once it is submitted."""
    order = await Order.get_or_none(id=order_id, scope__gte=actor.scope.lower, scope__lt=actor.scope.upper)
    if order is None:
        raise NotFound("order", encode("Order", order_id))
    ORDER.check_from(SUBMITTABLE, order.state, OrderState.APPROVED)
    return await preview(actor, draft_of(order, await OrderLine.filter(order_id=order.id).order_by("position")))


async def preview(actor: Actor, draft: OrderDraft) -> Preview:
    """What submitting a draft now would charge when, and all that it would be refused with or should be known of."""
    prepared, problems = await look_up(actor, draft)
    customer = prepared.customer
    account = await invoiced_account(customer["id"], customer["billing_mode"])
    if any(line.plan_id not in prepared.plans for line in draft.lines):
        return Preview(prepared, problems, (), (), account)
    found = await assess(actor, prepared)
    problems = list(dict.fromkeys([*problems, *found.lacks, *found.refused]))
    if not found.sells_all(draft):
        return Preview(prepared, problems, (), (), account)
    gross = gross_of(draft, found.prices)
    if too_much := check_amounts(gross):
        return Preview(prepared, [*problems, *too_much], (), (), account)
    first = discounted(prepared, gross, found.chosen, FIRST_CYCLE)
    later = discounted(prepared, gross, found.chosen, FIRST_CYCLE + 1)
    lines = [_line(prepared, place, first, later) for place in range(len(draft.lines))]
    warnings = [
        *await _trial_warnings(prepared),
        *_money_warnings(actor, prepared, first, account),
        *_usage_warnings(lines),
        *_ending_warnings(actor, prepared, found, lines),
    ]
    return Preview(prepared, problems, warnings, lines, account)


def _line(prepared: Prepared, place: int, first: Priced, later: Priced) -> LinePreview:
    draft, line = prepared.draft, prepared.draft.lines[place]
    plan, currency = prepared.plans[line.plan_id], prepared.customer["currency"]
    start = billing_start(draft.terms, prepared.facts.day, plan["postponed_billing_months"])
    term = first_term(start, draft.sales_model, draft.cycle_multiplier)
    months = period_months(draft.sales_model)
    rates = [Rate(unit, line.quantity, currency, months) for unit in first.lines[place].tier_unit_minor]
    charging = Charging(plan["charging"])
    charges = charges_in_advance(charging, rates, term, first.lines[place].tier_discount_minor)
    recurring = later.lines[place].tier_amount_minor if term else [0] * len(rates)
    edges = [
        EdgePreview(rate.unit_minor, of_edge, amount)
        for rate, of_edge, amount in zip(rates, charges, recurring, strict=True)
    ]
    ends = term.end if term else None
    next_on = add_months(start, 1) if charging is Charging.POSTPAID else ends
    return LinePreview(plan, line.quantity, start, next_on, edges)


async def _trial_warnings(prepared: Prepared) -> list[Warned]:
    draft = prepared.draft
    if draft.terms.trial_until is None:
        return []
    products = [prepared.plans[line.plan_id]["product_id"] for line in draft.lines]
    used = await trials_used(prepared.customer["id"], products)
    return [
        Warned(WarningCode.TRIAL_ALREADY_USED, f"{TRIAL_USED[1]}: the order will fail", place)
        for place, product_id in enumerate(products)
        if product_id in used
    ]


def _money_warnings(actor: Actor, prepared: Prepared, first: Priced, account: Mapping[str, Any] | None) -> list[Warned]:
    warnings, total = [], sum_tiers(first.lines)
    owed_minor = total[-1] if total else 0
    if needs_approval(prepared.customer, actor.permissions, owed_minor):
        warnings.append(Warned(WarningCode.NEEDS_APPROVAL, "somebody else has to approve it once it is submitted"))
    is_due = not bills_later(prepared.draft.terms, prepared.facts.day)
    if account and account["is_limited"] and is_due and sees_credit(actor.scope, account["scope"]):
        short_minor = owed_minor - account["available_minor"]
        if short_minor > 0:
            short = Money(short_minor, account["currency"])
            message = f"{account['name']} is short of {short.amount} {short.currency}"
            warnings.append(Warned(WarningCode.CREDIT_SHORT, message))
    return warnings


def _usage_warnings(lines: Sequence[LinePreview]) -> list[Warned]:
    message = (
        "nothing is charged in advance: each month is charged afterwards for its highest count of users; "
        "`recurring` is for the quantity that is ordered"
    )
    return [
        Warned(WarningCode.USAGE_CHARGED_AFTERWARDS, message, place)
        for place, line in enumerate(lines)
        if line.is_postpaid
    ]


def _ending_warnings(actor: Actor, prepared: Prepared, found: Assessed, lines: Sequence[LinePreview]) -> list[Warned]:
    """What the price that the actor sees is not for longer than the first cycle."""
    if prepared.draft.sales_model is SalesModel.ONE_TIME:
        return []
    edge = min(actor.scope.depth, len(prepared.chain_ids) - 1) - 1
    warnings = []
    advance = [line.edges[edge] for line in lines if not line.is_postpaid]
    if found.chosen and any(amounts.first_minor < amounts.recurring_minor for amounts in advance):
        warnings.append(
            Warned(WarningCode.DISCOUNT_ENDS, "later billing cycles cost more: a discount is for the first")
        )
    ends_on = prepared.contract and prepared.contract["ends_on"]
    if ends_on and any(line.next_billing_on and line.next_billing_on > ends_on for line in lines):
        message = f"the contract ends on {ends_on}: its prices are for the first billing cycle only"
        warnings.append(Warned(WarningCode.CONTRACT_ENDS, message))
    return warnings
