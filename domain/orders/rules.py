"""What an order may hold and what it costs: pure decisions on a draft and the plans it names."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import orjson

from domain.catalog.models import Orderability, PlanStatus, ProductStatus, SalesModel
from domain.catalog.parts import LimitPer
from domain.catalog.plan_rules import AddOnDraft, Component, WithAddOns, check_addons
from domain.orders.handling import NOT_SAID, Handling, check_handling
from domain.orders.models import OrderMethod
from domain.orders.terms import AT_ONCE, OrderTerms
from domain.provisioning.rules import check_parameters_size
from domain.shared.errors import FieldCode, FieldError
from domain.shared.json_schema import faults
from domain.shared.texts import check_optional_text
from domain.subscriptions.rules import check_multiplier

MAX_LINES: Final = 100
MAX_AMOUNT_MINOR: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line as the buyer writes it; `parameters` is the provisioning information of the product."""

    plan_id: UUID
    quantity: int
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as the buyer writes it: billing cycle = sales model x multiplier."""

    customer_id: UUID
    lines: Sequence[LineDraft]
    sales_model: SalesModel
    cycle_multiplier: int
    auto_renew: bool
    subscription_reference: str | None
    method: OrderMethod = OrderMethod.NORMAL
    contract_id: UUID | None = None
    discount_codes: Sequence[str] = ()
    terms: OrderTerms = AT_ONCE
    handling: Handling = NOT_SAID


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line's amounts by edge: the unit price of one period, and what the first billing cycle costs.

    Of the latter `tier_discount_minor` has been taken off; empty before discounts.
    """

    tier_unit_minor: list[int]
    tier_amount_minor: list[int]
    tier_discount_minor: Sequence[int] = ()


def check_draft(draft: OrderDraft, plans: Mapping[UUID, Mapping[str, Any]]) -> list[FieldError]:
    """What no draft may hold, however unfinished: unknown plans, counts out of range, products that are not ordered."""
    problems = check_optional_text("subscriptionReference", draft.subscription_reference, max_length=100)
    problems += check_multiplier(draft.cycle_multiplier)
    if (draft.method is OrderMethod.CONTRACT) is not (draft.contract_id is not None):
        message = "the method CONTRACT names a contract, NORMAL names none"
        problems.append(FieldError("contractId", FieldCode.REQUIRED, message))
    if len(draft.lines) > MAX_LINES:
        problems.append(FieldError("lines", FieldCode.TOO_LONG, f"has {len(draft.lines)} lines, at most {MAX_LINES}"))
    known = [plans[line.plan_id] for line in draft.lines if line.plan_id in plans]
    problems += check_handling(draft.handling, known)
    for place, line in enumerate(draft.lines[:MAX_LINES]):
        problems += _check_line(f"lines.{place}", line, plans.get(line.plan_id), draft.sales_model)
    return problems


def _check_line(
    path: str, line: LineDraft, plan: Mapping[str, Any] | None, sales_model: SalesModel
) -> list[FieldError]:
    if plan is None:
        return [FieldError(f"{path}.planId", FieldCode.NOT_FOUND, "no such plan is offered to this customer")]
    problems = []
    if plan["status"] != ProductStatus.ACTIVE:
        message = f"{plan['product_name']} is not on sale"
        problems.append(FieldError(f"{path}.planId", FieldCode.NOT_ALLOWED, message))
    elif plan["orderability"] != Orderability.ORDERABLE:
        otherwise = plan["order_otherwise"] or "It can only be renewed or upgraded."
        message = f"{plan['product_name']} cannot be ordered here. {otherwise}"
        problems.append(FieldError(f"{path}.planId", FieldCode.NOT_ALLOWED, message))
    elif plan["plan_status"] != PlanStatus.ACTIVE:
        message = f"{plan['name']} is not sold any more"
        problems.append(FieldError(f"{path}.planId", FieldCode.NOT_ALLOWED, message))
    elif sales_model.value not in plan["sales_models"]:
        message = f"{plan['name']} is not sold {sales_model.value}"
        problems.append(FieldError(f"{path}.planId", FieldCode.NOT_ALLOWED, message))
    elif gone := [part.name for part in components_of(plan) if not part.is_sold]:
        message = f"{plan['name']} is not to be had now: {'; '.join(gone)} in it is not sold"
        problems.append(FieldError(f"{path}.planId", FieldCode.NOT_ALLOWED, message))
    if not 1 <= line.quantity <= plan["max_quantity"]:
        message = f"must be between 1 and {plan['max_quantity']}"
        problems.append(FieldError(f"{path}.quantity", FieldCode.OUT_OF_RANGE, message))
    return problems + check_parameters_size(f"{path}.parameters", line.parameters)


def components_of(plan: Mapping[str, Any]) -> list[Component]:
    """What is in one of a bundle (a row of PLAN_COLUMNS); nothing in other plans."""
    return [Component(UUID(found[0]), *found[1:]) for found in map(orjson.loads, plan["components"])]


def check_complete(lines: Sequence[tuple[Mapping[str, Any], str]], *, path: str = "lines") -> list[FieldError]:
    """What a draft still lacks before it can be submitted; `lines` pairs parameters with their schema (JSON).

    Provisioning information is held against the schema (JSON Schema, Draft 2020-12), the path of each fault named.
    """
    if not lines:
        return [FieldError(path, FieldCode.REQUIRED, "add at least one line")]
    return [
        fault
        for place, (parameters, schema) in enumerate(lines)
        for fault in faults(schema, parameters, f"{path}.{place}.parameters")
    ]


def check_ordered_addons(lines: Sequence[LineDraft], plans: Mapping[UUID, Mapping[str, Any]]) -> list[FieldError]:
    """Whether the add-ons of an order are within what its other plans take."""
    ordered = [
        WithAddOns(
            f"lines.{place}.planId",
            [
                AddOnDraft(UUID(add_on), low, high, LimitPer(per))
                for add_on, low, high, per in map(orjson.loads, plans[line.plan_id]["add_ons"])
            ],
            line.quantity,
        )
        for place, line in enumerate(lines)
    ]
    chosen = Counter[UUID]()
    for line in lines:
        chosen[line.plan_id] += line.quantity
    return check_addons(ordered, chosen)


def price_line(
    tier_unit_minor: Sequence[int], quantity: int, cycle_multiplier: int, sales_model: SalesModel
) -> PricedLine:
    """The first billing cycle of a line on every edge: unit x quantity x multiplier; a one-time price has no cycle."""
    periods = 1 if sales_model is SalesModel.ONE_TIME else cycle_multiplier
    return PricedLine(list(tier_unit_minor), [unit * quantity * periods for unit in tier_unit_minor])


def take_off(line: PricedLine, tier_discount_minor: Sequence[int]) -> PricedLine:
    """The line with discounts taken off, on every edge."""
    left = [amount - off for amount, off in zip(line.tier_amount_minor, tier_discount_minor, strict=True)]
    return replace(line, tier_amount_minor=left, tier_discount_minor=list(tier_discount_minor))


def check_amounts(lines: Sequence[PricedLine]) -> list[FieldError]:
    """Amounts are kept in 64 bits: refused is a line beyond that, and one at which the order's sum goes beyond."""
    problems, total = [], 0
    for place, line in enumerate(lines):
        total += max(line.tier_amount_minor, default=0)
        if max(total, *line.tier_unit_minor) > MAX_AMOUNT_MINOR:
            message = "the amount is more than a ledger holds; order less at once"
            problems.append(FieldError(f"lines.{place}.quantity", FieldCode.OUT_OF_RANGE, message))
    return problems


def sum_tiers(lines: Sequence[PricedLine]) -> list[int]:
    """What the whole order costs on every edge."""
    return [sum(amounts) for amounts in zip(*(line.tier_amount_minor for line in lines), strict=True)]
