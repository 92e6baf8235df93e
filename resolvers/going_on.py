"""Resolvers of going on with an order: failed lines tried again, inquiries answered."""

from domain.orders.inquiring import answer_inquiry as answer
from domain.orders.queries import ORDERS
from domain.orders.retrying import retry_order as retry
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_written
from resolvers.orders import parameters
from schema.context import Info
from schema.going_on import (
    AnswerInquiryInput,
    AnswerInquiryResult,
    AnswerInquirySuccess,
    RetryOrderInput,
    RetryOrderResult,
    RetryOrderSuccess,
)


async def retry_order(info: Info, input: RetryOrderInput) -> RetryOrderResult:  # noqa: A002 - the argument's public name
    """Try the failed lines of an order again: what was made stays, nothing is made or charged twice."""
    order_id, line_ids = decode("Order", input.id), None
    if input.lines is not None:
        line_ids = [decode("OrderLine", text, path=f"lines.{place}") for place, text in enumerate(input.lines)]
    made = await run_once(info, input, lambda: retry(actor_of(info), order_id, line_ids))
    return RetryOrderSuccess(order=await read_written(info, "Order", ORDERS, made, "order"))


async def answer_inquiry(info: Info, input: AnswerInquiryInput) -> AnswerInquiryResult:  # noqa: A002 - the argument's public name
    """Answer what a provisioner asks for about a line of an order: the same operation goes on with it."""
    order_id, line_id = (
        decode("Order", input.order_id, path="orderId"),
        decode("OrderLine", input.line_id, path="lineId"),
    )
    answers = parameters(input.answers, "answers")
    made = await run_once(info, input, lambda: answer(actor_of(info), order_id, line_id, answers))
    return AnswerInquirySuccess(order=await read_written(info, "Order", ORDERS, made, "order"))
