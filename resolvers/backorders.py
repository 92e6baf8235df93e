"""Resolvers of backorders."""

from domain.numbers.queries import BACKORDERS
from domain.orders import backorders as actions
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written
from schema.backorders import (
    Backorder,
    BackorderSort,
    BackorderWhere,
    CancelBackorderInput,
    CancelBackorderResult,
    CancelBackorderSuccess,
    FulfilBackorderInput,
    FulfilBackorderResult,
    FulfilBackorderSuccess,
)
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request


async def backorders(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: BackorderWhere | None = None,
    sort: list[BackorderSort] | None = None,
) -> Connection[Backorder]:
    """The numbers that orders of your subtree wait for; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "Backorder", BACKORDERS, request, where=where, sort=sort)


async def fulfil_backorder(info: Info, input: FulfilBackorderInput) -> FulfilBackorderResult:  # noqa: A002 - the argument's public name
    """Give a backorder numbers of its exchange that are in stock by now; with all of them its line completes."""
    backorder_id = decode("Backorder", input.id)
    made = await run_once(info, input, lambda: actions.fulfil_backorder(actor_of(info), backorder_id, input.numbers))
    return FulfilBackorderSuccess(backorder=await read_written(info, "Backorder", BACKORDERS, made, "backorder"))


async def cancel_backorder(info: Info, input: CancelBackorderInput) -> CancelBackorderResult:  # noqa: A002 - the argument's public name
    """Cancel a backorder: its order goes on without these numbers, what was bought stays to be chosen."""
    cancelled = await actions.cancel_backorder(actor_of(info), decode("Backorder", input.id))
    return CancelBackorderSuccess(backorder=await read_written(info, "Backorder", BACKORDERS, cancelled, "backorder"))
