"""What becomes of a subscription that gets another plan or quantity within its term, and what that costs: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from domain.billing.charges import Charge, Rate
from domain.billing.policies import Policies
from domain.billing.proration import not_refunded, prorate_increase, prorate_upgrade
from domain.billing.rules import MAX_AMOUNT_MINOR
from domain.catalog.models import Orderability, PlanKind, PlanStatus, ProductStatus
from domain.shared.calendar import Term
from domain.shared.errors import FieldCode, FieldError


class ChangeKind(StrEnum):
    """What a change is: another plan by its rank, another quantity of the same one, other add-ons alone."""

    UPGRADE = "UPGRADE"
    DOWNGRADE = "DOWNGRADE"
    INCREASE = "INCREASE"
    DECREASE = "DECREASE"
    ADD_ONS = "ADD_ONS"


# What is sold by itself: a plan of the one may be upgraded to one of the other.
MAIN: Final = frozenset({PlanKind.ITEM, PlanKind.SEAT})


@dataclass(frozen=True, slots=True)
class Part:
    """A plan in a quantity, at its unit price (minor units) on every edge."""

    plan_id: UUID
    rank: int
    quantity: int
    tier_unit_minor: Sequence[int]


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a term on a day, where prices are for so many months each."""

    term: Term
    on: date
    currency: str
    period_months: int


def kind_of(before: Part, after: Part) -> ChangeKind | None:
    """A higher rank is an upgrade, whatever it costs; None where nothing changes."""
    if after.rank != before.rank:
        return ChangeKind.UPGRADE if after.rank > before.rank else ChangeKind.DOWNGRADE
    if after.quantity != before.quantity:
        return ChangeKind.INCREASE if after.quantity > before.quantity else ChangeKind.DECREASE
    return None


def costs_more(before: Part, after: Part) -> bool:
    """Whether it is bought: a higher plan, or more of one. All else is given up, and refunds nothing (B3-S 4 and 5)."""
    return after.rank > before.rank or after.quantity > before.quantity


def prorate(policies: Policies, before: Part, after: Part, rest: Rest) -> list[Charge]:
    """What a change costs for the rest of the term, one charge an edge; never negative.

    A lower plan in a higher quantity costs what is more of it.
    """
    kind = kind_of(before, after)

    def edge(old_minor: int, new_minor: int) -> Charge:
        old = Rate(old_minor, before.quantity, rest.currency, rest.period_months)
        new = Rate(new_minor, after.quantity, rest.currency, rest.period_months)
        if kind is ChangeKind.UPGRADE:
            return prorate_upgrade(policies, old, new, rest.term, rest.on)
        if after.quantity > before.quantity:
            added = Rate(new_minor, after.quantity - before.quantity, rest.currency, rest.period_months)
            return prorate_increase(policies, added, rest.term, rest.on)
        return not_refunded(policies, old, new, rest.term, rest.on)

    return [edge(*units) for units in zip(before.tier_unit_minor, after.tier_unit_minor, strict=True)]


def check_change(plan: Mapping[str, Any], before: Part, after: Part, sales_model: str) -> list[FieldError]:
    """Everything wrong with a change to `plan` (with its product), that is sold by this sales model or not.

    Less is always possible; more of what is not sold any more is not. What cannot be ordered may yet be upgraded (CS).
    """
    problems = []
    if not 1 <= after.quantity <= plan["max_quantity"] and after.quantity != before.quantity:
        message = f"must be between 1 and {plan['max_quantity']}"
        problems.append(FieldError("quantity", FieldCode.OUT_OF_RANGE, message))
    path = "quantity" if after.plan_id == before.plan_id else "planId"
    if costs_more(before, after) and (refused := unsold(plan)):
        problems.append(FieldError(path, FieldCode.NOT_ALLOWED, refused))
    if after.plan_id != before.plan_id:
        problems += _check_other_plan(plan, sales_model)
    return problems


def unsold(plan: Mapping[str, Any]) -> str | None:
    """Why no more of a plan (with its product) is to be had; None where it is."""
    if plan["product_status"] != ProductStatus.ACTIVE:
        return f"{plan['product_name']} is not on sale"
    if plan["orderability"] == Orderability.CLOSED:
        return f"{plan['product_name']} cannot be had more of here. {plan['order_otherwise'] or ''}".strip()
    return None


def _is_alike(plan: Mapping[str, Any]) -> bool:
    """Whether a plan is of the same sort: no seats become numbers, nothing paid in advance is paid by its use."""
    kinds = {plan["kind"], plan["old_kind"]}
    return plan["charging"] == plan["old_charging"] and (len(kinds) == 1 or kinds <= MAIN)


def _check_other_plan(plan: Mapping[str, Any], sales_model: str) -> list[FieldError]:
    if plan["status"] != PlanStatus.ACTIVE:
        return [FieldError("planId", FieldCode.NOT_ALLOWED, f"{plan['name']} is not sold any more")]
    if sales_model not in plan["sales_models"]:
        return [FieldError("planId", FieldCode.NOT_ALLOWED, f"{plan['name']} is not sold {sales_model}")]
    if not _is_alike(plan):
        message = f"{plan['name']} is counted or charged in another way: order it, and end this one"
        return [FieldError("planId", FieldCode.NOT_APPLICABLE, message)]
    return []


def check_amounts(after: Part) -> list[FieldError]:
    """Amounts are kept in 64 bits: what goes beyond is refused."""
    if max(after.tier_unit_minor, default=0) * after.quantity <= MAX_AMOUNT_MINOR:
        return []
    return [FieldError("quantity", FieldCode.OUT_OF_RANGE, "the amount is more than a ledger holds")]
