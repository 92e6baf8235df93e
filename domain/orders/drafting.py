"""Drafts, and how orders are written: the customer must be one, every plan must be offered to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from domain.contracts.queries import contract_for_order
from domain.contracts.rules import covers
from domain.orders.events import Row
from domain.orders.facts import Facts, read_facts
from domain.orders.handling import handling_columns
from domain.orders.rules import OrderDraft, PricedLine, check_draft, components_of, sum_tiers
from domain.orders.states import LineState, OrderState
from domain.orders.terms import AT_ONCE, Selling, check_terms, columns_of
from domain.organizations.locations import VOICE
from domain.organizations.rules import require_active
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.writes import Writes
from domain.subscriptions.rules import MAX_MULTIPLIER

_INSERT_LINES: Final = """
INSERT INTO order_lines (id, order_id, scope, position, product_id, plan_id, quantity, parameters, state,
                         tier_unit_minor, tier_amount_minor, tier_discount_minor)
SELECT n.id, $1, $2, n.place - 1, n.product_id, n.plan_id, n.quantity, n.parameters, $3, n.unit::bigint[],
       n.amount::bigint[], n.discount::bigint[]
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::int[], $8::jsonb[], $9::text[], $10::text[], $11::text[])
     WITH ORDINALITY AS n(id, product_id, plan_id, quantity, parameters, unit, amount, discount, place)
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft that may be saved, with what it is decided by; `contract` is the one that it is placed by, with prices.

    Where nobody in the chain has discounts, and the customer no credit terms, an order takes two statements less.
    """

    draft: OrderDraft
    facts: Facts
    contract: Record | None

    @property
    def customer(self) -> Mapping[str, Any]:
        """Who orders: the last of the chain."""
        return self.facts.chain[-1]

    @property
    def plans(self) -> Mapping[UUID, Mapping[str, Any]]:
        """The plans that are named, by id."""
        return self.facts.plans

    @property
    def may_have_discounts(self) -> bool:
        """Whether some seller of the chain has any."""
        return any(member["has_discounts"] for member in self.facts.chain)

    @property
    def has_credit_terms(self) -> bool:
        """Whether the customer orders within a limit, or from a wallet."""
        return bool(self.customer["has_terms"])

    @property
    def provisioners(self) -> set[str]:
        """The keys of the connectors that provide what is ordered, or would provide what is in a bundle."""
        plans = [self.plans[line.plan_id] for line in self.draft.lines]
        within = {part.provisioner for plan in plans for part in components_of(plan)}
        return within | {plan["provisioner"] for plan in plans}

    @property
    def has_voice(self) -> bool:
        """Whether some of it can call emergency services."""
        return not VOICE.isdisjoint(self.provisioners)

    @property
    def chain_ids(self) -> list[UUID]:
        """The chain's organizations, root first."""
        return [member["id"] for member in self.facts.chain]

    @property
    def parameters_and_schemas(self) -> list[tuple[Mapping[str, Any], str]]:
        """Each line's provisioning information beside the schema that it must keep, as JSON."""
        return [(line.parameters, self.plans[line.plan_id]["parameter_schema"]) for line in self.draft.lines]


async def prepare_new(actor: Actor, draft: OrderDraft) -> tuple[Prepared, str]:
    """As `prepare`, with the number of an order to be: those of orders that are refused after all are left out."""
    prepared = await _prepare(actor, draft, draws_number=True)
    return prepared, f"ORD-{prepared.facts.number:06d}"


async def prepare(actor: Actor, draft: OrderDraft) -> Prepared:
    """Look up what a draft names and refuse what no draft may hold, every problem at once."""
    return await _prepare(actor, draft, draws_number=False)


async def _prepare(actor: Actor, draft: OrderDraft, *, draws_number: bool) -> Prepared:
    prepared, problems = await look_up(actor, draft, draws_number=draws_number)
    if problems:
        raise Invalid(problems)
    return prepared


async def look_up(actor: Actor, draft: OrderDraft, *, draws_number: bool = False) -> tuple[Prepared, list[FieldError]]:
    """What a draft names, and what no draft may hold; Invalid or Conflict for one of whom orders are not taken."""
    plan_ids = [line.plan_id for line in draft.lines]
    facts = await read_facts(actor, draft.customer_id, plan_ids, draft.sales_model, draws_number=draws_number)
    named = await contract_for_order(actor, draft.contract_id, draft.customer_id) if draft.contract_id else None
    return judge(actor, draft, facts, named)


def judge(actor: Actor, draft: OrderDraft, facts: Facts, named: Record | None) -> tuple[Prepared, list[FieldError]]:
    """As `look_up`, of facts and the contract that is named, if it is there."""
    customer = facts.chain[-1]
    if customer["kind"] != OrganizationKind.CUSTOMER:
        message = f"{customer['name']} is a {customer['kind'].lower()}; orders are for customers"
        raise Invalid([FieldError("customer", FieldCode.NOT_ALLOWED, message)])
    require_active(facts.chain)
    contract, problems = _contract(draft, named, customer, facts.day)
    problems = check_draft(draft, facts.plans) + problems
    if draft.terms != AT_ONCE:
        problems += _check_terms(actor, draft, facts)
    return Prepared(draft, facts, contract), problems


def _check_terms(actor: Actor, draft: OrderDraft, facts: Facts) -> list[FieldError]:
    periods = max(1, min(draft.cycle_multiplier, MAX_MULTIPLIER))
    is_by_seller = actor.scope.path != facts.chain[-1]["scope"]
    plans = [facts.plans[line.plan_id] for line in draft.lines if line.plan_id in facts.plans]
    return check_terms(draft.terms, plans, Selling(draft.sales_model, periods, facts.day, is_by_seller=is_by_seller))


def _contract(
    draft: OrderDraft, found: Record | None, customer: Mapping[str, Any], day: date
) -> tuple[Record | None, list[FieldError]]:
    """The contract that a draft names, and what keeps the order from being placed by it."""
    if draft.contract_id is None:
        return None, []
    if found is None:
        message = "there is no such contract with this customer"
        return None, [FieldError("contractId", FieldCode.NOT_FOUND, message)]
    last = draft.terms.last_asked(day)
    if not covers(found["starts_on"], found["ends_on"], first=day, last=last):
        message = f"contract {found['number']} does not cover {day}" + (f" to {last}" if last > day else "")
        return None, [FieldError("contractId", FieldCode.EXPIRED, message)]
    if found["currency"] != customer["currency"]:
        message = f"contract {found['number']} is in {found['currency']}, the order in {customer['currency']}"
        return None, [FieldError("contractId", FieldCode.NOT_APPLICABLE, message)]
    return found, []


def write_order(
    writes: Writes,
    actor: Actor,
    prepared: Prepared,
    number: str,
    *,
    state: OrderState,
    priced: Sequence[PricedLine] | None,
) -> Row:
    """Write the order with its lines; answers its row. `priced` is None for a draft, whose amounts are not fixed."""
    row = _row(actor, prepared, number, state=state, priced=priced)
    writes.insert("orders", row)
    _write_lines(writes, actor, prepared, row["id"], priced)
    return row


def _row(
    actor: Actor, prepared: Prepared, number: str, *, state: OrderState, priced: Sequence[PricedLine] | None
) -> Row:
    draft, customer = prepared.draft, prepared.customer
    return {
        "id": actor.new_id(),
        "organization_id": customer["id"],
        "scope": customer["scope"],
        "number": number,
        "state": state.value,
        "sales_model": draft.sales_model.value,
        "cycle_multiplier": draft.cycle_multiplier,
        "currency": customer["currency"],
        "auto_renew": draft.auto_renew,
        "subscription_reference": draft.subscription_reference or None,
        "contract_id": draft.contract_id,
        "discount_codes": list(draft.discount_codes) or None,
        **columns_of(draft.terms),
        **handling_columns(draft.handling),
        "tier_total_minor": sum_tiers(priced) if priced else None,
        "failure_code": None,
        "failure_reason": None,
        "created_by": actor.principal,
        "created_at": actor.at,
        "submitted_at": None if state is OrderState.DRAFT else actor.at,
        "submitted_by": None if state is OrderState.DRAFT else actor.principal,
        "decided_at": None,
        "decided_by": None,
        "rejection_reason": None,
        "finished_at": None,
        "version": 1,
    }


def _write_lines(
    writes: Writes, actor: Actor, prepared: Prepared, order_id: UUID, priced: Sequence[PricedLine] | None
) -> None:
    lines = prepared.draft.lines
    writes.add(
        _INSERT_LINES,
        order_id,
        prepared.customer["scope"],
        LineState.DRAFT.value,
        [actor.new_id() for _ in lines],
        [prepared.plans[line.plan_id]["product_id"] for line in lines],
        [line.plan_id for line in lines],
        [line.quantity for line in lines],
        [orjson.dumps(line.parameters).decode() for line in lines],
        [_array(amounts.tier_unit_minor) for amounts in priced] if priced else [None] * len(lines),
        [_array(amounts.tier_amount_minor) for amounts in priced] if priced else [None] * len(lines),
        [_array(amounts.tier_discount_minor) for amounts in priced] if priced else [None] * len(lines),
    )


def _array(amounts: Sequence[int]) -> str:
    """A bigint[] as text: lines have as many amounts as the chain has edges, and an array of arrays has one width."""
    return f"{{{','.join(map(str, amounts))}}}"
