"""Resolvers of telephone numbers."""

from domain.bulk.queries import BULK_OPERATIONS
from domain.numbers import importing
from domain.numbers.importing import FileDefaults
from domain.numbers.queries import NUMBERS
from domain.numbers.rules import StockSearch
from domain.numbers.searching import count_stock, rate_center_of, search_stock
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.hydration import hydrate
from resolvers.keyed import run_once
from resolvers.lists import read_page, read_written, shape_at
from resolvers.references import organization_id
from resolvers.selection import selection_of
from schema.context import Info
from schema.number_import import ImportNumbersInput, ImportNumbersResult, ImportNumbersSuccess
from schema.numbers import Number, NumberSearchConnection, NumberSearchWhere, NumberSort, NumberWhere
from schema.pages import After, Before, Connection, First, Last, connection, page_request


async def numbers(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: NumberWhere | None = None,
    sort: list[NumberSort] | None = None,
) -> Connection[Number]:
    """The numbers of your subtree: your stock, and what you and those below you have; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "Number", NUMBERS, request, where=where, sort=sort)


async def search_numbers(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: NumberSearchWhere | None = None,
) -> NumberSearchConnection:
    """The numbers that you can have now, from your sellers' stock or your own, in the order of the numbers."""
    actor, search = actor_of(info), _search(where or NumberSearchWhere())
    shape = shape_at(info, "Number", ("edges", "node"), ("nodes",))
    page = await search_stock(actor, page_request(first, after, last, before), search, shape.columns)
    selected = selection_of(info)
    found = connection(
        await hydrate(actor, shape, page.records),
        page,
        lambda: count_stock(actor, search),
        shows_edges="edges" in selected,
    )
    place = await rate_center_of(actor, search) if "rateCenter" in selected else None
    return NumberSearchConnection(**vars(found), rate_center=place)


async def import_numbers(info: Info, input: ImportNumbersInput) -> ImportNumbersResult:  # noqa: A002 - the argument's public name
    """Put the numbers of an uploaded file into a seller's stock; the bulk operation tells how far it is."""
    actor = actor_of(info)
    seller_id = (
        actor.organization_id
        if input.organization is None
        else await organization_id(info, input.organization, "organization")
    )
    upload_id = decode("Upload", input.upload_id, path="uploadId")
    plan_id = decode("Plan", input.plan_id, path="planId")
    defaults = FileDefaults(plan_id, input.country, input.rate_center)
    made = await run_once(info, input, lambda: importing.import_numbers(actor_of(info), seller_id, upload_id, defaults))
    return ImportNumbersSuccess(
        bulk_operation=await read_written(info, "BulkOperation", BULK_OPERATIONS, made, "bulkOperation")
    )


def _search(where: NumberSearchWhere) -> StockSearch:
    return StockSearch(
        npa=where.npa,
        nxx=where.nxx,
        country=where.country,
        rate_center=where.rate_center,
        digits=where.digits,
        run=where.run,
        kind=where.kind,
        plan_id=None if where.plan_id is None else decode("Plan", where.plan_id, path="where.planId"),
        customer_id=(
            None if where.customer_id is None else decode("Organization", where.customer_id, path="where.customerId")
        ),
    )
