"""Quoting other add-ons of a subscription: within the limits of its plan, what is more for the rest of the term."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from domain.billing.charges import Charge
from domain.catalog.models import PlanStatus
from domain.catalog.parts import LimitPer
from domain.catalog.plan_rules import AddOnDraft, WithAddOns, check_addons
from domain.pricing.bulk import prices_of
from domain.shared import database
from domain.shared.errors import FieldCode, FieldError
from domain.subscriptions.addons import AddOn, add_ons_of, wanted_of_add_on
from domain.subscriptions.changes import Part, check_amounts, prorate, unsold
from domain.subscriptions.renewing import agreed_for
from domain.subscriptions.turns import Turn
from domain.subscriptions.within import policies_of, rest_of

_TAKEN: Final = """
SELECT p.id, p.key, p.name, p.kind, p.status, p.sales_models, p.max_quantity, d.key AS product_key,
       d.name AS product_name, d.status AS product_status, d.orderability, d.order_otherwise
FROM plans p JOIN products d ON d.id = p.product_id
WHERE p.id IN (SELECT add_on_id FROM plan_add_ons WHERE plan_id = $1) OR p.kind = 'NUMBER' AND p.id = ANY($2)
"""
# What was ordered together is counted together, as the order counted it.
_TOGETHER: Final = """
SELECT s.id, s.plan_id, s.quantity, s.add_ons,
       ARRAY(SELECT jsonb_build_array(a.add_on_id, a.min_quantity, a.max_quantity, a.per)::text
             FROM plan_add_ons a WHERE a.plan_id = CASE WHEN s.id = $1 THEN $3 ELSE s.plan_id END) AS limits
FROM subscriptions s
WHERE s.id = $1 OR s.order_id = $2 AND s.state IN ('TRIALING', 'ACTIVE', 'SUSPENDED') ORDER BY s.id
"""


@dataclass(frozen=True, slots=True)
class AddOnQuote:
    """The add-ons that there would be, what is wrong with that, and a charge by edge for each that changes."""

    add_ons: Sequence[AddOn]
    problems: Sequence[FieldError]
    charges: Sequence[Sequence[Charge]]


async def quote_add_ons(turn: Turn, main: Part, wanted: Sequence[tuple[UUID, int]], *, has_numbers: bool) -> AddOnQuote:
    """Other quantities of add-ons beside a plan in a quantity, that may be another than it has; each not below zero.

    SKUs of numbers that it is to have go beside every plan.
    """
    had = {one.plan_id: one for one in add_ons_of(turn.row)}
    skus = [*had, *(plan_id for plan_id, _ in wanted if has_numbers)]
    taken = {row["id"]: row for row in await database.fetch(_TAKEN, main.plan_id, skus)}
    problems = _check_named(wanted, had, taken, turn.row["sales_model"])
    problems += _check_kept(turn, main, had, taken)
    if problems:
        return AddOnQuote(list(had.values()), problems, [])
    gets = had | await _fresh(turn, [taken[i] for i, many in wanted if i not in had and many])
    unpriced = [place for place, (plan_id, many) in enumerate(wanted) if plan_id not in gets and many]
    if unpriced:
        message = f"is not sold {turn.row['sales_model']} in {turn.row['currency']} to this customer"
        problems = [FieldError(f"addons.{place}.planId", FieldCode.NOT_ALLOWED, message) for place in unpriced]
        return AddOnQuote(list(had.values()), problems, [])
    for plan_id, many in wanted:
        if plan_id in gets:
            gets[plan_id] = replace(gets[plan_id], quantity=many)
    problems = await _check_limits(turn, main, list(gets.values()))
    problems += [problem for one in gets.values() for problem in check_amounts(_part(one, one.quantity))]
    charges = [_charges(turn, one, had[i].quantity if i in had else 0) for i, one in gets.items()]
    changed = [of_one for of_one in charges if of_one]
    return AddOnQuote([one for one in gets.values() if one.quantity], problems, changed)


def _check_named(
    wanted: Sequence[tuple[UUID, int]], had: Mapping[UUID, AddOn], taken: Mapping[UUID, Record], sales_model: str
) -> list[FieldError]:
    """Each add-on once, of those that the plan takes; more of it only while it is sold."""
    problems = []
    for place, (plan_id, many) in enumerate(wanted):
        path, row = f"addons.{place}", taken.get(plan_id)
        if plan_id in [other for other, _ in wanted[:place]]:
            problems.append(FieldError(f"{path}.planId", FieldCode.ALREADY_EXISTS, "is named twice"))
        elif row is None and plan_id not in had:
            problems.append(FieldError(f"{path}.planId", FieldCode.NOT_FOUND, "is no add-on that this plan takes"))
        elif many < 0 or (row is not None and many > row["max_quantity"]):
            most = row["max_quantity"] if row is not None else 0
            problems.append(FieldError(f"{path}.quantity", FieldCode.OUT_OF_RANGE, f"must be between 0 and {most}"))
        elif many > (had[plan_id].quantity if plan_id in had else 0) and (refused := _refused(row, sales_model)):
            problems.append(FieldError(f"{path}.planId", FieldCode.NOT_ALLOWED, refused))
    return problems


def _refused(row: Record | None, sales_model: str) -> str | None:
    if row is None:
        return "is no add-on that this plan takes"
    if row["status"] != PlanStatus.ACTIVE:
        return f"{row['name']} is not sold any more"
    if sales_model not in row["sales_models"]:
        return f"{row['name']} is not sold {sales_model}"
    return unsold(row)


def _check_kept(turn: Turn, main: Part, had: Mapping[UUID, AddOn], taken: Mapping[UUID, Record]) -> list[FieldError]:
    """Another plan takes the add-ons that it has, or they are removed before."""
    if main.plan_id == turn.row["plan_id"]:
        return []
    message = "does not take {}: remove that add-on first"
    lost = [one for plan_id, one in had.items() if plan_id not in taken]
    return [FieldError("planId", FieldCode.NOT_APPLICABLE, message.format(one.name)) for one in lost]


async def _fresh(turn: Turn, rows: Sequence[Record]) -> dict[UUID, AddOn]:
    """Add-ons that it has none of yet, at the contract's price or today's; absent what is not sold to its customer."""
    wanted = {row["id"]: wanted_of_add_on(turn.row, row["id"], turn.billing, turn.today) for row in rows}
    prices = await prices_of(wanted.values(), await agreed_for(list(wanted.values()))) if wanted else {}
    return {
        row["id"]: AddOn(
            row["id"],
            row["product_key"],
            row["key"],
            f"{row['product_name']}, {row['name']}",
            0,
            prices[wanted[row["id"]]],
        )
        for row in rows
        if wanted[row["id"]] in prices
    }


async def _check_limits(turn: Turn, main: Part, add_ons: Sequence[AddOn]) -> list[FieldError]:
    """What the plans take of each add-on, and have to have: only what this change makes wrong is said."""
    row = turn.row
    rows = await database.fetch(_TOGETHER, row["id"], row["order_id"], main.plan_id)
    path = "addons" if (main.plan_id, main.quantity) == (row["plan_id"], row["quantity"]) else "quantity"
    before = _counted(rows, row["id"], row["quantity"], add_ons_of(row))
    after = _counted(rows, row["id"], main.quantity, add_ons)
    known = {problem.message for problem in _exceeded(rows, before, path)}
    return [problem for problem in _exceeded(rows, after, path) if problem.message not in known]


_Counted = tuple[Mapping[UUID, int], Mapping[UUID, int]]  # quantities by subscription, and of each plan in all


def _counted(rows: Sequence[Record], own: UUID, quantity: int, add_ons: Sequence[AddOn]) -> _Counted:
    quantities = {row["id"]: quantity if row["id"] == own else row["quantity"] for row in rows}
    chosen = Counter[UUID]()
    for row in rows:
        chosen[row["plan_id"]] += quantities[row["id"]]
        for one in add_ons if row["id"] == own else add_ons_of(row):
            chosen[one.plan_id] += one.quantity
    return quantities, chosen


def _exceeded(rows: Sequence[Record], counted: _Counted, path: str) -> list[FieldError]:
    quantities, chosen = counted
    ordered = [WithAddOns(path, _limits(row), quantities[row["id"]]) for row in rows]
    return check_addons(ordered, chosen)


def _limits(row: Mapping[str, Any]) -> list[AddOnDraft]:
    return [
        AddOnDraft(UUID(add_on), low, high, LimitPer(per))
        for add_on, low, high, per in map(orjson.loads, row["limits"])
    ]


def _part(one: AddOn, quantity: int) -> Part:
    return Part(one.plan_id, 0, quantity, one.tier_unit_minor)


def _charges(turn: Turn, one: AddOn, before: int) -> list[Charge]:
    """By edge: what is more of an add-on for the rest of the term, and that what is less refunds nothing (B3-S 5)."""
    if one.quantity == before:
        return []
    prorated = prorate(policies_of(turn), _part(one, before), _part(one, one.quantity), rest_of(turn))
    return [replace(charge, of=one.named) for charge in prorated]
