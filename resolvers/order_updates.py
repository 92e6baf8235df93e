"""The resolver that changes drafts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain.orders.queries import ORDERS
from domain.orders.updating import LineChange
from domain.orders.updating import update_order as update
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.changes import changes_of
from resolvers.lists import read_written
from resolvers.orders import order_contact, parameters
from schema.context import Info
from schema.order_updates import UpdateOrderInput, UpdateOrderLineInput, UpdateOrderResult, UpdateOrderSuccess
from schema.ordering import OrderContactInput

_COLUMNS: Final[Mapping[str, str]] = {
    "postponed_billing": "is_billing_postponed",
    "send_credentials_to_customer": "sends_credentials",
}


def _lines(given: Sequence[UpdateOrderLineInput]) -> list[LineChange]:
    return [
        LineChange(
            None if line.id is None else decode("OrderLine", line.id, path=f"lines.{place}.id"),
            None if line.plan_id is None else decode("Plan", line.plan_id, path=f"lines.{place}.planId"),
            line.quantity,
            None if line.parameters is None else parameters(line.parameters, f"lines.{place}.parameters"),
        )
        for place, line in enumerate(given)
    ]


async def update_order(info: Info, input: UpdateOrderInput) -> UpdateOrderResult:  # noqa: A002 - the argument's public name
    """Change a draft: fields that are left out stay, lines are kept and changed by their ids."""
    order_id = decode("Order", input.id)
    given = changes_of(input, {OrderContactInput: order_contact})
    changes: dict[str, Any] = {_COLUMNS.get(name, name): value for name, value in given.items()}
    lines = changes.pop("lines", None)
    if changes.get("contract_id") is not None:
        changes["contract_id"] = decode("Contract", changes["contract_id"], path="contractId")
    written = None if lines is None else _lines(lines)
    made = await update(actor_of(info), order_id, changes, written, input.expected_version)
    return UpdateOrderSuccess(order=await read_written(info, "Order", ORDERS, made, "order"))
