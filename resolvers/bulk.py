"""Resolvers of bulk operations."""

from collections.abc import AsyncIterator

import strawberry

from domain.bulk.actions import cancel
from domain.bulk.queries import BULK_OPERATIONS, progress_of
from domain.bulk.states import BULK, BulkState
from domain.shared.errors import NotFound
from domain.shared.ids import decode
from resolvers.access import actor_of
from resolvers.lists import read_by_id, read_one, read_page, read_written
from schema.bulk import (
    BulkOperation,
    BulkOperationWhere,
    CancelBulkOperationInput,
    CancelBulkOperationResult,
    CancelBulkOperationSuccess,
)
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request


async def bulk_operation(info: Info, id: strawberry.ID) -> BulkOperation | None:  # noqa: A002 - the argument's public name
    """One bulk operation of your subtree, of a kind that you may start; null if there is none."""
    return await read_by_id(info, "BulkOperation", BULK_OPERATIONS, id)


async def bulk_operations(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: BulkOperationWhere | None = None,
) -> Connection[BulkOperation]:
    """The bulk operations of your subtree, of the kinds that you may start, newest first."""
    request = page_request(first, after, last, before)
    return await read_page(info, "BulkOperation", BULK_OPERATIONS, request, where=where)


async def cancel_bulk_operation(info: Info, input: CancelBulkOperationInput) -> CancelBulkOperationResult:  # noqa: A002 - the argument's public name
    """Let an operation do no further step; needs the permission that starting it does."""
    cancelled = await cancel(actor_of(info), decode("BulkOperation", input.id))
    return CancelBulkOperationSuccess(
        bulk_operation=await read_written(info, "BulkOperation", BULK_OPERATIONS, cancelled, "bulkOperation")
    )


async def bulk_operation_updated(info: Info, id: strawberry.ID) -> AsyncIterator[BulkOperation]:  # noqa: A002 - the argument's public name
    """The bulk operation as it is now, and again after each step, until it has come to its end."""
    operation_id = decode("BulkOperation", id)
    seen = None
    async for _ in info.context.house.news.watch(lambda aggregate_id, _: aggregate_id == operation_id):
        progress = await progress_of(actor_of(info), operation_id)
        if progress is None:
            raise NotFound("bulk operation", id)
        if progress == seen:
            continue
        seen = progress
        current = await read_one(info, "BulkOperation", BULK_OPERATIONS, operation_id)
        if current is not None:
            yield current
        if BulkState(progress["state"]) in BULK.terminal:
            return
