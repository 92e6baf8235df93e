"""Resolvers of tickets."""

from domain.desk import actions
from domain.desk.queries import TICKETS
from domain.desk.rules import Output
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.lists import read_page, read_written
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request
from schema.tickets import (
    CompleteTicketInput,
    CompleteTicketResult,
    CompleteTicketSuccess,
    FailTicketInput,
    FailTicketResult,
    FailTicketSuccess,
    Ticket,
    TicketWhere,
)


async def tickets(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: TicketWhere | None = None,
) -> Connection[Ticket]:
    """What the desks of your subtree have to do and have done, newest first."""
    return await read_page(info, "Ticket", TICKETS, page_request(first, after, last, before), where=where)


async def complete_ticket(info: Info, input: CompleteTicketInput) -> CompleteTicketResult:  # noqa: A002 - the argument's public name
    """Say that the work of a ticket is done, and hand over what came out of it."""
    outputs = [Output(given.name, given.value, given.is_secret) for given in input.outputs]
    ticket_id, seal = decode("Ticket", input.id), info.context.house.seal
    closed = await actions.complete_ticket(actor_of(info), ticket_id, outputs, seal=seal)
    return CompleteTicketSuccess(ticket=await read_written(info, "Ticket", TICKETS, closed, "ticket"))


async def fail_ticket(info: Info, input: FailTicketInput) -> FailTicketResult:  # noqa: A002 - the argument's public name
    """Say that the work of a ticket cannot be done, and why."""
    closed = await actions.fail_ticket(actor_of(info), decode("Ticket", input.id), reason=input.reason)
    return FailTicketSuccess(ticket=await read_written(info, "Ticket", TICKETS, closed, "ticket"))
