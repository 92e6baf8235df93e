"""Resolvers of operations at provisioners."""

from domain.provisioning.queries import OPERATIONS
from resolvers.lists import read_page
from schema.context import Info
from schema.pages import After, Before, Connection, First, Last, page_request
from schema.provisioning import ProvisioningOperation, ProvisioningOperationWhere


async def provisioning_operations(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: ProvisioningOperationWhere | None = None,
) -> Connection[ProvisioningOperation]:
    """What was asked of provisioners for your subtree, newest first."""
    request = page_request(first, after, last, before)
    return await read_page(info, "ProvisioningOperation", OPERATIONS, request, where=where)
