"""Saving a draft: the customer must be one, every plan must be offered to it; the rest may come later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from domain.catalog.queries import plans_for_order
from domain.events.actions import record
from domain.events.catalogue import EventType
from domain.orders.events import OrderView, order_event
from domain.orders.rules import OrderDraft, PricedLine, check_draft
from domain.orders.states import LineState, OrderState
from domain.organizations.queries import chain_of, get_organization
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.tenancy import Scope

_INSERT_ORDER = """
INSERT INTO orders (id, organization_id, scope, number, state, sales_model, cycle_multiplier, currency, auto_renew,
                    subscription_reference, tier_total_minor, created_by, created_at, submitted_at)
SELECT $1, $2, $3, 'ORD-' || lpad(n, greatest(6, length(n)), '0'), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
FROM (SELECT nextval('order_numbers')::text AS n) AS drawn RETURNING number
"""
_INSERT_LINES = """
INSERT INTO order_lines (id, order_id, scope, position, product_id, plan_id, quantity, parameters, state,
                         tier_unit_minor, tier_amount_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft that may be saved, with what was looked up for it: the customer, its chain from the root, its plans."""

    draft: OrderDraft
    customer: Record
    chain: Sequence[Record]
    plans: Mapping[UUID, Record]

    @property
    def parameters_and_schemas(self) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Each line's provisioning information beside the schema it must keep."""
        return [(line.parameters, self.plans[line.plan_id]["parameter_schema"]) for line in self.draft.lines]


async def prepare(actor: Actor, draft: OrderDraft) -> Prepared:
    """Look up what a draft names and refuse what no draft may hold, every problem at once."""
    customer = await get_organization(actor, draft.customer_id)
    if customer["kind"] != OrganizationKind.CUSTOMER:
        message = f"{customer['name']} is a {customer['kind'].lower()}; orders are for customers"
        raise Invalid([FieldError("customer", FieldCode.NOT_ALLOWED, message)])
    scopes = Scope(customer["scope"]).chain
    chain = await chain_of(scopes)
    plans = await plans_for_order(actor, [line.plan_id for line in draft.lines], scopes)
    if problems := check_draft(draft, plans):
        raise Invalid(problems)
    return Prepared(draft, customer, chain, plans)


async def insert(
    actor: Actor, prepared: Prepared, *, state: OrderState, priced: Sequence[PricedLine] | None, total: list[int] | None
) -> OrderView:
    """Write the order with its lines; `priced` and `total` are None for a draft, whose amounts are not fixed."""
    draft, customer = prepared.draft, prepared.customer
    order_id = actor.new_id()
    number = await database.fetch_value(
        _INSERT_ORDER,
        order_id,
        customer["id"],
        customer["scope"],
        state.value,
        draft.sales_model.value,
        draft.cycle_multiplier,
        customer["currency"],
        draft.auto_renew,
        draft.subscription_reference or None,
        total,
        actor.principal,
        actor.at,
        None if state is OrderState.DRAFT else actor.at,
    )
    await database.execute_many(_INSERT_LINES, _line_rows(actor, prepared, order_id, priced))
    return OrderView(
        id=order_id,
        number=number,
        organization_id=customer["id"],
        scope=customer["scope"],
        currency=customer["currency"],
        subscription_reference=draft.subscription_reference or None,
        tier_total_minor=total,
    )


def _line_rows(
    actor: Actor, prepared: Prepared, order_id: UUID, priced: Sequence[PricedLine] | None
) -> list[tuple[Any, ...]]:
    return [
        (
            actor.new_id(),
            order_id,
            prepared.customer["scope"],
            place,
            prepared.plans[line.plan_id]["product_id"],
            line.plan_id,
            line.quantity,
            orjson.dumps(line.parameters).decode(),
            LineState.DRAFT.value,
            priced[place].tier_unit_minor if priced else None,
            priced[place].tier_amount_minor if priced else None,
        )
        for place, line in enumerate(prepared.draft.lines)
    ]


async def create_order(actor: Actor, draft: OrderDraft) -> UUID:
    """Save a draft: nothing is priced, held or provisioned yet."""
    async with database.transaction():
        prepared = await prepare(actor, draft)
        view = await insert(actor, prepared, state=OrderState.DRAFT, priced=None, total=None)
        await record(actor, order_event(EventType.ORDER_CREATED, view, OrderState.DRAFT))
        return view.id
