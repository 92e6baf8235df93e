"""Resolvers of the ledger."""

from domain.billing.queries import CHARGES
from resolvers.lists import read_page
from schema.charges import Charge, ChargeSort, ChargeWhere
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request


async def charges(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: ChargeWhere | None = None,
    sort: list[ChargeSort] | None = None,
) -> Connection[Charge]:
    """What your buyers owe you and, with COSTS_READ, you your seller; newest first unless sorted."""
    return await read_page(info, "Charge", CHARGES, page_request(first, after, last, before), where=where, sort=sort)
