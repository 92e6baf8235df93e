"""Resolvers of organizations."""

import strawberry

from domain.organizations.queries import ORGANIZATIONS
from resolvers.lists import read_by_id, read_page
from schema.context import Info
from schema.organizations import Organization, OrganizationSort, OrganizationWhere
from schema.pages import After, Before, Connection, First, Last, page_request


async def organization(info: Info, id: strawberry.ID) -> Organization | None:  # noqa: A002 - the argument's public name
    """One organization of your subtree; null if there is none."""
    return await read_by_id(info, "Organization", ORGANIZATIONS, id)


async def organizations(
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: OrganizationWhere | None = None,
    sort: list[OrganizationSort] | None = None,
) -> Connection[Organization]:
    """The organizations of your subtree, your own included; newest first unless sorted."""
    request = page_request(first, after, last, before)
    return await read_page(info, "Organization", ORGANIZATIONS, request, where=where, sort=sort)
