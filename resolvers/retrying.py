"""Resolvers of what goes on with an order that did not end well."""

from domain.orders.queries import ORDERS
from domain.orders.retrying import retry_order as retry
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_written
from schema.context import Info
from schema.retrying import RetryOrderInput, RetryOrderResult, RetryOrderSuccess


async def retry_order(info: Info, input: RetryOrderInput) -> RetryOrderResult:  # noqa: A002 - the argument's public name
    """Try the failed lines of an order again: what was made stays, nothing is made or charged twice."""
    order_id, line_ids = decode("Order", input.id), None
    if input.lines is not None:
        line_ids = [decode("OrderLine", text, path=f"lines.{place}") for place, text in enumerate(input.lines)]
    made = await run_once(info, input, lambda: retry(actor_of(info), order_id, line_ids))
    return RetryOrderSuccess(order=await read_written(info, "Order", ORDERS, made, "order"))
