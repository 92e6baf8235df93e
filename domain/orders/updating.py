"""Changing a draft: what is given replaces what was there; lines are kept, changed, added and taken away by id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final
from uuid import UUID

import orjson

from domain.events.actions import NewEvent, record
from domain.events.types import EventType
from domain.orders.drafting import Prepared, prepare
from domain.orders.events import order_event, row_of
from domain.orders.handling import Handling, handling_columns
from domain.orders.loading import draft_of, lock_order, require_version
from domain.orders.models import Order, OrderLine, OrderMethod
from domain.orders.pricing import discounts_for
from domain.orders.rules import LineDraft, OrderDraft
from domain.orders.states import LineState, OrderState
from domain.orders.terms import OrderTerms, columns_of
from domain.shared import database
from domain.shared.actor import Actor
from domain.shared.errors import FieldCode, FieldError, IllegalTransition, Invalid

_TERMS: Final = frozenset(field.name for field in fields(OrderTerms)) - {"is_granted"}
_HANDLING: Final = frozenset(field.name for field in fields(Handling))
_TAKE_AWAY: Final = "DELETE FROM order_lines WHERE order_id = $1 AND NOT id = ANY($2)"
# Positions are unique: those that stay step aside first.
_STEP_ASIDE: Final = "UPDATE order_lines SET position = -1 - position WHERE order_id = $1"
_PUT: Final = """
INSERT INTO order_lines (id, order_id, scope, position, product_id, plan_id, quantity, parameters, state)
SELECT n.id, $1, $2, n.place - 1, n.product_id, n.plan_id, n.quantity, n.parameters, $3
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::int[], $8::jsonb[])
     WITH ORDINALITY AS n(id, product_id, plan_id, quantity, parameters, place)
ON CONFLICT (id) DO UPDATE SET position = excluded.position, product_id = excluded.product_id,
  plan_id = excluded.plan_id, quantity = excluded.quantity, parameters = excluded.parameters
"""


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line as it shall be: the one with this id with what is given, or a new one."""

    id: UUID | None
    plan_id: UUID | None
    quantity: int | None
    parameters: Mapping[str, Any] | None


async def update_order(
    actor: Actor,
    order_id: UUID,
    changes: Mapping[str, Any],
    lines: Sequence[LineChange] | None,
    expected_version: int | None = None,
) -> UUID:
    """Change a draft: fields of OrderDraft, OrderTerms and Handling by name, and all its lines if they are given.

    IllegalTransition for what is no draft any more, Conflict for what is another version than expected; Invalid for
    what no draft may hold.
    """
    async with database.transaction():
        order = await lock_order(actor, order_id)
        if order.state is not OrderState.DRAFT:
            raise IllegalTransition("order", order.state, OrderState.DRAFT, [])
        require_version(order, expected_version)
        kept = await OrderLine.filter(order_id=order.id).order_by("position")
        ids, wanted = _merged(kept, lines)
        draft = replace(_changed(draft_of(order, kept), changes), lines=wanted)
        prepared = await prepare(actor, draft)
        _, refused = await discounts_for(actor, prepared) if draft.discount_codes else ([], [])
        if refused:
            raise Invalid(refused)
        await _write(order, draft)
        if lines is not None:
            await _write_lines(actor, order, prepared, ids)
        await record(actor, _updated(order, changes, lines))
        return order.id


def _merged(kept: Sequence[OrderLine], lines: Sequence[LineChange] | None) -> tuple[list[UUID | None], list[LineDraft]]:
    """The ids of those lines that are there already, None of new ones, and the lines as they shall be."""
    there = {line.id: LineDraft(line.plan_id, line.quantity, line.parameters) for line in kept}
    if lines is None:
        return list(there), list(there.values())
    problems: list[FieldError] = []
    drafts: list[LineDraft] = []
    for place, change in enumerate(lines):
        before = there.pop(change.id, None) if change.id else None
        made = _line(f"lines.{place}", change, before)
        if isinstance(made, LineDraft):
            drafts.append(made)
        else:
            problems += made
    if problems:
        raise Invalid(problems)
    return [change.id for change in lines], drafts


def _line(path: str, change: LineChange, before: LineDraft | None) -> LineDraft | list[FieldError]:
    if before is not None:
        quantity = before.quantity if change.quantity is None else change.quantity
        parameters = before.parameters if change.parameters is None else change.parameters
        return LineDraft(change.plan_id or before.plan_id, quantity, parameters)
    if change.id is not None:
        return [FieldError(f"{path}.id", FieldCode.NOT_FOUND, "the order has no such line, or it is named twice")]
    if change.plan_id is None or change.quantity is None:
        missing = {"planId": change.plan_id, "quantity": change.quantity}
        message = "is required of a new line"
        return [
            FieldError(f"{path}.{name}", FieldCode.REQUIRED, message)
            for name, value in missing.items()
            if value is None
        ]
    return LineDraft(change.plan_id, change.quantity, change.parameters or {})


def _changed(draft: OrderDraft, changes: Mapping[str, Any]) -> OrderDraft:
    """The draft with these changes; a billing start that stays was granted when it was written."""
    asked = {name: value for name, value in changes.items() if name in _TERMS}
    is_granted = "billing_starts_on" not in asked
    terms = replace(draft.terms, **asked, is_granted=is_granted)
    handling = replace(draft.handling, **{name: changes[name] for name in changes.keys() & _HANDLING})
    rest = {name: changes[name] for name in changes.keys() - _TERMS - _HANDLING}
    changed = replace(draft, terms=terms, handling=handling, **rest)
    return replace(changed, method=OrderMethod.CONTRACT if changed.contract_id else OrderMethod.NORMAL)


async def _write(order: Order, draft: OrderDraft) -> None:
    columns = {
        "sales_model": draft.sales_model,
        "cycle_multiplier": draft.cycle_multiplier,
        "auto_renew": draft.auto_renew,
        "subscription_reference": draft.subscription_reference or None,
        "contract_id": draft.contract_id,
        "discount_codes": list(draft.discount_codes) or None,
        **columns_of(draft.terms),
        **handling_columns(draft.handling),
        "version": order.version + 1,
    }
    order.update_from_dict(columns)
    await order.save(update_fields=list(columns))


async def _write_lines(actor: Actor, order: Order, prepared: Prepared, ids: Sequence[UUID | None]) -> None:
    lines = prepared.draft.lines
    await database.execute(_TAKE_AWAY, order.id, [line_id for line_id in ids if line_id])
    await database.execute(_STEP_ASIDE, order.id)
    await database.execute(
        _PUT,
        order.id,
        order.scope,
        LineState.DRAFT.value,
        [line_id or actor.new_id() for line_id in ids],
        [prepared.plans[line.plan_id]["product_id"] for line in lines],
        [line.plan_id for line in lines],
        [line.quantity for line in lines],
        [orjson.dumps(line.parameters).decode() for line in lines],
    )


def _updated(order: Order, changes: Mapping[str, Any], lines: Sequence[LineChange] | None) -> NewEvent:
    event = order_event(EventType.ORDER_UPDATED, row_of(order), order.state)
    changed = sorted({*changes, *(() if lines is None else ("lines",))})
    return replace(event, data={**event.data, "changed": changed})
