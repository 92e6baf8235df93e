"""Saving a draft: the customer must be one, every plan must be offered to it; the rest may come later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from domain.catalog.queries import plans_for_order
from domain.events.actions import record_with
from domain.events.types import EventType
from domain.orders.events import Row, order_event
from domain.orders.rules import OrderDraft, PricedLine, check_draft, sum_tiers
from domain.orders.states import LineState, OrderState
from domain.organizations.queries import chain_to
from domain.organizations.rules import require_active
from domain.shared import database
from domain.shared.actor import Actor, OrganizationKind
from domain.shared.errors import FieldCode, FieldError, Invalid
from domain.shared.writes import Writes

_INSERT_LINES: Final = """
INSERT INTO order_lines (id, order_id, scope, position, product_id, plan_id, quantity, parameters, state,
                         tier_unit_minor, tier_amount_minor)
SELECT n.id, $1, $2, n.place - 1, n.product_id, n.plan_id, n.quantity, n.parameters, $3, n.unit::bigint[],
       n.amount::bigint[]
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::int[], $8::jsonb[], $9::text[], $10::text[])
     WITH ORDINALITY AS n(id, product_id, plan_id, quantity, parameters, unit, amount, place)
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
    chain = await chain_to(actor, draft.customer_id)
    customer = chain[-1]
    if customer["kind"] != OrganizationKind.CUSTOMER:
        message = f"{customer['name']} is a {customer['kind'].lower()}; orders are for customers"
        raise Invalid([FieldError("customer", FieldCode.NOT_ALLOWED, message)])
    require_active(chain)
    plans = await plans_for_order(actor, [line.plan_id for line in draft.lines], [member["scope"] for member in chain])
    if problems := check_draft(draft, plans):
        raise Invalid(problems)
    return Prepared(draft, customer, chain, plans)


async def draw_number() -> str:
    """The next order number; those of orders that are refused after all are left out."""
    drawn: int = await database.fetch_value("SELECT nextval('order_numbers')")
    return f"ORD-{drawn:06d}"


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
    draft, customer = prepared.draft, prepared.customer
    row: Row = {
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
        "tier_total_minor": sum_tiers(priced) if priced else None,
        "failure_code": None,
        "failure_reason": None,
        "created_by": actor.principal,
        "created_at": actor.at,
        "submitted_at": None if state is OrderState.DRAFT else actor.at,
        "finished_at": None,
    }
    writes.insert("orders", row)
    _write_lines(writes, actor, prepared, row["id"], priced)
    return row


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
    )


def _array(amounts: Sequence[int]) -> str:
    """A bigint[] as text: lines have as many amounts as the chain has edges, and an array of arrays has one width."""
    return f"{{{','.join(map(str, amounts))}}}"


async def create_order(actor: Actor, draft: OrderDraft, writes: Writes) -> Row:
    """Save a draft: nothing is priced, held or provisioned yet.

    Answers the row that is there once `writes` are sent.
    """
    prepared = await prepare(actor, draft)
    row = write_order(writes, actor, prepared, await draw_number(), state=OrderState.DRAFT, priced=None)
    record_with(writes, actor, order_event(EventType.ORDER_CREATED, row, OrderState.DRAFT))
    return row
